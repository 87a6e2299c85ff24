/** The uncompacted log in memory: entries base + 1 … lastIndex. What lies at or below `base` is in a snapshot. */
import { assert } from '../errors.ts';
import type { Entry } from './entry.ts';

export class RaftLog {
  /** Index and term of the entry before the first one held; 0, 0 for a log that starts at the beginning. */
  base: number;
  baseTerm: number;
  readonly #entries: Entry[];
  /** What was copied out last, and the index before it: a leader sends all followers, and writes, the same. */
  #copied: readonly Entry[] = [];
  #copiedAfter = -1;

  constructor(base: number, baseTerm: number, entries: readonly Entry[]) {
    this.base = base;
    this.baseTerm = baseTerm;
    this.#entries = entries.slice();
  }

  get lastIndex(): number {
    return this.base + this.#entries.length;
  }

  get lastTerm(): number {
    const length = this.#entries.length;
    return length === 0 ? this.baseTerm : this.#entries[length - 1]!.term;
  }

  /** Number of uncompacted entries. */
  get length(): number {
    return this.#entries.length;
  }

  /** The term at `index`; −1 where this log does not know it (below the base, or after the end). */
  termAt(index: number): number {
    if (index === this.base) return this.baseTerm;
    const entry = this.#entries[index - this.base - 1];
    return entry === undefined || index < this.base ? -1 : entry.term;
  }

  /** The entry at `index`. @throws where it is not held. */
  at(index: number): Entry {
    const entry = this.#entries[index - this.base - 1];
    assert(entry !== undefined, () => `entry ${index} is not in (${this.base}, ${this.lastIndex}]`);
    return entry;
  }

  append(entry: Entry): void {
    assert(entry.index === this.lastIndex + 1, () => `append of ${entry.index} after ${this.lastIndex}`);
    this.#entries.push(entry);
  }

  /** Removes the entries from `index` on. */
  truncateFrom(index: number): void {
    assert(index > this.base, () => `truncation from ${index} at or below base ${this.base}`);
    this.#copiedAfter = -1;
    const keep = index - this.base - 1;
    while (this.#entries.length > keep) this.#entries.pop();
  }

  /** Entries (prevIndex, lastIndex], for a follower or the disk. */
  slice(prevIndex: number, lastIndex: number): readonly Entry[] {
    return this.#copy(prevIndex, lastIndex - prevIndex);
  }

  /** `count` entries after `prevIndex`: what stands there only changes by truncation and reset. */
  #copy(prevIndex: number, count: number): readonly Entry[] {
    if (prevIndex === this.#copiedAfter && count === this.#copied.length) return this.#copied;
    const from = prevIndex - this.base;
    this.#copied = this.#entries.slice(from, from + count);
    this.#copiedAfter = prevIndex;
    return this.#copied;
  }

  /** Drops the entries up to `index`, which a durable snapshot covers. */
  compactTo(index: number): void {
    assert(
      index >= this.base && index <= this.lastIndex,
      () => `compaction to ${index} outside [${this.base}, ${this.lastIndex}]`,
    );
    const term = this.termAt(index);
    this.#entries.splice(0, index - this.base);
    this.base = index;
    this.baseTerm = term;
  }

  /** Replaces everything by an installed snapshot's end. */
  reset(base: number, baseTerm: number): void {
    while (this.#entries.length > 0) this.#entries.pop();
    this.#copiedAfter = -1;
    this.base = base;
    this.baseTerm = baseTerm;
  }

  /** Paper 5.3, the faster back-off: the last index at or before `index` whose term is at most `term`. */
  hintFor(index: number, term: number): number {
    let hint = index < this.lastIndex ? index : this.lastIndex;
    while (hint > this.base && this.termAt(hint) > term) hint -= 1;
    return hint;
  }
}
