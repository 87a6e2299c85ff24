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
  /** By state: how many open ones are legal there only; and the states of which there are some. */
  #needs: number[] = [];
  #needed: number[] = [];
  /** Those of unknown result that are not used up: all, those of which nobody knows where they lead, and the others by that state. */
  readonly unknown: Action[] = [];
  readonly #anywhere: Action[] = [];
  #towards: (Action[] | undefined)[] = [];
  /** By state: in which round it was wanted last, the present one if it is now. */
  #wanted: number[] = [];
  #round = 0;
  #isWantedKnown = false;
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
    if (action.from >= 0) this.#need(action.from);
    return grew;
  }

  /** Closes one that is open: it returned. */
  close(action: Action): void {
    const list = this.#listOf(action);
    if (list[0] === action) list.shift();
    else remove(list, action);
    const word = action.slot >>> 5;
    const bit = ~(1 << (action.slot & 31));
    this.reading[word]! &= bit;
    this.blind[word]! &= bit;
    this.vague[word]! &= bit;
    this.#freeSlots.push(action.slot);
    this.size -= 1;
    const { from } = action;
    if (from < 0) return;
    this.#needs[from]! -= 1;
    if (this.#needs[from]! > 0) return;
    remove(this.#needed, from);
    this.#isWantedKnown = false;
  }

  #need(state: number): void {
    const needs = this.#needs[state] ?? 0;
    this.#needs[state] = needs + 1;
    if (needs > 0) return;
    this.#needed.push(state);
    this.#isWantedKnown = false;
  }

  /** One more operation of unknown result. */
  addUnknown(action: Action): void {
    action.invoked += 1;
    if (action.invoked > 1) return;
    this.unknown.push(action);
    this.#isWantedKnown = false;
    if (action.to < 0) this.#anywhere.push(action);
    else this.#leadsTo(action);
  }

  /** `count` of them took effect in every configuration. */
  spend(action: Action, count: number): void {
    action.invoked -= count;
    if (action.invoked > 0) return;
    remove(this.unknown, action);
    this.#isWantedKnown = false;
    remove(action.to < 0 ? this.#anywhere : this.#towards[action.to]!, action);
  }

  #leadsTo(action: Action): void {
    const list = this.#towards[action.to];
    if (list === undefined) this.#towards[action.to] = [action];
    else list.push(action);
  }

  /** Whether an open operation needs the state, or an operation of unknown result that could lead to such a state. */
  isWanted(state: number): boolean {
    this.#want();
    return this.#wanted[state] === this.#round;
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
    if (this.#isWantedKnown) return;
    this.#isWantedKnown = true;
    this.#round += 1;
    const leading: Action[] = [...this.#anywhere];
    // It grows while it is gone through.
    const states = [...this.#needed];
    for (const state of states) this.#wanted[state] = this.#round;
    for (let i = 0; i < states.length; i += 1) {
      const list = this.#towards[states[i]!];
      if (list === undefined) continue;
      for (const action of list) {
        leading.push(action);
        const { from } = action;
        if (from < 0 || this.#wanted[from] === this.#round) continue;
        this.#wanted[from] = this.#round;
        states.push(from);
      }
    }
    this.#leading = leading;
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
    this.#needs = [];
    this.#needed = [];
    this.#towards = [];
    this.#wanted = [];
    this.#isWantedKnown = false;
    this.#likenesses = new Map();
    for (const list of [this.ranked, this.writes, this.reads]) {
      for (const action of list) {
        action.likeness = null;
        if (action.from >= 0) this.#need(action.from);
      }
    }
    for (const action of this.unknown) if (action.to >= 0) this.#leadsTo(action);
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

function remove<T>(list: T[], one: T): void {
  const at = list.indexOf(one);
  if (at === list.length - 1) list.pop();
  else list.splice(at, 1);
}
