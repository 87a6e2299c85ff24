/**
 * Barriers: a generation trips when enough of those who take part have arrived, or breaks: at its deadline, with its parent, or when somebody says so. Exactly one
 * of the two, and all who take part hear the same.
 *
 * A barrier may have a parent, whose generation g trips before its own. A parent that breaks or is reset takes along every descendant at or below its generation;
 * a descendant without participants follows its parent. What ends sessions goes in phases, as for locks: `removeSession` for each, `timeOut`, then one `settle`,
 * which looks at every barrier once, parents first.
 */
import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { barrierTimeout, limits } from '../../errors.ts';
import type { DeadlineSink, Effects } from '../contract.ts';
import { textBytes } from '../plain-data.ts';
import { Barrier } from './barrier.ts';
import type { FullSpec, WaitingArrival } from './barrier.ts';
import type { BarrierOperation } from './operations.ts';
import type { BarrierOutcome, BarrierRules } from './rules.ts';

/** An answer, and whether it is only that the request waits. */
export interface BarrierAnswer {
  readonly value: unknown;
  readonly waits: boolean;
}

type Op<F extends BarrierOperation['f']> = Extract<BarrierOperation, { readonly f: F }>;
/** Why a generation broke. */
type Reason = 'timeout' | 'destroyed' | 'parent' | 'emptied' | 'reset';

function done(value: unknown): BarrierAnswer {
  return { value, waits: false };
}

function refused(error: string, values: object): BarrierAnswer {
  return { value: { error, ...values }, waits: false };
}

/** The barriers of a group. */
export class Barriers {
  private readonly rules: BarrierRules;
  /** In the order of creation: a parent before its children. */
  private readonly barriers = new Map<string, Barrier>();
  /** Barriers whose last participant has left in this entry. */
  private readonly emptied = new Set<Barrier>();
  private leftInThisEntry = false;

  constructor(rules: BarrierRules) {
    this.rules = rules;
  }

  /** 32 bits of the whole state. */
  digest(): number {
    let sum = 0;
    if (this.barriers.size > 0) for (const barrier of this.barriers.values()) sum ^= barrier.digest;
    return sum;
  }

  /** Carries out one operation as the entry at `index`. */
  apply(
    index: number,
    session: number,
    number: number,
    op: BarrierOperation,
    effects: Effects,
  ): BarrierAnswer {
    if (!fitsName(op.barrier) || ('participant' in op && !fitsName(op.participant))) {
      return refused('NAME_TOO_LONG', { limit: limits.keyBytes });
    }
    if (op.f === 'createBarrier') return this.create(index, op, effects);
    const barrier = this.barriers.get(op.barrier);
    if (barrier === undefined) return refused('UNKNOWN_BARRIER', { barrier: op.barrier });
    if (barrier.creation !== op.creation) {
      return refused('WRONG_CREATION', {
        barrier: op.barrier,
        creation: op.creation,
        current: barrier.creation,
      });
    }
    switch (op.f) {
      case 'destroyBarrier':
        return this.destroy(index, barrier, effects);
      case 'register':
        return this.register(index, barrier, session, op, effects);
      case 'deregister':
        return this.deregister(index, barrier, session, op, effects);
      case 'arrive':
        return this.arrive(index, barrier, session, number, op, effects);
      case 'reset':
        return this.reset(index, barrier, op, effects);
    }
  }

  private create(index: number, op: Op<'createBarrier'>, effects: Effects): BarrierAnswer {
    const { rules } = this;
    const {
      barrier: name,
      numerator = 1,
      denominator = 1,
      minParticipants = 1,
      timeoutUs = 0,
      parent = '',
    } = op;
    if (!rules.ratioIsAllowed(numerator, denominator))
      return refused('BAD_RATIO', { numerator, denominator });
    if (!rules.minParticipantsIsAllowed(minParticipants)) {
      return refused('BAD_MIN_PARTICIPANTS', { minParticipants, limit: limits.barrierParticipants });
    }
    if (!rules.timeoutIsAllowed(timeoutUs)) {
      return refused('BAD_TIMEOUT', { timeoutUs, minUs: barrierTimeout.minUs, maxUs: barrierTimeout.maxUs });
    }
    if (parent === name) return refused('PARENT_SELF', { barrier: name });
    const spec: FullSpec = { numerator, denominator, minParticipants, timeoutUs, parent };
    const known = this.barriers.get(name);
    if (known !== undefined) {
      if (!isSameSpec(known.spec, spec))
        return refused('BARRIER_EXISTS', { barrier: name, creation: known.creation });
      return done({ creation: known.creation, generation: known.generation });
    }
    const above = parent === '' ? undefined : this.barriers.get(parent);
    if (parent !== '' && above === undefined) return refused('UNKNOWN_PARENT', { barrier: name, parent });
    if (!rules.mayCreate(this.barriers.size)) return refused('TOO_MANY_BARRIERS', { limit: limits.barriers });
    const barrier = new Barrier(name, index, spec, above === undefined ? 0 : above.depth + 1);
    this.barriers.set(name, barrier);
    if (above !== undefined) {
      barrier.moveTo(above.generation, above.broken);
      if (above.broken) barrier.setOutcome(above.generation, 'broken');
    }
    const { generation, broken } = barrier;
    effects.observe({
      kind: 'barrierCreated',
      index,
      barrier: name,
      creation: index,
      generation,
      broken,
      ...spec,
    });
    return done({ creation: index, generation });
  }

  private destroy(index: number, barrier: Barrier, effects: Effects): BarrierAnswer {
    const children = this.childrenOf(barrier);
    if (children.length > 0) {
      return refused('HAS_CHILDREN', { barrier: barrier.name, children: children.map(({ name }) => name) });
    }
    if (!barrier.broken) this.breakOne(index, barrier, 'destroyed', effects);
    this.barriers.delete(barrier.name);
    effects.observe({ kind: 'barrierDestroyed', index, barrier: barrier.name, creation: barrier.creation });
    return done({ destroyed: true });
  }

  private register(
    index: number,
    barrier: Barrier,
    session: number,
    { participant }: Op<'register' | 'deregister'>,
    effects: Effects,
  ): BarrierAnswer {
    const known = barrier.participants.get(participant);
    if (known !== undefined && known.session !== session) {
      return refused('ALREADY_REGISTERED', { barrier: barrier.name, participant });
    }
    if (known === undefined) {
      if (!this.rules.mayRegister(barrier.participants.size)) {
        return refused('TOO_MANY_PARTICIPANTS', { barrier: barrier.name, limit: limits.barrierParticipants });
      }
      barrier.join(participant, session);
      const { name, creation } = barrier;
      effects.observe({ kind: 'barrierJoined', index, barrier: name, creation, participant, session });
      this.settle(index, effects);
    }
    return done({ registered: true, generation: barrier.generation });
  }

  private deregister(
    index: number,
    barrier: Barrier,
    session: number,
    { participant }: Op<'register' | 'deregister'>,
    effects: Effects,
  ): BarrierAnswer {
    if (barrier.participants.get(participant)?.session !== session) {
      return refused('NOT_REGISTERED', { barrier: barrier.name, participant });
    }
    const { generation } = barrier;
    const left = this.leave(index, barrier, participant, effects);
    for (const one of left) this.answerLeft(index, barrier, one, generation, effects);
    this.settle(index, effects);
    return done({ left: true });
  }

  private answerLeft(
    index: number,
    { name, creation }: Barrier,
    { session, number }: WaitingArrival,
    generation: number,
    effects: Effects,
  ): void {
    effects.answer(session, number, { outcome: 'left', generation }, index);
    effects.observe({
      kind: 'barrierAnswered',
      index,
      barrier: name,
      creation,
      generation,
      session,
      number,
      outcome: 'left',
    });
  }

  /** Takes a participant out; nobody looks at what that changes yet. */
  private leave(
    index: number,
    barrier: Barrier,
    participant: string,
    effects: Effects,
  ): readonly WaitingArrival[] {
    const left = barrier.leave(participant);
    this.leftInThisEntry = true;
    const { name, creation } = barrier;
    effects.observe({ kind: 'barrierLeft', index, barrier: name, creation, participant });
    if (barrier.arrived === 0 && barrier.armed.version > 0) this.disarm(barrier, effects);
    if (barrier.participants.size === 0 && barrier.spec.parent === '') this.emptied.add(barrier);
    return left;
  }

  private disarm(barrier: Barrier, effects: DeadlineSink): void {
    barrier.disarm();
    effects.disarm('barrier', barrier.name);
  }

  private arrive(
    index: number,
    barrier: Barrier,
    session: number,
    number: number,
    { participant, generation: named }: Op<'arrive'>,
    effects: Effects,
  ): BarrierAnswer {
    const { name, creation } = barrier;
    const current = barrier.generation;
    const generation = this.rules.arrivalIsFor(named, current);
    const outcome = barrier.outcomeOf(generation);
    if (outcome !== undefined) {
      effects.observe({
        kind: 'barrierAnswered',
        index,
        barrier: name,
        creation,
        generation,
        session,
        number,
        outcome,
      });
      return done({ outcome, generation });
    }
    if (generation < current) return refused('GENERATION_FORGOTTEN', { barrier: name, generation, current });
    if (generation > current) return refused('FUTURE_GENERATION', { barrier: name, generation, current });
    const known = barrier.participants.get(participant);
    if (known?.session !== session) return refused('NOT_REGISTERED', { barrier: name, participant });
    const root = this.rootOf(barrier);
    if (root !== barrier && root.participants.size === 0)
      return refused('PARENT_EMPTY', { barrier: name, parent: root.name });
    const behind = this.descendantsOf(barrier).find(
      (one) => one.generation <= current - (limits.barrierOutcomes - 1),
    );
    if (behind !== undefined) {
      return refused('CHILD_BEHIND', { barrier: name, child: behind.name, generation: behind.generation });
    }
    effects.observe({
      kind: 'barrierArrived',
      index,
      barrier: name,
      creation,
      generation: named,
      participant,
      session,
      number,
    });
    if (this.rules.counts(known.hasArrived)) {
      if (barrier.arrived === 0 && barrier.spec.timeoutUs > 0) {
        barrier.arm(index);
        effects.arm('barrier', name, index, barrier.spec.timeoutUs);
      }
      barrier.count(participant);
      this.settle(index, effects);
    }
    const ended = barrier.outcomeOf(generation);
    if (ended === undefined) {
      barrier.wait({ participant, session, number });
      return { value: { waiting: true, generation }, waits: true };
    }
    effects.observe({
      kind: 'barrierAnswered',
      index,
      barrier: name,
      creation,
      generation,
      session,
      number,
      outcome: ended,
    });
    return done({ outcome: ended, generation });
  }

  private reset(
    index: number,
    barrier: Barrier,
    { generation }: Op<'reset'>,
    effects: Effects,
  ): BarrierAnswer {
    if (generation !== barrier.generation) return done({ generation: barrier.generation, reset: false });
    if (!barrier.broken) this.breakOne(index, barrier, 'reset', effects);
    const along = this.descendantsOf(barrier).filter((one) => one.generation <= generation);
    for (const one of along) this.breakUpTo(index, one, generation, 'parent', effects);
    for (const one of [barrier, ...along]) this.restart(index, one, effects);
    this.settle(index, effects);
    return done({ generation: barrier.generation, reset: true });
  }

  /** On to the next generation, whole. */
  private restart(index: number, barrier: Barrier, effects: Effects): void {
    barrier.moveTo(barrier.generation + 1, false);
    this.moved(index, barrier, effects);
  }

  private moved(index: number, { name, creation, generation, broken }: Barrier, effects: Effects): void {
    effects.observe({ kind: 'barrierMoved', index, barrier: name, creation, generation, broken });
  }

  /** First phase of an end: the session's participants and arrivals go; nobody looks at what that changes yet, and nobody answers the dead. */
  removeSession(index: number, session: number, effects: Effects): void {
    for (const barrier of this.barriers.values()) {
      for (const participant of [...barrier.participants.values()]) {
        if (participant.session === session) this.leave(index, barrier, participant.name, effects);
      }
    }
  }

  /** A deadline has come; nothing where its version was overtaken. */
  timeOut(index: number, name: string, version: number, effects: Effects): void {
    const barrier = this.barriers.get(name);
    if (barrier === undefined || barrier.armed.version === 0) return;
    if (!this.rules.timeoutHolds(barrier.armed, version, barrier.generation)) return;
    const { generation } = barrier.armed;
    if (generation === barrier.generation) this.breakWithDescendants(index, barrier, 'timeout', effects);
    else {
      this.disarm(barrier, effects);
      this.tellBroken(index, barrier, generation, 'timeout', effects);
      barrier.setOutcome(generation, 'broken', true);
    }
  }

  /** Last phase: one look at each barrier, parents first. */
  settle(index: number, effects: Effects): void {
    for (const barrier of this.emptied) {
      if (barrier.participants.size > 0 || this.barriers.get(barrier.name) !== barrier) continue;
      const ahead = this.descendantsOf(barrier).filter(
        (one) => one.generation > barrier.generation && !one.broken,
      );
      if (!barrier.broken) this.breakWithDescendants(index, barrier, 'emptied', effects);
      for (const one of ahead) this.breakOne(index, one, 'parent', effects);
    }
    // Cleared only where there is something: each time it would take a new table.
    if (this.emptied.size > 0) this.emptied.clear();
    const left = this.leftInThisEntry;
    this.leftInThisEntry = false;
    if (left && !this.rules.rechecksAfterLeaving()) return;
    for (const barrier of this.barriers.values()) this.look(index, barrier, effects);
  }

  private look(index: number, barrier: Barrier, effects: Effects): void {
    const above = barrier.spec.parent === '' ? undefined : this.barriers.get(barrier.spec.parent);
    if (above !== undefined && barrier.participants.size === 0) this.follow(index, barrier, above, effects);
    if (barrier.broken || barrier.arrived === 0) return;
    if (!this.rules.thresholdMet(barrier.arrived, barrier.participants.size, barrier.spec)) return;
    if (above !== undefined && !this.rules.mayFollow(above.outcomeOf(barrier.generation))) return;
    this.trip(index, barrier, effects);
  }

  /** Without participants it goes where its parent is, forward only. */
  private follow(index: number, barrier: Barrier, above: Barrier, effects: Effects): void {
    const level = above.generation === barrier.generation;
    if (above.generation < barrier.generation || (level && (!above.broken || barrier.broken))) return;
    for (let passed = barrier.generation; passed < above.generation; passed += 1) {
      const outcome = above.outcomeOf(passed);
      if (outcome !== undefined) barrier.setOutcome(passed, outcome);
    }
    barrier.moveTo(above.generation, above.broken);
    if (above.broken) barrier.setOutcome(above.generation, 'broken');
    this.moved(index, barrier, effects);
  }

  private trip(index: number, barrier: Barrier, effects: Effects): void {
    const { name, creation, generation, arrived } = barrier;
    const participants = barrier.participants.size;
    barrier.setOutcome(generation, 'tripped');
    if (this.rules.tripDisarms() && barrier.armed.version > 0) this.disarm(barrier, effects);
    effects.observe({
      kind: 'barrierTripped',
      index,
      barrier: name,
      creation,
      generation,
      arrived,
      participants,
    });
    this.answerAll(index, barrier, generation, 'tripped', effects);
    barrier.moveTo(generation + 1, false);
  }

  /** Breaks the current generation of a barrier, and every descendant at or below it. */
  private breakWithDescendants(index: number, barrier: Barrier, reason: Reason, effects: Effects): void {
    const { generation } = barrier;
    this.breakOne(index, barrier, reason, effects);
    for (const one of this.descendantsOf(barrier)) {
      if (one.generation <= generation) this.breakUpTo(index, one, generation, 'parent', effects);
    }
  }

  /** Breaks every generation of a barrier up to `last`, where it stays, broken. */
  private breakUpTo(index: number, barrier: Barrier, last: number, reason: Reason, effects: Effects): void {
    while (barrier.generation < last) {
      if (!barrier.broken) this.breakOne(index, barrier, reason, effects);
      barrier.moveTo(barrier.generation + 1, false);
    }
    if (!barrier.broken) this.breakOne(index, barrier, reason, effects);
  }

  private breakOne(index: number, barrier: Barrier, reason: Reason, effects: Effects): void {
    const { generation } = barrier;
    barrier.setOutcome(generation, 'broken');
    if (barrier.armed.version > 0) this.disarm(barrier, effects);
    this.tellBroken(index, barrier, generation, reason, effects);
    this.answerAll(index, barrier, generation, 'broken', effects);
    barrier.moveTo(generation, true);
  }

  private tellBroken(
    index: number,
    { name, creation }: Barrier,
    generation: number,
    reason: Reason,
    effects: Effects,
  ): void {
    effects.observe({ kind: 'barrierBroken', index, barrier: name, creation, generation, reason });
  }

  private answerAll(
    index: number,
    barrier: Barrier,
    generation: number,
    outcome: BarrierOutcome,
    effects: Effects,
  ): void {
    const { name, creation } = barrier;
    for (const { session, number } of barrier.takeWaiting()) {
      effects.answer(session, number, { outcome, generation }, index);
      effects.observe({
        kind: 'barrierAnswered',
        index,
        barrier: name,
        creation,
        generation,
        session,
        number,
        outcome,
      });
    }
  }

  private childrenOf({ name }: Barrier): Barrier[] {
    return [...this.barriers.values()].filter((one) => one.spec.parent === name);
  }

  /** All below it, parents first. */
  private descendantsOf(barrier: Barrier): Barrier[] {
    if (this.barriers.size === 1) return [];
    const names = new Set([barrier.name]);
    const found: Barrier[] = [];
    for (const one of this.barriers.values()) {
      if (one.spec.parent === '' || !names.has(one.spec.parent)) continue;
      names.add(one.name);
      found.push(one);
    }
    return found;
  }

  private rootOf(barrier: Barrier): Barrier {
    let root = barrier;
    while (root.spec.parent !== '') root = this.barriers.get(root.spec.parent)!;
    return root;
  }

  /** Writes the whole state, in the order of creation. */
  save(writer: ByteWriter): void {
    writer.u32(this.barriers.size);
    for (const barrier of this.barriers.values()) barrier.save(writer);
  }

  /** Replaces the whole state by one that was saved. @throws RangeError where the bytes hold none. */
  restore(reader: ByteReader): void {
    this.barriers.clear();
    for (let left = reader.u32(); left > 0; left -= 1) {
      const barrier = Barrier.restore(reader);
      this.barriers.set(barrier.name, barrier);
    }
  }

  /** Arms the deadlines of all generations that have begun. */
  armAll(deadlines: DeadlineSink): void {
    for (const { name, armed, spec } of this.barriers.values()) {
      if (armed.version > 0) deadlines.arm('barrier', name, armed.version, spec.timeoutUs);
    }
  }

  /** Disarms all but what is armed in `others` as well. */
  disarmAllBut(others: Barriers, deadlines: DeadlineSink): void {
    for (const { name, armed } of this.barriers.values()) {
      if (armed.version > 0 && (others.barriers.get(name)?.armed.version ?? 0) === 0) {
        deadlines.disarm('barrier', name);
      }
    }
  }
}

function isSameSpec(a: FullSpec, b: FullSpec): boolean {
  return (
    a.numerator === b.numerator &&
    a.denominator === b.denominator &&
    a.minParticipants === b.minParticipants &&
    a.timeoutUs === b.timeoutUs &&
    a.parent === b.parent
  );
}

function fitsName(name: string): boolean {
  return name.length <= 85 || textBytes(name) <= limits.keyBytes;
}
