/**
 * What must stand before what in any order that keeps each process's own. Besides that order itself: a write before the answers that show it;
 * told versions in their order; and, on objects that are only written and read with every read's write known, what follows from those: a
 * write that must stand before an answer stands before the write that the answer shows, and a write that must stand after a write that an
 * answer shows stands after the answer. That is applied until nothing new follows (saturation, as Gibbons and Korach, "Testing shared memories",
 * 1997, and Biswas and Enea, "On the complexity of checking transactional consistency", 2019). A cycle proves that there is no such order; without
 * one there may still be none, and a search has to say.
 */
import type { ProgramOrder } from './program-order.ts';
import { placesBelow } from './session-order.ts';

/** Why one item must stand before another. */
export type Why =
  | 'same process'
  | 'shown'
  | 'version'
  /** It stands before `via`, which shows the other. */
  | 'not shown'
  /** It shows `via`, which the other overwrote. */
  | 'overwritten';

/** One item that must stand before another: positions. */
export interface Before {
  readonly from: number;
  readonly to: number;
  readonly why: Why;
  /** −1: none. */
  readonly via: number;
}

/** What is known besides the order of processes. */
export interface Known {
  /** By item: the position of the item whose write it shows; −1: the first state; −2: nothing certain, or the object is of no such kind. */
  readonly shows: Int32Array;
  /** Writes of objects that are only written and read: by object, positions; empty for other objects. */
  readonly writes: readonly (readonly number[])[];
  /** By object: groups of items in the order of their told versions. */
  readonly versions: readonly (readonly (readonly number[])[])[];
  /** Whether an item is a write. */
  readonly isWrite: (item: number) => boolean;
}

/** Counts by item and lane: how many of the lane's items must stand before the item. */
export interface Precedence {
  readonly counts: Int32Array;
  readonly lanes: number;
}

/** Entries of the counts at most, items times lanes (128 MB). */
const entriesMax = 33_554_432;
/** Counts compared and lanes looked at, at most: a second or so. What is found by then is true; that nothing more follows is not certain. */
const workMax = 400_000_000;

/** What must precede what, or a cycle; `null` if there is too much of it to hold. */
export function mustPrecede(
  order: ProgramOrder,
  known: Known,
): Precedence | { readonly cycle: readonly Before[] } | null {
  if (order.items.length * order.lanes.length > entriesMax) return null;
  return new Saturation(order, known).run();
}

/** The writes of one object in one lane. */
interface LaneWrites {
  readonly lane: number;
  readonly ats: number[];
  readonly items: number[];
}

class Saturation {
  readonly #order: ProgramOrder;
  readonly #known: Known;
  readonly #lanes: number;
  readonly #counts: Int32Array;
  readonly #out: Before[][];
  readonly #changed: number[] = [];
  readonly #isQueued: Uint8Array;
  readonly #writes: readonly (readonly LaneWrites[])[];
  #contradicted = -1;
  #work = 0;

  constructor(order: ProgramOrder, known: Known) {
    this.#order = order;
    this.#known = known;
    this.#lanes = order.lanes.length;
    this.#counts = new Int32Array(order.items.length * this.#lanes);
    this.#out = order.items.map(() => []);
    this.#isQueued = new Uint8Array(order.items.length);
    this.#writes = known.writes.map((writes) => this.#byLane(writes));
  }

  run(): Precedence | { readonly cycle: readonly Before[] } {
    this.#addGiven();
    this.#propagate();
    for (let added = true; added && this.#contradicted < 0 && this.#work < workMax;) {
      added = false;
      for (let r = 0; r < this.#order.items.length && this.#contradicted < 0; r += 1) {
        if (this.#work >= workMax) break;
        const shown = this.#known.shows[r]!;
        if (shown === -2) continue;
        if (shown >= 0 && this.#addNotShown(r, shown)) added = true;
        if (this.#addOverwritten(r, shown)) added = true;
      }
      this.#propagate();
    }
    if (this.#contradicted >= 0) return { cycle: this.#cycleThrough(this.#contradicted) };
    return { counts: this.#counts, lanes: this.#lanes };
  }

  #byLane(writes: readonly number[]): readonly LaneWrites[] {
    const lanes = new Map<number, LaneWrites>();
    for (const position of writes) {
      const { lane } = this.#order.items[position]!;
      let own = lanes.get(lane);
      if (own === undefined) lanes.set(lane, (own = { lane, ats: [], items: [] }));
      own.items.push(position);
    }
    for (const own of lanes.values()) {
      own.items.sort((a, b) => this.#order.items[a]!.at - this.#order.items[b]!.at);
      for (const position of own.items) own.ats.push(this.#order.items[position]!.at);
    }
    return [...lanes.values()];
  }

  /** The order of processes, answers after the writes they show, versions in their order. */
  #addGiven(): void {
    const { items, lanes } = this.#order;
    for (const lane of lanes) {
      for (let i = 1; i < lane.length; i += 1) this.#add(lane[i - 1]!, lane[i]!, 'same process', -1);
    }
    items.forEach(({ needs }, position) => {
      for (const { lane, count } of needs) {
        this.#add(lanes[lane]![count - 1]!, position, 'same process', -1);
      }
      const shown = this.#known.shows[position]!;
      if (shown >= 0) this.#add(shown, position, 'shown', -1);
    });
    for (const groups of this.#known.versions) {
      groups.forEach((group, i) => {
        const write = group.find((p) => this.#known.isWrite(p));
        if (write !== undefined) {
          for (const p of group) if (p !== write) this.#add(write, p, 'shown', -1);
        }
        const next = groups[i + 1];
        if (next === undefined) return;
        const first = next.filter((p) => this.#known.isWrite(p));
        for (const to of first.length > 0 ? first : next) {
          for (const from of group) this.#add(from, to, 'version', -1);
        }
      });
    }
  }

  /** Writes that must stand before the answer, but are not what it shows, stand before what it shows. */
  #addNotShown(r: number, shown: number): boolean {
    let added = false;
    for (const { lane, ats, items } of this.#writes[this.#order.items[r]!.object]!) {
      this.#work += 1;
      const last = placesBelow(ats, this.#counts[r * this.#lanes + lane]!) - 1;
      if (last < 0 || items[last] === shown) continue;
      if (this.#add(items[last]!, shown, 'not shown', r)) added = true;
    }
    return added;
  }

  /** Writes that must stand after what the answer shows stand after the answer: all, where it shows the first state. */
  #addOverwritten(r: number, shown: number): boolean {
    let added = false;
    for (const { items } of this.#writes[this.#order.items[r]!.object]!) {
      this.#work += 1;
      const first = shown < 0 ? 0 : this.#firstAfter(items, shown);
      if (first === items.length) continue;
      if (this.#add(r, items[first]!, 'overwritten', shown)) added = true;
    }
    return added;
  }

  /** Of a lane's writes in its order, the first that must stand after `write`. */
  #firstAfter(items: readonly number[], write: number): number {
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBefore(write, items[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #isBefore(a: number, b: number): boolean {
    const { lane, at } = this.#order.items[a]!;
    return lane >= 0 && this.#counts[b * this.#lanes + lane]! > at;
  }

  /** Whether that was new. */
  #add(from: number, to: number, why: Why, via: number): boolean {
    // What need not take effect holds nothing up.
    if (this.#order.items[from]!.lane < 0 || this.#isBefore(from, to)) return false;
    this.#out[from]!.push({ from, to, why, via });
    this.#join(from, to);
    return true;
  }

  #join(from: number, to: number): void {
    const lanes = this.#lanes;
    const { lane, at } = this.#order.items[from]!;
    let changed = false;
    this.#work += lanes;
    for (let l = 0; l < lanes; l += 1) {
      const count =
        l === lane ? Math.max(at + 1, this.#counts[from * lanes + l]!) : this.#counts[from * lanes + l]!;
      if (count <= this.#counts[to * lanes + l]!) continue;
      this.#counts[to * lanes + l] = count;
      changed = true;
    }
    const own = this.#order.items[to]!;
    if (own.lane >= 0 && this.#counts[to * lanes + own.lane]! > own.at) this.#contradicted = to;
    if (!changed || this.#isQueued[to] === 1) return;
    this.#isQueued[to] = 1;
    this.#changed.push(to);
  }

  #propagate(): void {
    for (let i = 0; i < this.#changed.length && this.#contradicted < 0 && this.#work < workMax; i += 1) {
      const from = this.#changed[i]!;
      this.#isQueued[from] = 0;
      for (const { to } of this.#out[from]!) this.#join(from, to);
    }
    this.#changed.length = 0;
  }

  /** The shortest way from an item back to itself. */
  #cycleThrough(start: number): readonly Before[] {
    const cameBy = new Map<number, Before>();
    const queue = [start];
    for (let i = 0; i < queue.length; i += 1) {
      for (const step of this.#out[queue[i]!]!) {
        if (cameBy.has(step.to)) continue;
        cameBy.set(step.to, step);
        queue.push(step.to);
      }
      if (cameBy.has(start)) break;
    }
    const cycle: Before[] = [];
    for (let at = start; cycle.length === 0 || at !== start;) {
      const step = cameBy.get(at);
      // An item before itself by what its lane says of a later one; the edges that made it so lead through that one.
      if (step === undefined) return [];
      cycle.push(step);
      at = step.from;
    }
    return cycle.reverse();
  }
}
