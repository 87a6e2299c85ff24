/**
 * The *configurations* that could hold at one point of a history, and what becomes of them at the next return. A configuration is a state
 * and the set of open operations that already took effect. Operations take effect just in time (Lowe, "Testing for linearizability",
 * 2017): at a return, and only as far as the returning one needs them to. A history is linearizable if and only if a configuration
 * survives its last return.
 *
 * What keeps the configurations few, each of it sound by itself:
 * - *absorption*: a read takes effect as soon as it is legal; waiting would gain nothing;
 * - *rank*: operations that tell their version take effect in its order;
 * - *symmetry*: operations of unknown result with the same arguments are counted, not told apart; one that was invoked
 *   later could stand in for one invoked earlier only from then on, and that is when the count rises. Of completed operations
 *   that asked and heard the same, the one that returns first goes first: in any order where it does not, the two could swap;
 * - *goals*: an operation of unknown result takes effect only directly before one that would otherwise be illegal or end in
 *   a state that does not cover this one: without such a follower, leaving it out is at least as good;
 * - *hiding*: a blind write changes nothing for anybody if another blind write follows it at once. So one that is open when another takes
 *   effect is remembered as *covered*: when it returns, it may count as having taken effect there, unseen;
 * - *aim*: where the model says which states operations need and leave, those that could lead to a needed one are the only ones tried;
 * - *dominance*: of two configurations in which the same open writes took effect, the one with a state that covers the other's,
 *   in which every read took effect that did in the other, and no more operations of unknown result were used, stands for both.
 *
 * Where these do not suffice, a *beam* bounds them, and there are two kinds from then on. *Sharp* ones are configurations, but not all
 * of them: if one survives, the history so far is proved. *Blurred* ones allow more than the history does: of operations of unknown result
 * that are plenty they may use as many as they like, so that they stay few. If none of them survives, the history is refuted. Only while
 * nothing but blurred ones are left is it undecided.
 */
import { Action } from './action.ts';
import { beforeField, blurField, causeField, fields, stateField, usedField } from './configuration.ts';
import { Configurations } from './configurations.ts';
import { Kinds } from './kinds.ts';
import type { AnyModel } from './model.ts';
import { nameOfLike } from './model.ts';
import type { Multisets } from './multisets.ts';
import type { OpenActions } from './open-actions.ts';
import { RecordTable } from './record-table.ts';
import type { StateTable } from './state-table.ts';
import type { Bounds, Techniques } from './techniques.ts';
import { plainName, UnknownActions } from './unknown-actions.ts';

/** Bytes of the configurations visited at one return, at most. */
const visitedBytesMax = 128_000_000;
/** Work between two signs of progress. */
const progressEvery = 100_000;

/** Returns after which what nobody refers to is forgotten at the latest, so that nothing is kept of operations that returned. */
const sweepEvery = 1024;
/** Returns after which it is forgotten where it is many states: of a thousand keys that are judged side by side they are most of the memory. */
const sweepManyEvery = 64;
const manyStates = 48;
/** Returns between two looks for operations that every configuration has used, and for those that are plenty. */
const settleEvery = 32;

/** What became of the configurations at a return. `spent`: a bound was reached before that was known. */
export type Passage = 'survived' | 'refused' | 'spent';

export class Frontier {
  readonly #model: AnyModel;
  readonly #bounds: Bounds;
  readonly #use: Techniques;
  readonly #onProgress: (() => void) | undefined;
  readonly #all: Configurations;
  readonly #kinds: Kinds;
  readonly #unknown: UnknownActions;
  /** Those of `#all`. */
  readonly #states: StateTable;
  readonly #open: OpenActions;
  readonly #used: Multisets;
  #words = 1;
  #stride = fields + 2;
  /** Configurations visited at one return, and one on its way there. */
  #visited = new RecordTable(this.#stride);
  #record = new Int32Array(this.#stride);
  #maxVisited: number;
  /** Visited ones by state and writes that took effect: of each such situation the latest, and before each the earlier one. */
  #situations = new RecordTable(2);
  #situation = new Int32Array(2);
  #situationOf = 0;
  readonly #latest: number[] = [];
  readonly #earlier: number[] = [];
  /** By situation and kind: how many were visited. */
  #crowds: number[] = [];
  #serial = 0;
  #expansion = 0;
  #returns = 0;
  #work = 0;
  #progressAt = progressEvery;

  /**
   * @param tellsUse whether it is to be remembered which operations of unknown result made others possible (`spreadUse`)
   * @param from the state that it begins in; default: the model's first
   */
  constructor(
    model: AnyModel,
    bounds: Bounds,
    use: Techniques,
    onProgress?: () => void,
    tellsUse = false,
    from?: unknown,
  ) {
    this.#model = model;
    this.#bounds = bounds;
    this.#maxVisited = bounds.maxVisited;
    this.#use = use;
    this.#onProgress = onProgress;
    this.#all = new Configurations(model, from);
    this.#unknown = new UnknownActions(use.symmetry, tellsUse);
    this.#kinds = new Kinds(this.#all, this.#unknown, bounds.beam);
    this.#states = this.#all.states;
    this.#open = this.#all.open;
    this.#used = this.#all.used;
  }

  /** Configurations visited so far, and states looked at from them. */
  get work(): number {
    return this.#work;
  }

  /** Whether the beam was ever too narrow. A refutation is none the less certain, but a more careful one might have come earlier. */
  get wasSplit(): boolean {
    return this.#kinds.wasSplit;
  }

  /** Whether a configuration is left that allows no more than the history does. */
  get isProved(): boolean {
    for (let c = 0; c < this.#all.current.size; c += 1) {
      if (this.#all.current.data[c * this.#stride + blurField] === 0) return true;
    }
    return false;
  }

  /**
   * A completed operation was invoked.
   *
   * @param returns its place among the returns
   * @param isRanked whether its version is to be used
   */
  invoke(op: unknown, value: unknown, returns: number, isRanked = true): Action {
    const isRead = this.#model.readOnly?.(op, value) === true;
    const rank = this.#use.rank && isRanked ? (this.#model.rank?.(op, value) ?? Infinity) : Infinity;
    this.#serial += 1;
    const action = new Action(op, value, isRead && this.#use.absorption, rank, this.#serial);
    action.returns = returns;
    this.#aim(action, isRead);
    if (this.#open.open(action)) this.#widen();
    return action;
  }

  /**
   * An operation was invoked whose result nobody will ever know.
   *
   * @param value its result if it took effect; `undefined`: any
   * @param name shared by those that are alike in what they can do; not asked where the model says from which state to which they lead
   * @returns what stands for all of them; `null` if it can do nothing
   */
  invokeUnknown(op: unknown, value: unknown, name: () => string, isRanked = true): Action | null {
    // A read that nobody heard explains nothing and needs no explanation.
    if (this.#model.readOnly?.(op, value) === true) return null;
    const rank = this.#use.rank && isRanked ? (this.#model.rank?.(op, value) ?? Infinity) : Infinity;
    this.#serial += 1;
    const one = new Action(op, value, false, rank, this.#serial);
    this.#aim(one, false);
    const action = this.#unknown.like(one, name);
    this.#open.addUnknown(action);
    return action;
  }

  /** Carries every configuration past a return. */
  return(action: Action): Passage {
    if (this.#passesAlone(action)) {
      this.#open.close(action);
      this.#returns += 1;
      if (this.#isToSweep) this.#all.sweep(this.#unknown);
      return 'survived';
    }
    const passed = this.#pass(action);
    if (passed !== 'survived') return passed;
    this.#open.close(action);
    if (this.#use.dominance) this.#work += this.#all.keepDominant();
    else this.#all.swap();
    this.#returns += 1;
    if (this.#all.current.size > this.#bounds.beam) this.#kinds.narrow();
    if (this.#kinds.isSplit && this.#returns % settleEvery === 0)
      this.#kinds.compare(this.#work, settleEvery);
    if (this.#used.size > 1 && (this.#all.current.size === 1 || this.#returns % settleEvery === 0))
      this.#all.settle(this.#unknown);
    if (this.#all.isLarge || this.#isToSweep) this.#all.sweep(this.#unknown);
    return passed;
  }

  get #isToSweep(): boolean {
    if (this.#returns % sweepManyEvery !== 0) return false;
    return this.#states.size > manyStates || this.#returns % sweepEvery === 0;
  }

  /** The states in which the operation that was refused last had been tried, without repetition. */
  possible(): readonly unknown[] {
    return this.#tried(true).map((id) => this.#states.stateOf(id));
  }

  /** Others in which it had been tried: those that only operations of unknown result lead to, confirmed by nothing. */
  supposed(): readonly unknown[] {
    const known = new Set(this.#tried(true));
    return this.#tried(false)
      .filter((id) => !known.has(id))
      .map((id) => this.#states.stateOf(id));
  }

  #tried(isSettled: boolean): readonly number[] {
    const seen = new Set<number>();
    for (let v = 0; v < this.#visited.size; v += 1) {
      const start = v * this.#stride;
      if ((this.#visited.data[start + causeField] === 0) !== isSettled) continue;
      seen.add(this.#visited.data[start + stateField]!);
    }
    return [...seen];
  }

  /** The one state that is left, if nothing else is: nothing open, nothing unknown, no beam; `undefined`: there is more to know. */
  get rest(): unknown {
    const { current } = this.#all;
    const isAlone = current.size === 1 && this.#open.size === 0 && this.#unknown.all.length === 0;
    return isAlone && !this.wasSplit ? this.#states.stateOf(current.data[stateField]!) : undefined;
  }

  /** Marks what made a useful operation possible as useful itself. */
  spreadUse(): void {
    this.#unknown.spreadUse();
  }

  /** Asks the model from which state to which the action leads. */
  #aim(action: Action, isRead: boolean): void {
    const { reaches } = this.#model;
    if (reaches === undefined || !this.#use.aim || action.rank !== Infinity) return;
    const from = reaches.from(action.op, action.value);
    if (from !== undefined) action.from = this.#states.named(from);
    const to = isRead ? undefined : reaches.to(action.op, action.value);
    if (to !== undefined) {
      action.to = this.#states.named(to);
      action.isBlind = from === undefined && this.#use.hiding;
    }
    // Where nobody needs what it leaves it may never be tried: so it is here.
    this.#states.look(this.#all.current.data[stateField]!, action);
  }

  /**
   * Whether there is one configuration, and it is past the return as it is: the operation took effect in it, or is a read that is legal in it. Other reads that are legal
   * can take effect later, as long as nothing has changed its state.
   */
  #passesAlone(action: Action): boolean {
    const { current } = this.#all;
    if (current.size !== 1 || action.rank !== Infinity) return false;
    const { data } = current;
    const word = fields + (action.slot >>> 5);
    const bit = 1 << (action.slot & 31);
    if ((data[word]! & bit) !== 0) {
      data[word]! &= ~bit;
    } else {
      const state = data[stateField]!;
      if (!action.isRead || this.#work >= this.#bounds.maxStates || this.#step(state, action) !== state)
        return false;
    }
    return true;
  }

  #pass(action: Action): Passage {
    const stride = this.#stride;
    const visited = this.#visited;
    const word = fields + (action.slot >>> 5);
    const bit = 1 << (action.slot & 31);
    visited.clear();
    this.#situations.clear();
    this.#crowds.length = 0;
    this.#all.survivors.clear();
    for (let c = 0; c < this.#all.current.size; c += 1) {
      for (let i = 0; i < stride; i += 1) this.#record[i] = this.#all.current.data[c * stride + i]!;
      this.#visit();
    }
    for (let v = 0; v < visited.size; v += 1) {
      this.#work += 1;
      if (this.#work >= this.#progressAt) {
        this.#progressAt = this.#work + progressEvery;
        this.#onProgress?.();
      }
      if (this.#work > this.#bounds.maxStates) return 'spent';
      const start = v * stride;
      const tookEffect = (visited.data[start + word]! & bit) !== 0;
      if (tookEffect || (visited.data[start + word + this.#words]! & bit) !== 0) {
        for (let i = 0; i < stride; i += 1) this.#record[i] = visited.data[start + i]!;
        // The returning operation was the goal.
        this.#record[beforeField] = 0;
        this.#record[causeField] = 0;
        this.#record[word]! &= ~bit;
        this.#record[word + this.#words]! &= ~bit;
        this.#all.survivors.add(this.#record, 0);
      }
      if (tookEffect) continue;
      if (visited.size < this.#maxVisited) this.#expand(start, action);
      else if (this.#bounds.beam === Infinity) return 'spent';
      else if (!this.#kinds.isSplit) {
        this.#kinds.split();
        return this.#pass(action);
      } else if (visited.data[start + blurField] === 1) this.#kinds.isLost = true;
    }
    if (this.#all.survivors.size > 0) return 'survived';
    return this.#kinds.isLost ? 'spent' : 'refused';
  }

  /** Tries every operation that could take effect next in the visited configuration at `start`. */
  #expand(start: number, returning: Action): void {
    const { ranked, writes, reads } = this.#open;
    this.#expansion += 1;
    // To look at what can wait is cheap, but not if there are thousands.
    this.#work += (this.#open.size + this.#open.unknown.length) >>> 5;
    let least = Infinity;
    for (let i = 0; i < ranked.length; i += 1) {
      const p = ranked[i]!;
      if (this.#tookEffect(start, p)) continue;
      // What has a greater rank comes after it.
      if (p.rank > least) break;
      least = p.rank;
      this.#tryCompleted(start, p);
    }
    const isAimed = this.#use.aim && this.#use.hiding && !this.#open.isAnywhere && !this.#isVague(start);
    for (let i = 0; i < writes.length; i += 1) {
      const p = writes[i]!;
      if (this.#tookEffect(start, p)) continue;
      // Nobody needs what it leaves: it can wait, and be covered.
      if (isAimed && p.isBlind && p !== returning && !this.#open.isWanted(p.to)) continue;
      this.#tryCompleted(start, p);
    }
    for (let i = 0; i < reads.length; i += 1) {
      if (!this.#tookEffect(start, reads[i]!)) this.#tryCompleted(start, reads[i]!);
    }
    const unknown = isAimed ? this.#open.leading : this.#open.unknown;
    for (let i = 0; i < unknown.length; i += 1) {
      const k = unknown[i]!;
      if (k.rank === Infinity || k.rank <= least) this.#tryUnknown(start, k);
    }
  }

  /** Whether something waits in the configuration of which nobody knows which states it needs. */
  #isVague(start: number): boolean {
    for (let i = 0; i < this.#words; i += 1) {
      if ((this.#open.vague[i]! & ~this.#visited.data[start + fields + i]!) !== 0) return true;
    }
    return false;
  }

  #tryCompleted(start: number, p: Action): void {
    const data = this.#visited.data;
    const state = data[start + stateField]!;
    if (this.#open.size > 1) {
      const likeness = (p.likeness ??= this.#open.likenessOf(this.#likenessName(p)));
      // One that returns earlier asked and heard the same: it goes first.
      if (likeness.metIn === this.#expansion) return;
      likeness.metIn = this.#expansion;
    }
    const next = this.#step(state, p);
    if (next < 0) return;
    const before = data[start + beforeField]! - 1;
    if (before >= 0) {
      const cause = this.#unknown.all[data[start + causeField]! - 1]!;
      if (this.#isIdle(before, p, next, this.#isPostponable(cause, p))) return;
      cause.isUseful = true;
    }
    this.#load(start, next, data[start + usedField]!);
    const word = fields + (p.slot >>> 5);
    const bit = 1 << (p.slot & 31);
    this.#record[word]! |= bit;
    this.#record[word + this.#words]! &= ~bit;
    if (p.isBlind) this.#cover();
    this.#visit();
  }

  #likenessName(p: Action): string | number {
    if (!this.#use.symmetry) return p.serial;
    const alike = this.#model.alike;
    if (alike === undefined && p.isPlain && p.rank === Infinity) {
      return plainName(p);
    }
    return nameOfLike(alike?.(p.op, p.value) ?? [p.op, p.value], p.value);
  }

  /** Tries one more operation of unknown result of the kind `k`. */
  #tryUnknown(start: number, k: Action): void {
    const data = this.#visited.data;
    const state = data[start + stateField]!;
    const used = data[start + usedField]!;
    if (used !== 0 && this.#used.count(used, k.slot) >= k.invoked) return;
    const next = this.#step(state, k);
    if (next < 0 || next === state) return;
    if (this.#use.goals && this.#states.covers(state, next)) return;
    const before = data[start + beforeField]! - 1;
    if (before >= 0) {
      // An operation that can wait may be needed together with this one, by what comes after both.
      if (this.#isIdle(before, k, next, false)) return;
      this.#unknown.lean(k.slot, data[start + causeField]! - 1);
    }
    this.#load(start, next, this.#used.with(used, k.slot));
    if (this.#use.goals) {
      this.#record[beforeField] = state + 1;
      this.#record[causeField] = k.slot + 1;
    } else k.isUseful = true;
    if (k.isBlind) this.#cover();
    this.#visit();
  }

  /**
   * Whether the operation of unknown result that led here, from the state `before`, gains `p` nothing: `p` is legal without it
   * too, and ends in a state that covers `next`, or in which the operation does as much as here, because it is `postponable`.
   */
  #isIdle(before: number, p: Action, next: number, postponable: boolean): boolean {
    const without = this.#step(before, p);
    return without >= 0 && (postponable || this.#states.covers(without, next));
  }

  #isPostponable(unknown: Action, follower: Action): boolean {
    return this.#model.postponable?.(unknown.op, unknown.value, follower.op, follower.value) === true;
  }

  #tookEffect(start: number, p: Action): boolean {
    return (this.#visited.data[start + fields + (p.slot >>> 5)]! & (1 << (p.slot & 31))) !== 0;
  }

  /** Makes the record that follows the visited one at `start`. */
  #load(start: number, state: number, used: number): void {
    const record = this.#record;
    const data = this.#visited.data;
    for (let i = blurField; i < this.#stride; i += 1) record[i] = data[start + i]!;
    record[stateField] = state;
    record[usedField] = used;
    record[beforeField] = 0;
    record[causeField] = 0;
  }

  /** A blind write takes effect in the record: those that are open and have not could have done so just before. */
  #cover(): void {
    for (let i = fields; i < fields + this.#words; i += 1) {
      this.#record[i + this.#words]! |= this.#open.blind[i - fields]! & ~this.#record[i]!;
    }
  }

  /** Lets the reads that are legal take effect in the record, and adds it to what is to be visited. */
  #visit(): void {
    const record = this.#record;
    const { ranked, reads } = this.#open;
    let absorbed = false;
    let blockedFrom = Infinity;
    for (let i = 0; i < ranked.length; i += 1) {
      const p = ranked[i]!;
      if (p.rank > blockedFrom) break;
      if (this.#isDone(p)) continue;
      if (p.isRead && this.#absorb(p)) absorbed = true;
      else blockedFrom = p.rank;
    }
    for (let i = 0; i < reads.length; i += 1) {
      const p = reads[i]!;
      if (!this.#isDone(p) && this.#absorb(p)) absorbed = true;
    }
    if (absorbed && record[causeField] !== 0) {
      this.#unknown.all[record[causeField]! - 1]!.isUseful = true;
      record[beforeField] = 0;
      record[causeField] = 0;
    }
    if (!this.#use.dominance) this.#visited.add(record, 0);
    else if (!this.#isForeseen()) this.#append();
  }

  /**
   * Whether a visited configuration stands for the record. One that needs fewer operations of unknown result is reached in fewer steps,
   * and so comes first.
   */
  #isForeseen(): boolean {
    const { data } = this.#visited;
    const record = this.#record;
    this.#situation[0] = record[stateField]!;
    for (let i = 0; i < this.#words; i += 1) {
      this.#situation[1 + i] = record[fields + i]! & ~(this.#open.reading[i]! | this.#open.blind[i]!);
    }
    const situation = this.#situations.add(this.#situation, 0);
    if (this.#situations.fresh) this.#latest[situation] = -1;
    this.#situationOf = situation;
    for (let v = this.#latest[situation]!; v >= 0; v = this.#earlier[v]!) {
      this.#work += this.#words;
      const start = v * this.#stride;
      const cause = data[start + causeField]!;
      if (cause !== 0 && cause !== record[causeField]) continue;
      if (cause !== 0 && data[start + beforeField] !== record[beforeField]) continue;
      if (this.#all.standsFor(data, start, record, 0)) return true;
    }
    return this.#kinds.isSplit && this.#isCrowded(situation);
  }

  /**
   * Whether a sharp record is one too many in its situation. A blurred one that would be is merged with the latest there instead: it then
   * has used only what both have, and may do what either might.
   */
  #isCrowded(situation: number): boolean {
    const record = this.#record;
    const kind = 2 * situation + record[blurField]!;
    const crowd = (this.#crowds[kind] ?? 0) + 1;
    if (record[blurField] === 0) {
      if (crowd > this.#kinds.crowdMax) return true;
      this.#crowds[kind] = crowd;
      return false;
    }
    this.#crowds[kind] = crowd;
    if (crowd === 1) return false;
    const { data } = this.#visited;
    let v = this.#latest[situation]!;
    while (data[v * this.#stride + blurField] === 0) v = this.#earlier[v]!;
    const latest = v * this.#stride;
    this.#kinds.blurWith(record, data, latest);
    return data[latest + causeField] === 0 && this.#all.standsFor(data, latest, record, 0);
  }

  /** Adds the record to what is to be visited, in the situation just looked up. */
  #append(): void {
    const v = this.#visited.add(this.#record, 0);
    this.#earlier[v] = this.#latest[this.#situationOf]!;
    this.#latest[this.#situationOf] = v;
  }

  #isDone(p: Action): boolean {
    return (this.#record[fields + (p.slot >>> 5)]! & (1 << (p.slot & 31))) !== 0;
  }

  /** Lets a read take effect in the record if it is legal and tells nothing new. */
  #absorb(p: Action): boolean {
    const state = this.#record[stateField]!;
    if (this.#step(state, p) !== state) return false;
    this.#record[fields + (p.slot >>> 5)]! |= 1 << (p.slot & 31);
    return true;
  }

  /** More operations are open than fit a mask. */
  #widen(): void {
    this.#all.widen();
    const { words, stride } = this.#all;
    this.#words = words;
    this.#stride = stride;
    this.#visited = new RecordTable(stride);
    this.#record = new Int32Array(stride);
    this.#situations = new RecordTable(1 + words);
    this.#situation = new Int32Array(1 + words);
    const fitting = Math.floor(visitedBytesMax / (stride * Int32Array.BYTES_PER_ELEMENT));
    this.#maxVisited = Math.min(this.#bounds.maxVisited, fitting);
  }

  #step(state: number, action: Action): number {
    this.#work += 1;
    return this.#states.step(state, action);
  }
}
