/**
 * What happens where a beam is too narrow: from then on there are *sharp* configurations, not all of them, and *blurred* ones, which allow more
 * than the history does (frontier.ts).
 */
import { bestOf, mergedBySituation } from './beam.ts';
import { beforeField, blurField, causeField, fields, stateField, usedField } from './configuration.ts';
import type { Configurations } from './configurations.ts';
import type { UnknownActions } from './unknown-actions.ts';

/** Operations of unknown result of one kind are plenty if every configuration could use so many more. */
const plenty = 6;
/**
 * Sharp configurations visited in one situation, once there are two kinds: at least and at most so many, fewer where returns take more
 * than so much work each, and more where they take less.
 */
const crowdLeast = 32;
const crowdMost = 1024;
const muchWork = 4_000;
const littleWork = 1_000;
/** Blurred configurations kept for each sharp one that a beam allows: if one is given up, a refutation is lost. */
const blurredForSharp = 16;
/** Pairs of configurations compared at most, to find that none is left out any longer. */
const comparisonsMax = 256;

const none = new Uint8Array(0);

export class Kinds {
  /** There are sharp and blurred configurations, each kind by itself. */
  isSplit = false;
  wasSplit = false;
  /**
   * Some blurred configuration was given up: that none is left would prove nothing. For good: that sharp ones come to stand for all blurred ones
   * that were kept (`compare`) says nothing of what the one given up would have led to.
   */
  isLost = false;
  /** Sharp configurations visited in one situation, at most. */
  crowdMax = crowdMost;
  readonly #all: Configurations;
  readonly #unknown: UnknownActions;
  readonly #beam: number;
  /** By number of an operation of unknown result: 1 where there are plenty. */
  #plenty = none;
  #workBefore = 0;

  constructor(all: Configurations, unknown: UnknownActions, beam: number) {
    this.#all = all;
    this.#unknown = unknown;
    this.#beam = beam;
  }

  /** From here on there are sharp and blurred configurations. */
  split(): void {
    this.isSplit = true;
    this.wasSplit = true;
    this.#lookForPlenty();
    const { size } = this.#all.current;
    const record = new Int32Array(this.#all.stride);
    for (let c = 0; c < size; c += 1) {
      for (let i = 0; i < this.#all.stride; i += 1)
        record[i] = this.#all.current.data[c * this.#all.stride + i]!;
      record[blurField] = 1;
      record[usedField] = this.#all.used.except(record[usedField]!, this.#plenty);
      this.#all.current.add(record, 0);
    }
  }

  /** Keeps as many configurations of each kind as the beam allows. */
  narrow(): void {
    if (!this.isSplit) this.split();
    const { data, size } = this.#all.current;
    const sharp: number[] = [];
    const blurred: number[] = [];
    for (let c = 0; c < size; c += 1)
      (data[c * this.#all.stride + blurField] === 0 ? sharp : blurred).push(c);
    const beam = this.#beam;
    if (sharp.length <= beam && blurred.length <= beam) return;
    this.#all.survivors.clear();
    const best = bestOf(sharp, beam, this.#all.current, this.#all.stride, this.#all.used);
    for (const c of best) this.#all.survivors.add(data, c * this.#all.stride);
    const merged = mergedBySituation(blurred, this.#all.current, this.#all.stride, this.#all.used);
    const most = beam * blurredForSharp;
    if (merged.length > most) this.isLost = true;
    for (const record of merged.slice(0, most)) this.#all.survivors.add(record, 0);
    this.#all.swap();
  }

  /**
   * Blurs what is blurred by what there is plenty of now; and if sharp ones stand for all of that, nothing is left out any longer.
   *
   * @param work in all, so far
   * @param returns since it was asked last
   */
  compare(work: number, returns: number): void {
    const each = (work - this.#workBefore) / returns;
    this.#workBefore = work;
    if (each > muchWork) this.crowdMax = Math.max(crowdLeast, this.crowdMax >> 1);
    else if (each < littleWork) this.crowdMax = Math.min(crowdMost, this.crowdMax << 1);
    this.#lookForPlenty();
    this.#all.rewrite((record) => {
      if (record[blurField] === 1)
        record[usedField] = this.#all.used.except(record[usedField]!, this.#plenty);
    });
    const { data, size } = this.#all.current;
    const stride = this.#all.stride;
    const sharp: number[] = [];
    const blurred: number[] = [];
    for (let c = 0; c < size; c += 1) (data[c * stride + blurField] === 0 ? sharp : blurred).push(c * stride);
    if (sharp.length * blurred.length > comparisonsMax) return;
    if (!blurred.every((b) => sharp.some((a) => this.#isAsGood(data, a, b)))) return;
    this.isSplit = false;
    this.#all.ignored = null;
    this.#all.survivors.clear();
    for (const a of sharp) this.#all.survivors.add(data, a);
    this.#all.swap();
  }

  /** Gives the blurred record the choices of the visited configuration at `other` as well. */
  blurWith(record: Int32Array, data: Int32Array, other: number): void {
    const words = this.#all.words;
    for (let i = 0; i < words; i += 1) {
      const blind = this.#all.open.blind[i]!;
      const doneA = record[fields + i]!;
      const doneB = data[other + fields + i]!;
      record[fields + i] = ((doneA | doneB) & ~blind) | (doneA & doneB);
      record[fields + words + i]! |= data[other + fields + words + i]! | ((doneA ^ doneB) & blind);
    }
    record[usedField] = this.#all.used.intersection(record[usedField]!, data[other + usedField]!);
    record[beforeField] = 0;
    record[causeField] = 0;
  }

  #lookForPlenty(): void {
    this.#plenty = new Uint8Array(this.#unknown.all.length);
    const { data, size } = this.#all.current;
    const most = new Map<number, number>();
    for (let c = 0; c < size; c += 1) {
      const pairs = this.#all.used.pairs(data[c * this.#all.stride + usedField]!);
      for (let i = 0; i < pairs.length; i += 2) {
        most.set(pairs[i]!, Math.max(most.get(pairs[i]!) ?? 0, pairs[i + 1]!));
      }
    }
    for (const action of this.#all.open.unknown) {
      if (action.invoked - (most.get(action.slot) ?? 0) >= plenty) this.#plenty[action.slot] = 1;
    }
    this.#all.ignored = this.#plenty;
  }

  /** Whether the configuration at `a` has the choices of the one at `b`, of another kind. */
  #isAsGood(data: Int32Array, a: number, b: number): boolean {
    for (let i = 0; i < this.#all.words; i += 1) {
      const writes = ~(this.#all.open.reading[i]! | this.#all.open.blind[i]!);
      if (((data[a + fields + i]! ^ data[b + fields + i]!) & writes) !== 0) return false;
    }
    return (
      this.#all.states.covers(data[a + stateField]!, data[b + stateField]!) &&
      this.#all.masksStandFor(data, a, data, b) &&
      this.#all.used.isWithin(data[a + usedField]!, data[b + usedField]!)
    );
  }
}
