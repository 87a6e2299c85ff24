/**
 * What may take effect next at some point of a history: completed operations that are open there, each with a bit in the masks of
 * configurations; and those of unknown result invoked so far, by the state that they leave.
 */
import type { Action, Likeness } from './action.ts';

export class OpenActions {
  /**
   * Completed ones that are open: those with a rank, in its order, and writes and reads without. Those of equal rank, and writes, stand in
   * order of return.
   */
  readonly ranked: Action[] = [];
  readonly writes: Action[] = [];
  readonly reads: Action[] = [];
  /** Words of a mask. They grow with the operations that are open at once, and never shrink. */
  words = 1;
  /** The bits of reads, of blind writes, and of what may be legal in several states. */
  reading = new Int32Array(1);
  blind = new Int32Array(1);
  vague = new Int32Array(1);
  /** How many are open. */
  size = 0;
  readonly #freeSlots: number[] = [];
  #slots = 0;
  /** By state: how many open ones are legal there only. */
  readonly #needs = new Map<number, number>();
  /** Those of unknown result that are not used up: all, those of which nobody knows where they lead, and the others by that state. */
  readonly unknown: Action[] = [];
  readonly #anywhere: Action[] = [];
  readonly #towards = new Map<number, Action[]>();
  /** `null`: to be computed anew. */
  #wanted: Set<number> | null = null;
  #leading: Action[] = [];
  #likenesses = new Map<string | number, Likeness>();

  /** Opens a completed operation; whether masks have to be longer than before. */
  open(action: Action): boolean {
    action.slot = this.#freeSlots.pop() ?? this.#slots++;
    this.size += 1;
    const grew = action.slot >= this.words * 32;
    if (grew) {
      // By a part of what there is, so that masks are seldom copied.
      this.words += 1 + (this.words >>> 2);
      this.reading = longer(this.reading, this.words);
      this.blind = longer(this.blind, this.words);
      this.vague = longer(this.vague, this.words);
    }
    const list = this.#listOf(action);
    const at = placeIn(list, action);
    if (at === list.length) list.push(action);
    else list.splice(at, 0, action);
    const word = action.slot >>> 5;
    const bit = 1 << (action.slot & 31);
    if (action.isRead) this.reading[word]! |= bit;
    if (action.isBlind) this.blind[word]! |= bit;
    if (!action.isPlain) this.vague[word]! |= bit;
    if (action.from >= 0) {
      const needs = this.#needs.get(action.from) ?? 0;
      this.#needs.set(action.from, needs + 1);
      if (needs === 0) this.#wanted = null;
    }
    return grew;
  }

  /** Closes one that is open: it returned. */
  close(action: Action): void {
    const list = this.#listOf(action);
    if (list[0] === action) list.shift();
    else list.splice(list.indexOf(action), 1);
    const word = action.slot >>> 5;
    const bit = ~(1 << (action.slot & 31));
    this.reading[word]! &= bit;
    this.blind[word]! &= bit;
    this.vague[word]! &= bit;
    this.#freeSlots.push(action.slot);
    this.size -= 1;
    if (action.from >= 0) {
      const needs = this.#needs.get(action.from)! - 1;
      if (needs > 0) this.#needs.set(action.from, needs);
      else {
        this.#needs.delete(action.from);
        this.#wanted = null;
      }
    }
  }

  /** One more operation of unknown result. */
  addUnknown(action: Action): void {
    action.invoked += 1;
    if (action.invoked > 1) return;
    this.unknown.push(action);
    this.#wanted = null;
    if (action.to < 0) this.#anywhere.push(action);
    else {
      const list = this.#towards.get(action.to);
      if (list === undefined) this.#towards.set(action.to, [action]);
      else list.push(action);
    }
  }

  /** `count` of them took effect in every configuration. */
  spend(action: Action, count: number): void {
    action.invoked -= count;
    if (action.invoked > 0) return;
    remove(this.unknown, action);
    this.#wanted = null;
    if (action.to < 0) remove(this.#anywhere, action);
    else {
      const list = this.#towards.get(action.to)!;
      if (list.length === 1) this.#towards.delete(action.to);
      else remove(list, action);
    }
  }

  /** The states that an open operation needs, or an operation of unknown result that could lead to such a state. */
  get wanted(): ReadonlySet<number> {
    this.#want();
    return this.#wanted!;
  }

  /** Whether it is not known of some operation of unknown result where it leads: it could make any state a wanted one. */
  get isAnywhere(): boolean {
    return this.#anywhere.length > 0;
  }

  /** The operations of unknown result that could lead to a wanted state, or nobody knows where. */
  get leading(): readonly Action[] {
    this.#want();
    return this.#leading;
  }

  #want(): void {
    if (this.#wanted !== null) return;
    // A set is iterated in the order in which it grows, so what is added here is visited too.
    const wanted = new Set(this.#needs.keys());
    this.#leading = [...this.#anywhere];
    if (this.#towards.size > 0) {
      for (const state of wanted) {
        for (const action of this.#towards.get(state) ?? []) {
          this.#leading.push(action);
          if (action.from >= 0) wanted.add(action.from);
        }
      }
    }
    this.#wanted = wanted;
  }

  /** What the action shares with those that have this name. */
  likenessOf(name: string | number): Likeness {
    let likeness = this.#likenesses.get(name);
    if (likeness === undefined) this.#likenesses.set(name, (likeness = { metIn: 0 }));
    return likeness;
  }

  /** Completed ones that are open. */
  *completed(): Generator<Action> {
    yield* this.ranked;
    yield* this.writes;
    yield* this.reads;
  }

  /** States have other numbers now, and those at work have been told. */
  renumbered(): void {
    this.#needs.clear();
    this.#towards.clear();
    this.#likenesses = new Map();
    this.#wanted = null;
    for (const list of [this.ranked, this.writes, this.reads]) {
      for (const action of list) {
        action.likeness = null;
        if (action.from >= 0) this.#needs.set(action.from, (this.#needs.get(action.from) ?? 0) + 1);
      }
    }
    for (const action of this.unknown) {
      if (action.to < 0) continue;
      const list = this.#towards.get(action.to);
      if (list === undefined) this.#towards.set(action.to, [action]);
      else list.push(action);
    }
  }

  #listOf(action: Action): Action[] {
    if (action.rank !== Infinity) return this.ranked;
    return action.isRead ? this.reads : this.writes;
  }
}

function goesBefore(a: Action, b: Action): boolean {
  const ranks = a.rank === b.rank ? 0 : a.rank - b.rank;
  return ranks === 0 ? a.returns < b.returns : ranks < 0;
}

/** Before the first that it goes before: mostly the end. */
function placeIn(list: readonly Action[], action: Action): number {
  let high = list.length;
  if (high === 0 || !goesBefore(action, list[high - 1]!)) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (goesBefore(action, list[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function longer(mask: Int32Array, words: number): Int32Array<ArrayBuffer> {
  const result = new Int32Array(words);
  result.set(mask);
  return result;
}

function remove(list: Action[], action: Action): void {
  list.splice(list.indexOf(action), 1);
}
