/**
 * Searches for a linearization of one component, just in time (Lowe, "Testing for linearizability", 2017): it walks the
 * history from return to return and keeps every *configuration* that could hold there, namely a state and the set of open
 * operations that already took effect. At a return, operations take effect only as far as the returning one needs them to.
 * A history is linearizable if and only if a configuration survives its last return.
 *
 * What keeps the configurations few, each of it sound by itself:
 * - *absorption*: a read takes effect as soon as it is legal; waiting would gain nothing;
 * - *rank*: operations that tell their version take effect in its order;
 * - *symmetry*: operations of unknown result with the same arguments are counted, not told apart; one that was invoked
 *   later could stand in for one invoked earlier only from then on, and that is when the count rises. Of completed operations
 *   that asked and heard the same, the one that returns first goes first: in any order where it does not, the two could swap;
 * - *hindsight*: a write of unknown result whose value an answer shows, and that no other could have left, did take effect
 *   before that answer, with its version; writes whose values no answer shows are alike, whatever they wrote; and a model may tell an
 *   operation what others were answered that only it makes possible;
 * - *goals*: an operation of unknown result takes effect only directly before one that would otherwise be illegal or end in
 *   a state that does not cover this one: without such a follower, leaving it out is at least as good;
 * - *dominance*: of two configurations in which the same open writes took effect, the one with a state that covers the other's,
 *   in which every read took effect that did in the other, and no more operations of unknown result were used, stands for both.
 *
 * Besides a verdict, a violation yields the first return that could not be placed, the states that were possible there, and
 * which operations of unknown result had any bearing.
 */
import type { Operation } from '../history.ts';
import { inHindsight } from './hindsight.ts';
import type { Hindsight } from './hindsight.ts';
import type { AnyModel } from './model.ts';
import { identityOf } from './model.ts';
import { RecordTable } from './record-table.ts';

/** Switches for tests: a search without one of its techniques must reach the same verdict. */
export interface Techniques {
  readonly absorption: boolean;
  readonly rank: boolean;
  readonly symmetry: boolean;
  readonly hindsight: boolean;
  readonly goals: boolean;
  readonly dominance: boolean;
}

/** What a search found. `states` counts its work: the configurations visited, and every state looked at from one of them. */
export type SearchResult =
  | { readonly verdict: 'ok' | 'undecided'; readonly states: number }
  | {
      readonly verdict: 'violation';
      readonly states: number;
      /** Position, in what was searched, of the operation that cannot be placed. */
      readonly failed: number;
      /** States in which it was tried, without repetition. */
      readonly possible: readonly unknown[];
      /** By position: false for an operation of unknown result without which the search goes the same way. */
      readonly bearing: readonly boolean[];
    };

const everyTechnique: Techniques = {
  absorption: true,
  rank: true,
  symmetry: true,
  hindsight: true,
  goals: true,
  dominance: true,
};

/** A configuration as a record: the four fields, then the words of its mask of open operations that took effect. */
const stateField = 0;
/** Which multiset of operations of unknown result was used. */
const usedField = 1;
/** If the last step was such an operation, the state before it (+ 1) and its class (+ 1); else 0. */
const beforeField = 2;
const causeField = 3;
const fields = 4;

/** Work between two signs of progress. */
const progressEvery = 100_000;
/** Above this many survivors in which the same open writes took effect, comparing all pairs costs more than it saves. */
const dominancePairsMax = 256;

/**
 * Searches one component.
 *
 * @param operations of one component, without failed ones. One of unknown result that has a value nonetheless may take effect
 * with that result only, or never.
 * @param maxStates budget of work, at least 1: see `states` of the result
 * @param without techniques to switch off
 * @param onProgress told now and then
 * @param doubted position of a completed operation from whose answer nothing is concluded in advance, so that where it is wrong no
 * other operation is blamed; −1: none
 */
export function search(
  model: AnyModel,
  operations: readonly Operation[],
  maxStates: number,
  without: Partial<Techniques> = {},
  onProgress?: () => void,
  doubted = -1,
): SearchResult {
  const use = { ...everyTechnique, ...without };
  return new Search(model, operations, maxStates, use, onProgress, doubted).run();
}

class Search {
  readonly #model: AnyModel;
  readonly #hindsight: Hindsight;
  /** As hindsight has them. */
  readonly #operations: readonly Operation[];
  readonly #maxStates: number;
  readonly #use: Techniques;

  /** By position: its slot in the mask while open (completed operations), its class + 1 (unknown result), what it is. */
  readonly #slotOf: Int32Array;
  readonly #classOf: Int32Array;
  readonly #readOnly: Uint8Array;
  readonly #rank: Float64Array;
  /** By position of a completed write: a number that it shares with those that asked and heard the same. */
  readonly #kindOf: Int32Array;
  /** By kind: the expansion that last met one of it. */
  #metIn: Int32Array<ArrayBuffer> = new Int32Array(0);
  #expansion = 0;
  /** Place among the returns, by position. */
  readonly #returnOf: Int32Array;
  /** By class: the position of one of its members, and how many were invoked so far. */
  readonly #example: number[] = [];
  /** Classes with a member that was invoked. */
  readonly #waiting: number[] = [];
  #invoked: Int32Array<ArrayBuffer> = new Int32Array(0);
  #useful: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** Pairs of classes: the first was used where the second had made that possible. */
  readonly #leans = new RecordTable(2);
  /** Positions, encoded with 2 bits more: 2p an invocation, 2p + 1 a return. In order of time. */
  readonly #events: number[] = [];

  readonly #states: unknown[] = [];
  readonly #stateIds = new Map<string | number, number>();
  /** (state, position) → next state + 1, or 0 where illegal. */
  readonly #steps = new RecordTable(2);
  readonly #next: number[] = [];
  readonly #pair = new Int32Array(2);

  readonly #stride: number;
  /** Counts of used operations by class, one vector a member. */
  readonly #usedVectors: RecordTable;
  readonly #vector: Int32Array<ArrayBuffer>;
  #visited: RecordTable;
  #current: RecordTable;
  #survivors: RecordTable;
  readonly #record: Int32Array<ArrayBuffer>;
  /**
   * Positions of completed operations that are open now: those with a rank, in its order, and writes and reads without. Operations of
   * equal rank, and writes, stand in order of return.
   */
  readonly #ranked: number[] = [];
  readonly #writes: number[] = [];
  readonly #reads: number[] = [];
  /** The bits of open reads in a mask. */
  readonly #readMask: Int32Array;
  /** Of what took effect in a survivor: its writes; and the survivors by that. */
  readonly #writeMasks: RecordTable;
  readonly #writeMask: Int32Array<ArrayBuffer>;
  /** Visited configurations by state and writes that took effect: of each such situation the latest, and before each the earlier one. */
  readonly #situations: RecordTable;
  readonly #situation: Int32Array<ArrayBuffer>;
  readonly #latest: number[] = [];
  readonly #earlier: number[] = [];
  #situationOf = 0;
  readonly #onProgress: (() => void) | undefined;
  #work = 0;
  #progressAt = progressEvery;

  constructor(
    model: AnyModel,
    operations: readonly Operation[],
    maxStates: number,
    use: Techniques,
    onProgress: (() => void) | undefined,
    doubted: number,
  ) {
    this.#onProgress = onProgress;
    this.#model = model;
    const foreseen = use.hindsight ? (model.foresee?.(operations, doubted) ?? operations) : operations;
    this.#hindsight = inHindsight(model, foreseen, use.hindsight, doubted);
    this.#operations = this.#hindsight.operations;
    this.#maxStates = maxStates;
    this.#use = use;
    const n = operations.length;
    this.#slotOf = new Int32Array(n);
    this.#classOf = new Int32Array(n);
    this.#readOnly = new Uint8Array(n);
    this.#rank = new Float64Array(n).fill(Infinity);
    this.#kindOf = new Int32Array(n);
    this.#returnOf = new Int32Array(n);
    this.#prepare(doubted);
    const words = Math.max(1, (this.#assignSlots() + 31) >>> 5);
    this.#stride = fields + words;
    this.#readMask = new Int32Array(words);
    this.#writeMasks = new RecordTable(words);
    this.#writeMask = new Int32Array(words);
    this.#situations = new RecordTable(1 + words);
    this.#situation = new Int32Array(1 + words);
    this.#usedVectors = new RecordTable(Math.max(1, this.#example.length));
    this.#vector = new Int32Array(Math.max(1, this.#example.length));
    this.#visited = new RecordTable(this.#stride);
    this.#current = new RecordTable(this.#stride);
    this.#survivors = new RecordTable(this.#stride);
    this.#record = new Int32Array(this.#stride);
  }

  run(): SearchResult {
    this.#record[stateField] = this.#stateId(this.#model.init());
    this.#record[usedField] = this.#usedVectors.add(this.#vector, 0);
    this.#current.add(this.#record, 0);
    for (const event of this.#events) {
      const position = event >>> 1;
      if ((event & 1) === 0) this.#invoke(position);
      else {
        const failed = this.#return(position);
        if (failed !== null) return failed;
      }
    }
    return { verdict: 'ok', states: this.#work };
  }

  /** Sorts operations into classes and kinds, and their ends into events. */
  #prepare(doubted: number): void {
    const classes = new Map<string, number>();
    const kinds = new Map<string, number>();
    const times: number[] = [];
    for (let p = 0; p < this.#operations.length; p += 1) {
      const operation = this.#operations[p]!;
      const known = operation.outcome === 'ok';
      const { value } = operation;
      const readOnly = this.#model.readOnly?.(operation.op, value) === true;
      if (!known) {
        // A read that nobody heard explains nothing and needs no explanation.
        if (readOnly) continue;
        const name = this.#use.symmetry ? JSON.stringify([this.#hindsight.alike(p), value]) : String(p);
        let number = classes.get(name);
        if (number === undefined) {
          classes.set(name, (number = this.#example.length));
          this.#example.push(p);
        }
        this.#classOf[p] = number + 1;
      } else {
        if (readOnly && this.#use.absorption) this.#readOnly[p] = 1;
        const alike = this.#model.alike?.(operation.op, value) ?? [operation.op, value];
        const name = this.#use.symmetry ? JSON.stringify(alike) : String(p);
        const kind = kinds.get(name) ?? kinds.size;
        kinds.set(name, kind);
        this.#kindOf[p] = kind;
        this.#events.push(2 * p + 1);
        times[2 * p + 1] = operation.completedAt;
      }
      const rank = this.#use.rank && p !== doubted ? this.#model.rank?.(operation.op, value) : undefined;
      if (rank !== undefined) this.#rank[p] = rank;
      this.#events.push(2 * p);
      times[2 * p] = operation.invokedAt;
    }
    // Equal readings are concurrent: invocations first.
    this.#events.sort((a, b) => times[a]! - times[b]! || (a & 1) - (b & 1) || a - b);
    for (let i = 0; i < this.#events.length; i += 1) {
      if ((this.#events[i]! & 1) === 1) this.#returnOf[this.#events[i]! >>> 1] = i;
    }
    this.#metIn = new Int32Array(kinds.size);
    this.#invoked = new Int32Array(this.#example.length);
    this.#useful = new Uint8Array(this.#example.length);
  }

  /** Gives each completed operation a bit for the time it is open; the number of bits. */
  #assignSlots(): number {
    const free: number[] = [];
    let slots = 0;
    for (const event of this.#events) {
      const position = event >>> 1;
      if (this.#classOf[position] !== 0) continue;
      if ((event & 1) === 0) this.#slotOf[position] = free.pop() ?? slots++;
      else free.push(this.#slotOf[position]!);
    }
    return slots;
  }

  #invoke(position: number): void {
    const number = this.#classOf[position]! - 1;
    if (number >= 0) {
      if (this.#invoked[number] === 0) this.#waiting.push(number);
      this.#invoked[number]! += 1;
      return;
    }
    const list = this.#listOf(position);
    let at = list.length;
    while (at > 0 && this.#goesBefore(position, list[at - 1]!)) at -= 1;
    list.splice(at, 0, position);
    if (this.#readOnly[position] === 1) {
      this.#readMask[this.#slotOf[position]! >>> 5]! |= 1 << (this.#slotOf[position]! & 31);
    }
  }

  #listOf(position: number): number[] {
    if (this.#rank[position] !== Infinity) return this.#ranked;
    return this.#readOnly[position] === 1 ? this.#reads : this.#writes;
  }

  #goesBefore(a: number, b: number): boolean {
    const ranks = this.#rank[a]! === this.#rank[b]! ? 0 : this.#rank[a]! - this.#rank[b]!;
    return ranks === 0 ? this.#returnOf[a]! < this.#returnOf[b]! : ranks < 0;
  }

  /** Carries every configuration past a return; the result if there is none that survives, or the budget is spent. */
  #return(position: number): SearchResult | null {
    const stride = this.#stride;
    const visited = this.#visited;
    const word = fields + (this.#slotOf[position]! >>> 5);
    const bit = 1 << (this.#slotOf[position]! & 31);
    visited.clear();
    this.#situations.clear();
    this.#survivors.clear();
    for (let c = 0; c < this.#current.size; c += 1) {
      for (let i = 0; i < stride; i += 1) this.#record[i] = this.#current.data[c * stride + i]!;
      this.#visit();
    }
    for (let v = 0; v < visited.size; v += 1) {
      this.#work += 1;
      if (this.#work >= this.#progressAt) {
        this.#progressAt = this.#work + progressEvery;
        this.#onProgress?.();
      }
      if (this.#work > this.#maxStates) return { verdict: 'undecided', states: this.#work };
      const start = v * stride;
      if ((visited.data[start + word]! & bit) === 0) {
        this.#expand(start);
        continue;
      }
      for (let i = 0; i < stride; i += 1) this.#record[i] = visited.data[start + i]!;
      // The returning operation was the goal.
      this.#record[beforeField] = 0;
      this.#record[causeField] = 0;
      this.#record[word]! &= ~bit;
      this.#survivors.add(this.#record, 0);
    }
    if (this.#survivors.size === 0) return this.#violation(position);
    const list = this.#listOf(position);
    list.splice(list.indexOf(position), 1);
    if (this.#readOnly[position] === 1) this.#readMask[word - fields]! &= ~bit;
    if (this.#use.dominance) this.#keepDominant();
    else this.#swap();
    return null;
  }

  #swap(): void {
    const spent = this.#current;
    this.#current = this.#survivors;
    this.#survivors = spent;
  }

  /** Tries every operation that could take effect next in the visited configuration at `start`. */
  #expand(start: number): void {
    const data = this.#visited.data;
    const used = data[start + usedField]!;
    const before = data[start + beforeField]! - 1;
    const cause = data[start + causeField]! - 1;
    this.#expansion += 1;
    let least = Infinity;
    for (let i = 0; i < this.#ranked.length; i += 1) {
      const p = this.#ranked[i]!;
      if (this.#tookEffect(start, p)) continue;
      // What has a greater rank comes after it.
      if (this.#rank[p]! > least) break;
      least = this.#rank[p]!;
      this.#tryCompleted(start, p, used, before, cause);
    }
    for (let i = 0; i < this.#writes.length; i += 1) {
      if (!this.#tookEffect(start, this.#writes[i]!))
        this.#tryCompleted(start, this.#writes[i]!, used, before, cause);
    }
    for (let i = 0; i < this.#reads.length; i += 1) {
      if (!this.#tookEffect(start, this.#reads[i]!))
        this.#tryCompleted(start, this.#reads[i]!, used, before, cause);
    }
    for (let i = 0; i < this.#waiting.length; i += 1) {
      const k = this.#waiting[i]!;
      const rank = this.#rank[this.#example[k]!]!;
      if (rank !== Infinity && rank > least) continue;
      this.#tryUnknown(start, k, used, before, cause);
    }
  }

  #tryCompleted(start: number, p: number, used: number, before: number, cause: number): void {
    const kind = this.#kindOf[p]!;
    // One that returns earlier asked and heard the same: it goes first.
    if (this.#metIn[kind] === this.#expansion) return;
    this.#metIn[kind] = this.#expansion;
    const next = this.#step(this.#visited.data[start + stateField]!, p);
    if (next < 0) return;
    if (before >= 0) {
      if (this.#isIdle(before, p, next, this.#isPostponable(cause, p))) return;
      this.#useful[cause] = 1;
    }
    this.#load(start, next, used);
    const slot = this.#slotOf[p]!;
    this.#record[fields + (slot >>> 5)]! |= 1 << (slot & 31);
    this.#visit();
  }

  /** Tries one more operation of the class `k`. */
  #tryUnknown(start: number, k: number, used: number, before: number, cause: number): void {
    const p = this.#example[k]!;
    const state = this.#visited.data[start + stateField]!;
    if (this.#usedVectors.data[used * this.#vector.length + k]! >= this.#invoked[k]!) return;
    const next = this.#step(state, p);
    if (next < 0 || next === state) return;
    if (this.#use.goals && this.#covers(state, next)) return;
    if (before >= 0) {
      // An operation that can wait may be needed together with this one, by what comes after both.
      if (this.#isIdle(before, p, next, false)) return;
      this.#pair[0] = k;
      this.#pair[1] = cause;
      this.#leans.add(this.#pair, 0);
    }
    this.#load(start, next, this.#usedWith(used, k));
    if (this.#use.goals) {
      this.#record[beforeField] = state + 1;
      this.#record[causeField] = k + 1;
    } else this.#useful[k] = 1;
    this.#visit();
  }

  /**
   * Whether the operation of unknown result that led here, from the state `before`, gains `p` nothing: `p` is legal without it
   * too, and ends in a state that covers `next`, or in which the operation does as much as here, because it is `postponable`.
   */
  #isIdle(before: number, p: number, next: number, postponable: boolean): boolean {
    const without = this.#step(before, p);
    return without >= 0 && (postponable || this.#covers(without, next));
  }

  #isPostponable(k: number, p: number): boolean {
    const unknown = this.#operations[this.#example[k]!]!;
    const follower = this.#operations[p]!;
    return this.#model.postponable?.(unknown.op, unknown.value, follower.op, follower.value) === true;
  }

  #tookEffect(start: number, p: number): boolean {
    const slot = this.#slotOf[p]!;
    return (this.#visited.data[start + fields + (slot >>> 5)]! & (1 << (slot & 31))) !== 0;
  }

  /** Makes the record that follows the visited one at `start`. */
  #load(start: number, state: number, used: number): void {
    for (let i = fields; i < this.#stride; i += 1) this.#record[i] = this.#visited.data[start + i]!;
    this.#record[stateField] = state;
    this.#record[usedField] = used;
    this.#record[beforeField] = 0;
    this.#record[causeField] = 0;
  }

  /** Lets the reads that are legal take effect in the record, and adds it to what is to be visited. */
  #visit(): void {
    const record = this.#record;
    let absorbed = false;
    let blockedFrom = Infinity;
    for (let i = 0; i < this.#ranked.length; i += 1) {
      const p = this.#ranked[i]!;
      if (this.#rank[p]! > blockedFrom) break;
      if (this.#isDone(p)) continue;
      if (this.#readOnly[p] === 1 && this.#absorb(p)) absorbed = true;
      else blockedFrom = this.#rank[p]!;
    }
    for (let i = 0; i < this.#reads.length; i += 1) {
      const p = this.#reads[i]!;
      if (!this.#isDone(p) && this.#absorb(p)) absorbed = true;
    }
    if (absorbed && record[causeField] !== 0) {
      this.#useful[record[causeField]! - 1] = 1;
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
    for (let i = fields; i < this.#stride; i += 1) {
      this.#situation[1 + i - fields] = record[i]! & ~this.#readMask[i - fields]!;
    }
    const situation = this.#situations.add(this.#situation, 0);
    if (this.#situations.fresh) this.#latest[situation] = -1;
    this.#situationOf = situation;
    for (let v = this.#latest[situation]!; v >= 0; v = this.#earlier[v]!) {
      this.#work += 1;
      if (this.#standsFor(data, v * this.#stride)) return true;
    }
    return false;
  }

  /** Whether the visited configuration at `start`, of the same state and writes, has at least the choices that the record has. */
  #standsFor(data: Int32Array, start: number): boolean {
    const record = this.#record;
    if (data[start + causeField] !== 0) {
      if (data[start + causeField] !== record[causeField]) return false;
      if (data[start + beforeField] !== record[beforeField]) return false;
    }
    for (let i = fields; i < this.#stride; i += 1) {
      if ((record[i]! & ~data[start + i]!) !== 0) return false;
    }
    return this.#usesNoMore(data[start + usedField]!, record[usedField]!);
  }

  /** Adds the record to what is to be visited, in the situation just looked up. */
  #append(): void {
    const v = this.#visited.add(this.#record, 0);
    this.#earlier[v] = this.#latest[this.#situationOf]!;
    this.#latest[this.#situationOf] = v;
  }

  #isDone(p: number): boolean {
    const slot = this.#slotOf[p]!;
    return (this.#record[fields + (slot >>> 5)]! & (1 << (slot & 31))) !== 0;
  }

  /** Lets a read take effect in the record if it is legal and tells nothing new. */
  #absorb(p: number): boolean {
    const state = this.#record[stateField]!;
    if (this.#step(state, p) !== state) return false;
    this.#record[fields + (this.#slotOf[p]! >>> 5)]! |= 1 << (this.#slotOf[p]! & 31);
    return true;
  }

  /** Makes the survivors that no other stands for the current configurations. */
  #keepDominant(): void {
    const all = this.#survivors;
    if (all.size === 1) {
      this.#swap();
      return;
    }
    const stride = this.#stride;
    this.#current.clear();
    const groups = this.#groupByWrites();
    const dropped = new Uint8Array(all.size);
    for (const group of groups) {
      this.#work += group.length;
      if (group.length === 1 || group.length > dominancePairsMax) continue;
      for (const a of group) {
        if (dropped[a] === 1) continue;
        for (const b of group) {
          if (a === b || dropped[b] === 1) continue;
          if (this.#dominates(all.data, a * stride, b * stride)) dropped[b] = 1;
        }
      }
      this.#work += (group.length * group.length) >>> 4;
    }
    for (let a = 0; a < all.size; a += 1) {
      if (dropped[a] === 0) this.#current.add(all.data, a * stride);
    }
  }

  /** The survivors by which open writes took effect in them. */
  #groupByWrites(): readonly (readonly number[])[] {
    const words = this.#writeMask.length;
    const all = this.#survivors;
    const groups: number[][] = [];
    this.#writeMasks.clear();
    for (let a = 0; a < all.size; a += 1) {
      for (let i = 0; i < words; i += 1) {
        this.#writeMask[i] = all.data[a * this.#stride + fields + i]! & ~this.#readMask[i]!;
      }
      const group = this.#writeMasks.add(this.#writeMask, 0);
      if (this.#writeMasks.fresh) groups.push([a]);
      else groups[group]!.push(a);
    }
    return groups;
  }

  /** Of two records in which the same writes took effect. */
  #dominates(data: Int32Array, a: number, b: number): boolean {
    for (let i = fields; i < this.#stride; i += 1) {
      if ((data[b + i]! & ~data[a + i]!) !== 0) return false;
    }
    if (!this.#covers(data[a + stateField]!, data[b + stateField]!)) return false;
    return this.#usesNoMore(data[a + usedField]!, data[b + usedField]!);
  }

  /** Whether the multiset `a` is contained in the multiset `b`. */
  #usesNoMore(a: number, b: number): boolean {
    if (a === b) return true;
    const classes = this.#vector.length;
    const counts = this.#usedVectors.data;
    for (let k = 0; k < classes; k += 1) {
      if (counts[a * classes + k]! > counts[b * classes + k]!) return false;
    }
    return true;
  }

  #covers(a: number, b: number): boolean {
    return a === b || this.#model.covers?.(this.#states[a], this.#states[b]) === true;
  }

  #usedWith(used: number, k: number): number {
    const classes = this.#vector.length;
    for (let i = 0; i < classes; i += 1) this.#vector[i] = this.#usedVectors.data[used * classes + i]!;
    this.#vector[k]! += 1;
    return this.#usedVectors.add(this.#vector, 0);
  }

  /** The state after the operation at `p`, or −1 where it cannot have had its result. */
  #step(state: number, p: number): number {
    this.#work += 1;
    this.#pair[0] = state;
    this.#pair[1] = p;
    const member = this.#steps.add(this.#pair, 0);
    if (!this.#steps.fresh) return this.#next[member]!;
    const operation = this.#operations[p]!;
    const next = this.#model.step(this.#states[state], operation.op, operation.value);
    const id = next === null ? -1 : this.#stateId(next);
    this.#next[member] = id;
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

  /** What made a useful operation possible was of use itself. */
  #spreadUse(): void {
    const pairs = this.#leans.data;
    for (let changed = true; changed;) {
      changed = false;
      for (let i = 0; i < this.#leans.size; i += 1) {
        const enabled = pairs[2 * i]!;
        const enabler = pairs[2 * i + 1]!;
        if (this.#useful[enabled] === 1 && this.#useful[enabler] === 0) {
          this.#useful[enabler] = 1;
          changed = true;
        }
      }
    }
  }

  #violation(failed: number): SearchResult {
    const seen = new Set<number>();
    for (let v = 0; v < this.#visited.size; v += 1) {
      const start = v * this.#stride;
      // What an operation of unknown result might have done, confirmed by nothing, would only confuse.
      if (this.#visited.data[start + causeField] === 0) seen.add(this.#visited.data[start + stateField]!);
    }
    this.#spreadUse();
    return {
      verdict: 'violation',
      states: this.#work,
      failed: this.#hindsight.shownBy(failed),
      possible: [...seen].map((id) => this.#states[id]),
      bearing: this.#operations.map((_, p) =>
        this.#classOf[p]! > 0
          ? this.#useful[this.#classOf[p]! - 1] === 1
          : this.#operations[p]!.outcome === 'ok',
      ),
    };
  }
}
