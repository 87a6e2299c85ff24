/**
 * Searches for one order of all operations that keeps each process's own order and that the model allows: depth first over how far each
 * process has come, remembering where it has been (Wing and Gong's algorithm with processes for real time). What keeps it short, each of it
 * sound by itself:
 * - what returned first is tried first: a history is usually nearly linearizable;
 * - a read goes as soon as it is legal, and so does a write that nobody reads, where it overwrites nothing that anybody still has to read;
 * - a write waits while what it would overwrite has still to be read;
 * - nothing goes before what must precede it (`must-precede.ts`);
 * - an operation of unknown result goes only directly before one on the same object that would be illegal, or end otherwise, without it.
 */
import type { Operation } from '../history.ts';
import type { AnyModel } from '../linearizability/model.ts';
import { identityOf } from '../linearizability/model.ts';
import { RecordTable } from '../linearizability/record-table.ts';
import type { Precedence } from './must-precede.ts';
import type { ProgramOrder } from './program-order.ts';

/** What is known of the items besides their order. */
export interface Notes {
  /** By item: the version that it wrote, and that it certainly shows; −1: none. */
  readonly wrote: Int32Array;
  readonly read: Int32Array;
  /** By version: how many answers show it. */
  readonly readers: Int32Array;
  /** By object: the version of its first state. */
  readonly initial: readonly number[];
  /** By object: whether it is only written, whatever stands there, and read, each time with its write known. */
  readonly plain: readonly boolean[];
  readonly precedence: Precedence | null;
}

/** What the search came to. */
export type Interleaved =
  | { readonly verdict: 'found'; readonly order: readonly Operation[]; readonly states: number }
  /** `furthest`: how many operations could be placed at most. */
  | { readonly verdict: 'none' | 'undecided'; readonly states: number; readonly furthest: number };

/** Integers of remembered configurations at most: 128 MB. */
const memoryMax = 33_554_432;

/** Searches. @param statesMax steps of the model and configurations at most */
export function interleave(
  model: AnyModel,
  order: ProgramOrder,
  notes: Notes,
  statesMax: number,
  onProgress?: () => void,
): Interleaved {
  return new Interleaving(model, order, notes, statesMax, onProgress).run();
}

/** A configuration on the way, and what is to be tried there. */
interface Frame {
  /** How many items were placed before the one that led here. */
  readonly placedBefore: number;
  /** The item that led here if it is of unknown result, and its object's state before it; else −1. */
  readonly cause: number;
  readonly before: number;
  readonly candidates: readonly number[];
  next: number;
}

/** What an item changed. */
interface Undo {
  readonly item: number;
  readonly state: number;
  readonly standing: number;
}

const progressEvery = 100_000;

class Interleaving {
  readonly #model: AnyModel;
  readonly #order: ProgramOrder;
  readonly #notes: Notes;
  readonly #statesMax: number;
  readonly #onProgress: (() => void) | undefined;
  readonly #isReadOnly: Uint8Array;
  readonly #keyOf: Float64Array;
  /** By lane how many are placed, by optional item whether it is, by object its state and the version that stands there (−1: unknown). */
  readonly #positions: Int32Array;
  readonly #isUsed: Uint8Array;
  readonly #stateOf: Int32Array;
  readonly #standing: Int32Array;
  readonly #unread: Int32Array;
  readonly #heldUpBy: Int32Array;
  readonly #placed: Undo[] = [];
  readonly #states: unknown[] = [];
  readonly #stateIds = new Map<string | number, number>();
  readonly #steps = new RecordTable(2);
  readonly #nextOf: number[] = [];
  readonly #pair = new Int32Array(2);
  readonly #been: RecordTable;
  readonly #record: Int32Array<ArrayBuffer>;
  readonly #optionalAt = new Map<number, number>();
  #required = 0;
  #done = 0;
  #furthest = 0;
  #work = 0;

  constructor(
    model: AnyModel,
    order: ProgramOrder,
    notes: Notes,
    statesMax: number,
    onProgress: (() => void) | undefined,
  ) {
    this.#model = model;
    this.#order = order;
    this.#notes = notes;
    this.#statesMax = statesMax;
    this.#onProgress = onProgress;
    const { items, lanes, optional } = order;
    this.#isReadOnly = Uint8Array.from(items, ({ operation: o }) =>
      model.readOnly?.(o.op, o.value) === true ? 1 : 0,
    );
    this.#keyOf = Float64Array.from(items, ({ operation: o }) =>
      o.outcome === 'ok' ? o.completedAt : o.invokedAt,
    );
    for (const lane of lanes) this.#required += lane.length;
    this.#positions = new Int32Array(lanes.length);
    this.#isUsed = new Uint8Array(items.length);
    this.#heldUpBy = new Int32Array(items.length);
    optional.forEach((position, i) => this.#optionalAt.set(position, i));
    const start = this.#stateId(model.init());
    this.#stateOf = new Int32Array(notes.initial.length).fill(start);
    this.#standing = Int32Array.from(notes.initial);
    this.#unread = notes.readers.slice();
    const stride = lanes.length + ((optional.length + 31) >>> 5) + notes.initial.length + 2;
    this.#been = new RecordTable(stride);
    this.#record = new Int32Array(stride);
  }

  run(): Interleaved {
    const frames = [this.#enter(0, -1, -1)];
    while (frames.length > 0) {
      if (this.#done === this.#required) {
        const order = this.#placed.map(({ item }) => this.#order.items[item]!.operation);
        return { verdict: 'found', order, states: this.#work };
      }
      if (this.#work > this.#statesMax || this.#been.size * this.#record.length > memoryMax) {
        return { verdict: 'undecided', states: this.#work, furthest: this.#furthest };
      }
      const frame = frames.at(-1)!;
      const next = this.#advance(frame);
      if (next !== null) {
        frames.push(next);
        continue;
      }
      this.#takeBack(frame.placedBefore);
      frames.pop();
    }
    return { verdict: 'none', states: this.#work, furthest: this.#furthest };
  }

  #advance(frame: Frame): Frame | null {
    while (frame.next < frame.candidates.length) {
      const item = frame.candidates[frame.next]!;
      frame.next += 1;
      const { object, lane } = this.#order.items[item]!;
      const state = this.#stateOf[object]!;
      const next = this.#step(state, item);
      if (next < 0 || this.#hides(item)) continue;
      const optional = lane < 0;
      if (optional && this.#covers(state, next)) continue;
      if (frame.cause >= 0 && this.#isIdle(frame.before, item, next)) continue;
      const placedBefore = this.#placed.length;
      this.#place(item, next);
      const entered = this.#enter(placedBefore, optional ? item : -1, optional ? state : -1);
      if (this.#isNew(entered)) return entered;
      this.#takeBack(placedBefore);
    }
    return null;
  }

  /** Whether the item would be as legal, and end as well, without the operation of unknown result before it. */
  #isIdle(before: number, item: number, next: number): boolean {
    const without = this.#step(before, item);
    return without >= 0 && this.#covers(without, next);
  }

  #covers(a: number, b: number): boolean {
    return a === b || this.#model.covers?.(this.#states[a], this.#states[b]) === true;
  }

  /** Whether the item would overwrite what has still to be read, and can never stand there again. */
  #hides(item: number): boolean {
    const wrote = this.#notes.wrote[item]!;
    if (wrote < 0) return false;
    const standing = this.#standing[this.#order.items[item]!.object]!;
    if (standing < 0) return false;
    return this.#unread[standing]! > (this.#notes.read[item] === standing ? 1 : 0);
  }

  /** Places what can go at once, and lists what can go next. */
  #enter(placedBefore: number, cause: number, before: number): Frame {
    let idle = cause;
    for (let again = true; again;) {
      again = false;
      for (let lane = 0; lane < this.#positions.length; lane += 1) {
        for (;;) {
          const item = this.#order.lanes[lane]![this.#positions[lane]!];
          if (item === undefined || !this.#isFree(item) || !this.#goesAtOnce(item)) break;
          const { object } = this.#order.items[item]!;
          this.#place(item, this.#step(this.#stateOf[object]!, item));
          if (idle >= 0 && this.#order.items[idle]!.object === object) idle = -1;
          again = true;
        }
      }
    }
    if (this.#done > this.#furthest) this.#furthest = this.#done;
    const on = idle < 0 ? -1 : this.#order.items[idle]!.object;
    const candidates: number[] = [];
    const consider = (item: number): void => {
      if ((on < 0 || this.#order.items[item]!.object === on) && this.#isFree(item)) candidates.push(item);
    };
    this.#order.lanes.forEach((lane, l) => {
      const front = lane[this.#positions[l]!];
      if (front !== undefined) consider(front);
    });
    candidates.sort((a, b) => this.#keyOf[a]! - this.#keyOf[b]! || a - b);
    for (const item of this.#order.optional) if (this.#isUsed[item] === 0) consider(item);
    return { placedBefore, cause: idle, before: idle < 0 ? -1 : before, candidates, next: 0 };
  }

  /** Whether all that must stand before it is placed. */
  #isFree(item: number): boolean {
    for (const { lane, count } of this.#order.items[item]!.needs) {
      if (this.#positions[lane]! < count) return false;
    }
    const { precedence } = this.#notes;
    if (precedence === null) return true;
    const { counts, lanes } = precedence;
    const start = item * lanes;
    // What held it up the last time usually still does.
    const last = this.#heldUpBy[item]!;
    if (this.#positions[last]! < counts[start + last]!) return false;
    for (let lane = 0; lane < lanes; lane += 1) {
      if (this.#positions[lane]! >= counts[start + lane]!) continue;
      this.#heldUpBy[item] = lane;
      return false;
    }
    return true;
  }

  #goesAtOnce(item: number): boolean {
    const { object } = this.#order.items[item]!;
    const state = this.#stateOf[object]!;
    if (this.#isReadOnly[item] === 1) return this.#step(state, item) === state;
    const wrote = this.#notes.wrote[item]!;
    const standing = this.#standing[object]!;
    return (
      this.#notes.plain[object]! &&
      wrote >= 0 &&
      this.#notes.readers[wrote] === 0 &&
      standing >= 0 &&
      this.#unread[standing] === 0 &&
      this.#step(state, item) >= 0
    );
  }

  #place(item: number, next: number): void {
    const { object, lane } = this.#order.items[item]!;
    this.#placed.push({ item, state: this.#stateOf[object]!, standing: this.#standing[object]! });
    const read = this.#notes.read[item]!;
    const wrote = this.#notes.wrote[item]!;
    if (read >= 0) this.#unread[read]! -= 1;
    this.#stateOf[object] = next;
    if (this.#isReadOnly[item] === 0) this.#standing[object] = wrote;
    if (lane >= 0) {
      this.#positions[lane]! += 1;
      this.#done += 1;
    } else this.#isUsed[item] = 1;
  }

  #takeBack(count: number): void {
    while (this.#placed.length > count) {
      const { item, state, standing } = this.#placed.pop()!;
      const { object, lane } = this.#order.items[item]!;
      const read = this.#notes.read[item]!;
      if (read >= 0) this.#unread[read]! += 1;
      this.#stateOf[object] = state;
      this.#standing[object] = standing;
      if (lane >= 0) {
        this.#positions[lane]! -= 1;
        this.#done -= 1;
      } else this.#isUsed[item] = 0;
    }
  }

  /** Whether the search has not been here. */
  #isNew(frame: Frame): boolean {
    const record = this.#record;
    let i = 0;
    for (const position of this.#positions) record[i++] = position;
    const bits = i;
    record.fill(0, bits, bits + ((this.#order.optional.length + 31) >>> 5));
    for (const [item, place] of this.#optionalAt) {
      if (this.#isUsed[item] === 1) record[bits + (place >>> 5)]! |= 1 << (place & 31);
    }
    i += (this.#order.optional.length + 31) >>> 5;
    for (const state of this.#stateOf) record[i++] = state;
    record[i] = frame.cause + 1;
    record[i + 1] = frame.before + 1;
    this.#count();
    this.#been.add(record, 0);
    return this.#been.fresh;
  }

  #count(): void {
    this.#work += 1;
    if (this.#work % progressEvery === 0) this.#onProgress?.();
  }

  /** The state after the item, or −1 where it cannot have had its result. */
  #step(state: number, item: number): number {
    this.#pair[0] = state;
    this.#pair[1] = item;
    const member = this.#steps.add(this.#pair, 0);
    if (!this.#steps.fresh) return this.#nextOf[member]!;
    this.#count();
    const { op, value } = this.#order.items[item]!.operation;
    const next = this.#model.step(this.#states[state], op, value);
    const id = next === null ? -1 : this.#stateId(next);
    this.#nextOf[member] = id;
    return id;
  }

  #stateId(state: unknown): number {
    const identity = identityOf(this.#model, state);
    let id = this.#stateIds.get(identity);
    if (id === undefined) {
      this.#stateIds.set(identity, (id = this.#states.length));
      this.#states.push(state);
    }
    return id;
  }
}
