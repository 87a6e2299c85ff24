/**
 * The state of one barrier, and its part of the digest, which is kept piece by piece: a hundred arrivals cost a hundred times one. What happens to it is decided
 * in barriers.ts.
 */
import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { limits } from '../../errors.ts';
import { mixInteger, mixText } from '../digest.ts';
import { readText, writeText } from '../plain-data.ts';
import type { BarrierOutcome } from './rules.ts';

/** What it is, complete: `timeoutUs` 0 and `parent` '' for none. */
export interface FullSpec {
  readonly numerator: number;
  readonly denominator: number;
  readonly minParticipants: number;
  readonly timeoutUs: number;
  readonly parent: string;
}

interface Participant {
  readonly name: string;
  readonly session: number;
  hasArrived: boolean;
  /** Of name and session. */
  readonly hash: number;
}

/** A request that waits for the generation to end. */
export interface WaitingArrival {
  readonly participant: string;
  readonly session: number;
  readonly number: number;
}

const arrivedMark = 0x61727276;
const outcomeMark = 0x6f757463;
const waitingMark = 0x77616974;

/** One barrier. */
export class Barrier {
  readonly name: string;
  /** Log index of its creation. */
  readonly creation: number;
  readonly spec: FullSpec;
  /** How many barriers are above it. */
  readonly depth: number;
  readonly participants = new Map<string, Participant>();
  readonly waiting: WaitingArrival[] = [];
  private generationNow = 1;
  private brokenNow = false;
  private arrivedNow = 0;
  private armedNow = { version: 0, generation: 0 };
  private readonly outcomes = new Map<number, BarrierOutcome>();
  private readonly nameHash: number;
  private head = 0;
  private sum = 0;

  constructor(name: string, creation: number, spec: FullSpec, depth: number) {
    this.name = name;
    this.creation = creation;
    this.spec = spec;
    this.depth = depth;
    const { numerator, denominator, minParticipants, timeoutUs, parent } = spec;
    let hash = mixInteger(mixInteger(mixText(0x62617272, name), creation), numerator);
    hash = mixInteger(mixInteger(mixInteger(hash, denominator), minParticipants), timeoutUs);
    this.nameHash = mixText(hash, parent);
    this.rehead();
  }

  /** 32 bits of the whole state. */
  get digest(): number {
    return this.head ^ this.sum;
  }

  get generation(): number {
    return this.generationNow;
  }

  /** The current generation is broken, until a reset. */
  get broken(): boolean {
    return this.brokenNow;
  }

  /** How many arrivals count in this generation. */
  get arrived(): number {
    return this.arrivedNow;
  }

  /** The deadline that runs; version 0: none. */
  get armed(): { readonly version: number; readonly generation: number } {
    return this.armedNow;
  }

  private rehead(): void {
    const { version, generation } = this.armedNow;
    const h = mixInteger(mixInteger(this.nameHash, this.generationNow), this.brokenNow ? 1 : 0);
    this.head = mixInteger(mixInteger(mixInteger(h, this.arrivedNow), version), generation);
  }

  /** How a generation ended; `undefined`: it has not, or it was too long ago. */
  outcomeOf(generation: number): BarrierOutcome | undefined {
    return this.outcomes.get(generation);
  }

  /** Ends a generation, with the first outcome that it gets unless `replace`. */
  setOutcome(generation: number, outcome: BarrierOutcome, replace = false): void {
    const before = this.outcomes.get(generation);
    if (before !== undefined && !replace) return;
    if (before !== undefined) this.sum ^= this.outcomeHash(generation, before);
    this.outcomes.set(generation, outcome);
    this.sum ^= this.outcomeHash(generation, outcome);
    const forgotten = generation - limits.barrierOutcomes;
    const old = this.outcomes.get(forgotten);
    if (old === undefined) return;
    this.sum ^= this.outcomeHash(forgotten, old);
    this.outcomes.delete(forgotten);
  }

  private outcomeHash(generation: number, outcome: BarrierOutcome): number {
    return mixInteger(this.nameHash ^ outcomeMark, generation * 2 + (outcome === 'tripped' ? 1 : 0));
  }

  join(name: string, session: number): void {
    const hash = mixInteger(mixText(this.nameHash, name), session);
    this.participants.set(name, { name, session, hasArrived: false, hash });
    this.sum ^= hash;
  }

  /** Takes a participant out; its arrival goes with it. @returns its requests that waited */
  leave(name: string): readonly WaitingArrival[] {
    const participant = this.participants.get(name);
    if (participant === undefined) return [];
    this.participants.delete(name);
    this.sum ^= participant.hash;
    if (participant.hasArrived) {
      this.sum ^= mixInteger(participant.hash, arrivedMark);
      this.arrivedNow -= 1;
      this.rehead();
    }
    const left = this.waiting.filter((one) => one.participant === name);
    for (const one of left) this.stopWaiting(one);
    return left;
  }

  /** An arrival counts. */
  count(name: string): void {
    const participant = this.participants.get(name)!;
    if (!participant.hasArrived) this.sum ^= mixInteger(participant.hash, arrivedMark);
    participant.hasArrived = true;
    this.arrivedNow += 1;
    this.rehead();
  }

  wait(arrival: WaitingArrival): void {
    this.waiting.push(arrival);
    this.sum ^= this.waitingHash(arrival);
  }

  private stopWaiting(arrival: WaitingArrival): void {
    this.waiting.splice(this.waiting.indexOf(arrival), 1);
    this.sum ^= this.waitingHash(arrival);
  }

  private waitingHash({ session, number, participant }: WaitingArrival): number {
    return mixText(mixInteger(mixInteger(this.nameHash ^ waitingMark, session), number), participant);
  }

  /** Takes out all requests that wait, in the order in which they came. */
  takeWaiting(): readonly WaitingArrival[] {
    const taken = this.waiting.splice(0);
    for (const one of taken) this.sum ^= this.waitingHash(one);
    return taken;
  }

  arm(version: number): void {
    this.armedNow = { version, generation: this.generationNow };
    this.rehead();
  }

  disarm(): void {
    this.armedNow = { version: 0, generation: 0 };
    this.rehead();
  }

  /** Goes to a generation that nobody has arrived in. */
  moveTo(generation: number, broken: boolean): void {
    this.clearArrivals();
    this.generationNow = generation;
    this.brokenNow = broken;
    this.rehead();
  }

  private clearArrivals(): void {
    for (const participant of this.participants.values()) {
      if (participant.hasArrived) this.sum ^= mixInteger(participant.hash, arrivedMark);
      participant.hasArrived = false;
    }
    this.arrivedNow = 0;
  }

  save(writer: ByteWriter): void {
    const { numerator, denominator, minParticipants, timeoutUs, parent } = this.spec;
    writeText(writer, this.name);
    for (const part of [this.creation, numerator, denominator, minParticipants, timeoutUs, this.depth])
      writer.u53(part);
    writeText(writer, parent);
    writer.u53(this.generationNow);
    writer.flag(this.brokenNow);
    writer.u53(this.arrivedNow);
    writer.u53(this.armedNow.version);
    writer.u53(this.armedNow.generation);
    writer.u32(this.participants.size);
    for (const { name, session, hasArrived } of this.participants.values()) {
      writeText(writer, name);
      writer.u53(session);
      writer.flag(hasArrived);
    }
    writer.u32(this.waiting.length);
    for (const { participant, session, number } of this.waiting) {
      writeText(writer, participant);
      writer.u53(session);
      writer.u53(number);
    }
    const ended = [...this.outcomes].sort(([a], [b]) => a - b);
    writer.u32(ended.length);
    for (const [generation, outcome] of ended) {
      writer.u53(generation);
      writer.flag(outcome === 'tripped');
    }
  }

  /** @throws RangeError where the bytes hold none. */
  static restore(reader: ByteReader): Barrier {
    const name = readText(reader);
    const [creation, numerator, denominator] = [reader.u53(), reader.u53(), reader.u53()];
    const [minParticipants, timeoutUs, depth] = [reader.u53(), reader.u53(), reader.u53()];
    const spec = { numerator, denominator, minParticipants, timeoutUs, parent: readText(reader) };
    const barrier = new Barrier(name, creation, spec, depth);
    const generation = reader.u53();
    barrier.moveTo(generation, reader.flag());
    const arrived = reader.u53();
    barrier.armedNow = { version: reader.u53(), generation: reader.u53() };
    for (let left = reader.u32(); left > 0; left -= 1) {
      const participant = readText(reader);
      barrier.join(participant, reader.u53());
      if (reader.flag()) barrier.count(participant);
    }
    barrier.arrivedNow = arrived;
    for (let left = reader.u32(); left > 0; left -= 1) {
      barrier.wait({ participant: readText(reader), session: reader.u53(), number: reader.u53() });
    }
    for (let left = reader.u32(); left > 0; left -= 1) {
      const ended = reader.u53();
      barrier.setOutcome(ended, reader.flag() ? 'tripped' : 'broken');
    }
    barrier.rehead();
    return barrier;
  }
}
