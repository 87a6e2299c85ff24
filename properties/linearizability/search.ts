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
 *   later could stand in for one invoked earlier only from then on, and that is when the count rises;
 * - *goals*: an operation of unknown result takes effect only directly before one that would otherwise be illegal or end in
 *   a state that does not cover this one: without such a follower, leaving it out is at least as good;
 * - *dominance*: of two configurations with the same open operations, the one with a state that covers the other's and no more
 *   operations of unknown result used stands for both.
 *
 * Besides a verdict, a violation yields the first return that could not be placed, the states that were possible there, and
 * which operations of unknown result had any bearing.
 */
import type { Operation } from '../history.ts';
import type { AnyModel } from './model.ts';
import { identityOf } from './model.ts';
import { RecordTable } from './record-table.ts';

/** Switches for tests: a search without one of its techniques must reach the same verdict. */
export interface Techniques {
  readonly absorption: boolean;
  readonly rank: boolean;
  readonly symmetry: boolean;
  readonly goals: boolean;
  readonly dominance: boolean;
}

/** What a search found. `states` counts the configurations visited. */
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

/** Above this many survivors, comparing all pairs costs more than it saves. */
const dominancePairsMax = 256;

/**
 * Searches one component.
 *
 * @param operations of one component, without failed ones. One of unknown result that has a value nonetheless may take effect
 * with that result only, or never.
 * @param maxStates budget in configurations, at least 1
 * @param without techniques to switch off
 */
export function search(
  model: AnyModel,
  operations: readonly Operation[],
  maxStates: number,
  without: Partial<Techniques> = {},
): SearchResult {
  return new Search(model, operations, maxStates, { ...everyTechnique, ...without }).run();
}

class Search {
  readonly #model: AnyModel;
  readonly #operations: readonly Operation[];
  readonly #maxStates: number;
  readonly #use: Techniques;

  /** By position: its slot in the mask while open (completed operations), its class + 1 (unknown result), what it is. */
  readonly #slotOf: Int32Array;
  readonly #classOf: Int32Array;
  readonly #readOnly: Uint8Array;
  readonly #rank: Float64Array;
  /** By class: the position of one of its members, and how many were invoked so far. */
  readonly #example: number[] = [];
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
  /** Positions of completed operations that are open now. */
  readonly #open: number[] = [];
  #visits = 0;

  constructor(model: AnyModel, operations: readonly Operation[], maxStates: number, use: Techniques) {
    this.#model = model;
    this.#operations = operations;
    this.#maxStates = maxStates;
    this.#use = use;
    const n = operations.length;
    this.#slotOf = new Int32Array(n);
    this.#classOf = new Int32Array(n);
    this.#readOnly = new Uint8Array(n);
    this.#rank = new Float64Array(n).fill(Infinity);
    this.#prepare();
    const slots = this.#assignSlots();
    this.#stride = fields + Math.max(1, (slots + 31) >>> 5);
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
    return { verdict: 'ok', states: this.#visits };
  }

  /** Sorts operations into classes and kinds, and their ends into events. */
  #prepare(): void {
    const classes = new Map<string, number>();
    const times: number[] = [];
    for (let p = 0; p < this.#operations.length; p += 1) {
      const operation = this.#operations[p]!;
      const known = operation.outcome === 'ok';
      const { value } = operation;
      const readOnly = this.#model.readOnly?.(operation.op, value) === true;
      if (!known) {
        // A read that nobody heard explains nothing and needs no explanation.
        if (readOnly) continue;
        const name = this.#use.symmetry ? JSON.stringify([operation.op, value]) : String(p);
        let number = classes.get(name);
        if (number === undefined) {
          classes.set(name, (number = this.#example.length));
          this.#example.push(p);
        }
        this.#classOf[p] = number + 1;
      } else {
        if (readOnly && this.#use.absorption) this.#readOnly[p] = 1;
        const rank = this.#use.rank ? this.#model.rank?.(operation.op, value) : undefined;
        if (rank !== undefined) this.#rank[p] = rank;
        this.#events.push(2 * p + 1);
        times[2 * p + 1] = operation.completedAt;
      }
      this.#events.push(2 * p);
      times[2 * p] = operation.invokedAt;
    }
    // Equal readings are concurrent: invocations first.
    this.#events.sort((a, b) => times[a]! - times[b]! || (a & 1) - (b & 1) || a - b);
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
    const number = this.#classOf[position]!;
    if (number > 0) this.#invoked[number - 1]! += 1;
    else this.#open.push(position);
  }

  /** Carries every configuration past a return; the result if there is none that survives, or the budget is spent. */
  #return(position: number): SearchResult | null {
    const stride = this.#stride;
    const visited = this.#visited;
    const word = fields + (this.#slotOf[position]! >>> 5);
    const bit = 1 << (this.#slotOf[position]! & 31);
    visited.clear();
    this.#survivors.clear();
    for (let c = 0; c < this.#current.size; c += 1) {
      for (let i = 0; i < stride; i += 1) this.#record[i] = this.#current.data[c * stride + i]!;
      this.#visit();
    }
    for (let v = 0; v < visited.size; v += 1) {
      this.#visits += 1;
      if (this.#visits > this.#maxStates) return { verdict: 'undecided', states: this.#visits };
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
    this.#open.splice(this.#open.indexOf(position), 1);
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
    const state = data[start + stateField]!;
    const used = data[start + usedField]!;
    const before = data[start + beforeField]! - 1;
    const cause = data[start + causeField]! - 1;
    let least = Infinity;
    for (const p of this.#open) {
      if (!this.#tookEffect(start, p) && this.#rank[p]! < least) least = this.#rank[p]!;
    }
    for (const p of this.#open) {
      if (this.#tookEffect(start, p)) continue;
      if (this.#rank[p] !== Infinity && this.#rank[p]! > least) continue;
      const next = this.#step(state, p);
      if (next < 0) continue;
      if (before >= 0) {
        if (this.#isIdle(before, p, next)) continue;
        this.#useful[cause] = 1;
      }
      this.#load(start, next, used);
      const slot = this.#slotOf[p]!;
      this.#record[fields + (slot >>> 5)]! |= 1 << (slot & 31);
      this.#visit();
    }
    for (let k = 0; k < this.#example.length; k += 1) {
      const p = this.#example[k]!;
      if (this.#usedVectors.data[used * this.#vector.length + k]! >= this.#invoked[k]!) continue;
      const next = this.#step(state, p);
      if (next < 0 || next === state) continue;
      if (this.#use.goals && this.#covers(state, next)) continue;
      if (before >= 0) {
        if (this.#isIdle(before, p, next)) continue;
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
  }

  /**
   * Whether the operation of unknown result that led here, from the state `before`, gains `p` nothing: `p` is legal without it
   * too, and ends in a state that covers `next`.
   */
  #isIdle(before: number, p: number, next: number): boolean {
    const without = this.#step(before, p);
    return without >= 0 && this.#covers(without, next);
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
    const state = record[stateField]!;
    let absorbed = false;
    for (const p of this.#open) {
      if (this.#readOnly[p] === 0) continue;
      const word = fields + (this.#slotOf[p]! >>> 5);
      const bit = 1 << (this.#slotOf[p]! & 31);
      if ((record[word]! & bit) === 0 && this.#step(state, p) === state) {
        record[word]! |= bit;
        absorbed = true;
      }
    }
    if (absorbed && record[causeField] !== 0) {
      this.#useful[record[causeField]! - 1] = 1;
      record[beforeField] = 0;
      record[causeField] = 0;
    }
    this.#visited.add(record, 0);
  }

  /** Makes the survivors that no other stands for the current configurations. */
  #keepDominant(): void {
    const all = this.#survivors;
    if (all.size === 1 || all.size > dominancePairsMax) {
      this.#swap();
      return;
    }
    const stride = this.#stride;
    this.#current.clear();
    const dropped = new Uint8Array(all.size);
    for (let a = 0; a < all.size; a += 1) {
      if (dropped[a] === 1) continue;
      for (let b = 0; b < all.size; b += 1) {
        if (a !== b && dropped[b] === 0 && this.#dominates(all.data, a * stride, b * stride)) dropped[b] = 1;
      }
    }
    for (let a = 0; a < all.size; a += 1) {
      if (dropped[a] === 0) this.#current.add(all.data, a * stride);
    }
  }

  #dominates(data: Int32Array, a: number, b: number): boolean {
    for (let i = fields; i < this.#stride; i += 1) {
      if (data[a + i] !== data[b + i]) return false;
    }
    if (!this.#covers(data[a + stateField]!, data[b + stateField]!)) return false;
    const classes = this.#vector.length;
    const counts = this.#usedVectors.data;
    const usedA = data[a + usedField]! * classes;
    const usedB = data[b + usedField]! * classes;
    for (let k = 0; k < classes; k += 1) {
      if (counts[usedA + k]! > counts[usedB + k]!) return false;
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
      states: this.#visits,
      failed,
      possible: [...seen].map((id) => this.#states[id]),
      bearing: this.#operations.map((_, p) =>
        this.#classOf[p]! > 0
          ? this.#useful[this.#classOf[p]! - 1] === 1
          : this.#operations[p]!.outcome === 'ok',
      ),
    };
  }
}
