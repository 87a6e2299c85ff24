/**
 * The configurations that are left after a return, and what keeps them few and small between returns: of two of which one stands for the
 * other one is kept (*dominance*); operations of unknown result that all have used are forgotten; so are states and sets that nothing
 * refers to any longer.
 */
import { blurField, fields, stateField, usedField } from './configuration.ts';
import type { AnyModel } from './model.ts';
import { Multisets } from './multisets.ts';
import { OpenActions } from './open-actions.ts';
import { RecordTable } from './record-table.ts';
import { StateTable } from './state-table.ts';
import type { UnknownActions } from './unknown-actions.ts';

/** Above this many survivors in which the same open writes took effect, comparing all pairs costs more than it saves. */
const dominancePairsMax = 256;
/** So few are compared without grouping them. */
const fewSurvivors = 8;
/** Tables are swept when they have so many members, and again when they have grown to four times what was left. */
const sweepAt = 256;

export class Configurations {
  readonly open = new OpenActions();
  readonly used = new Multisets();
  readonly states: StateTable;
  /** Words of a mask, and integers of a record. */
  words = 1;
  stride = fields + 2;
  /** Those that are left, and those that shall be. */
  current = new RecordTable(this.stride);
  survivors = new RecordTable(this.stride);
  /** By number of an operation of unknown result: 1 where it does not count which of two sharp ones has used more of it. */
  ignored: Uint8Array | null = null;
  #record = new Int32Array(this.stride);
  /** Sets of writes that took effect, to group configurations by. */
  #groups = new RecordTable(this.words);
  #writes = new Int32Array(this.words);
  #sweepAt = sweepAt;

  /** @param from the state that the only one begins in; default: the model's first */
  constructor(model: AnyModel, from?: unknown) {
    this.states = new StateTable(model);
    this.#record[stateField] = this.states.idOf(from === undefined ? model.init() : from);
    this.current.add(this.#record, 0);
  }

  /** Whether there are so many states, or sets of used operations, that those nothing refers to should be forgotten. */
  get isLarge(): boolean {
    return this.states.size > this.#sweepAt || this.used.size > this.#sweepAt;
  }

  swap(): void {
    const spent = this.current;
    this.current = this.survivors;
    this.survivors = spent;
  }

  /**
   * Whether the configuration at `a` has at least the choices of the one at `b`; in both the same open writes took effect, but for blind
   * ones, and the state of `a` covers that of `b`. A blind write that is covered has the choice to be used or not, one that took effect
   * has been used, and one that is neither must be.
   */
  standsFor(from: Int32Array, a: number, among: Int32Array, b: number): boolean {
    const blur = from[a + blurField]!;
    if (blur !== among[b + blurField]! || !this.masksStandFor(from, a, among, b)) return false;
    // A sharp one that is as good, but for what there is plenty of, is good enough: the blurred ones stand for what is left out.
    const ignored = blur === 0 ? this.ignored : null;
    return this.used.isWithin(from[a + usedField]!, among[b + usedField]!, ignored);
  }

  masksStandFor(from: Int32Array, a: number, among: Int32Array, b: number): boolean {
    const words = this.words;
    for (let i = 0; i < words; i += 1) {
      const doneA = from[a + fields + i]!;
      const doneB = among[b + fields + i]!;
      const coveredA = from[a + fields + words + i]!;
      if ((doneB & ~(doneA | coveredA)) !== 0) return false;
      if ((among[b + fields + words + i]! & ~coveredA) !== 0) return false;
      if ((doneA & ~doneB & this.open.blind[i]!) !== 0) return false;
    }
    return true;
  }

  /**
   * Makes the survivors that no other stands for the current configurations.
   *
   * @returns the work that it took
   */
  keepDominant(): number {
    const all = this.survivors;
    if (all.size === 1) {
      this.swap();
      return 0;
    }
    if (all.size <= fewSurvivors) return this.#keepDominantOfFew();
    let work = 0;
    const stride = this.stride;
    this.current.clear();
    const dropped = new Uint8Array(all.size);
    for (const group of this.#groupByWrites()) {
      work += group.length;
      if (group.length === 1 || group.length > dominancePairsMax) continue;
      for (const a of group) {
        if (dropped[a] === 1) continue;
        for (const b of group) {
          if (a === b || dropped[b] === 1) continue;
          if (!this.states.covers(all.data[a * stride]!, all.data[b * stride]!)) continue;
          if (this.standsFor(all.data, a * stride, all.data, b * stride)) dropped[b] = 1;
        }
      }
      work += (group.length * group.length) >>> 4;
    }
    for (let a = 0; a < all.size; a += 1) {
      if (dropped[a] === 0) this.current.add(all.data, a * stride);
    }
    return work;
  }

  /** The same without groups, which cost more than to compare a few of all with all. */
  #keepDominantOfFew(): number {
    const { data, size } = this.survivors;
    const stride = this.stride;
    this.current.clear();
    let dropped = 0;
    for (let a = 0; a < size; a += 1) {
      for (let b = 0; b < size; b += 1) {
        if (a === b || (((dropped >>> a) | (dropped >>> b)) & 1) === 1) continue;
        if (!this.#isGroup(data, a * stride, b * stride)) continue;
        if (!this.states.covers(data[a * stride]!, data[b * stride]!)) continue;
        if (this.standsFor(data, a * stride, data, b * stride)) dropped |= 1 << b;
      }
    }
    for (let a = 0; a < size; a += 1) {
      if (((dropped >>> a) & 1) === 0) this.current.add(data, a * stride);
    }
    return size;
  }

  /** Whether in both the same open writes took effect, but for blind ones. */
  #isGroup(data: Int32Array, a: number, b: number): boolean {
    for (let i = 0; i < this.words; i += 1) {
      const writes = ~(this.open.reading[i]! | this.open.blind[i]!);
      if (((data[a + fields + i]! ^ data[b + fields + i]!) & writes) !== 0) return false;
    }
    return true;
  }

  /** The survivors by which open writes took effect in them, but for blind ones. */
  #groupByWrites(): readonly (readonly number[])[] {
    const all = this.survivors;
    const groups: number[][] = [];
    this.#groups.clear();
    for (let a = 0; a < all.size; a += 1) {
      for (let i = 0; i < this.words; i += 1) {
        this.#writes[i] =
          all.data[a * this.stride + fields + i]! & ~(this.open.reading[i]! | this.open.blind[i]!);
      }
      const group = this.#groups.add(this.#writes, 0);
      if (this.#groups.fresh) groups.push([a]);
      else groups[group]!.push(a);
    }
    return groups;
  }

  /** Operations of unknown result that every configuration has used need not be remembered any longer. */
  settle(unknown: UnknownActions): void {
    const { data, size } = this.current;
    let common = data[usedField]!;
    for (let c = 1; c < size && common !== 0; c += 1) {
      common = this.used.intersection(common, data[c * this.stride + usedField]!);
    }
    if (common === 0) return;
    const pairs = this.used.pairs(common);
    for (let i = 0; i < pairs.length; i += 2) this.open.spend(unknown.all[pairs[i]!]!, pairs[i + 1]!);
    this.rewrite((record) => {
      record[usedField] = this.used.minus(record[usedField]!, common);
    });
  }

  /** Forgets the states, and multisets of used operations, that nothing refers to. */
  sweep(unknown: UnknownActions): void {
    const live = new Set<number>();
    const { data, size } = this.current;
    for (let c = 0; c < size; c += 1) live.add(data[c * this.stride + stateField]!);
    for (const action of [...this.open.completed(), ...this.open.unknown]) {
      if (action.from >= 0) live.add(action.from);
      if (action.to >= 0) live.add(action.to);
    }
    const now = this.states.compact([...live]);
    for (const action of this.open.completed()) action.renumber(now);
    unknown.renumber(now);
    this.open.renumbered();
    const used = new Map<number, readonly number[]>();
    for (let c = 0; c < size; c += 1) {
      const set = data[c * this.stride + usedField]!;
      used.set(set, this.used.pairs(set));
    }
    this.used.clear();
    const usedNow = new Map([...used].map(([set, pairs]) => [set, this.used.of(pairs)]));
    this.rewrite((record) => {
      record[stateField] = now[record[stateField]!]!;
      record[usedField] = usedNow.get(record[usedField]!)!;
    });
    this.#sweepAt = Math.max(sweepAt, 4 * this.states.size, 4 * this.used.size);
  }

  /** Changes every current configuration. */
  rewrite(change: (record: Int32Array) => void): void {
    this.survivors.clear();
    for (let c = 0; c < this.current.size; c += 1) {
      const start = c * this.stride;
      for (let i = 0; i < this.stride; i += 1) this.#record[i] = this.current.data[start + i]!;
      change(this.#record);
      this.survivors.add(this.#record, 0);
    }
    this.swap();
  }

  /** More operations are open than fit a mask. */
  widen(): void {
    const before = this.current;
    const words = this.words;
    this.words = this.open.words;
    const stride = fields + 2 * this.words;
    this.current = new RecordTable(stride);
    this.survivors = new RecordTable(stride);
    this.#groups = new RecordTable(this.words);
    this.#writes = new Int32Array(this.words);
    const record = new Int32Array(stride);
    for (let c = 0; c < before.size; c += 1) {
      const start = c * this.stride;
      record.fill(0);
      for (let i = 0; i < fields + words; i += 1) record[i] = before.data[start + i]!;
      for (let i = 0; i < words; i += 1) {
        record[fields + this.words + i] = before.data[start + fields + words + i]!;
      }
      this.current.add(record, 0);
    }
    this.#record = new Int32Array(stride);
    this.stride = stride;
  }
}
