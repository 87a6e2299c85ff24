/**
 * Multisets of small integers, numbered in order of arrival, so that equal ones have one number. A search says with them which operations
 * of unknown result a configuration has used. They are kept sparse, as ascending pairs (element, count): of thousands of operations that
 * may yet take effect, a configuration has used a few.
 */
export class Multisets {
  /** The pairs of all members, one after another; by member, where its pairs begin. */
  #pairs = new Int32Array(16);
  #starts: number[] = [0, 0];
  /** By hash: members, chained by `#chained`. */
  readonly #buckets = new Map<number, number>();
  #chained: number[] = [-1];
  #scratch: number[] = [];

  /** The number of members, the empty one included, whose number is 0. */
  get size(): number {
    return this.#starts.length - 1;
  }

  /** Forgets all but the empty one. */
  clear(): void {
    this.#starts.length = 2;
    this.#chained.length = 1;
    this.#buckets.clear();
  }

  /** The member `set` with `element` once more. */
  with(set: number, element: number): number {
    const out = this.#scratch;
    out.length = 0;
    let added = false;
    for (let i = this.#starts[set]!; i < this.#starts[set + 1]!; i += 2) {
      const e = this.#pairs[i]!;
      if (!added && e >= element) {
        added = true;
        out.push(element, e === element ? this.#pairs[i + 1]! + 1 : 1);
        if (e === element) continue;
      }
      out.push(e, this.#pairs[i + 1]!);
    }
    if (!added) out.push(element, 1);
    return this.#intern(out);
  }

  /** How often `element` is in `set`. */
  count(set: number, element: number): number {
    for (let i = this.#starts[set]!; i < this.#starts[set + 1]!; i += 2) {
      if (this.#pairs[i]! === element) return this.#pairs[i + 1]!;
    }
    return 0;
  }

  /** How many elements `set` has, repetitions counted. */
  total(set: number): number {
    let total = 0;
    for (let i = this.#starts[set]!; i < this.#starts[set + 1]!; i += 2) total += this.#pairs[i + 1]!;
    return total;
  }

  /** Whether `a` is contained in `b`. @param ignored elements that do not count, by element: 1 */
  isWithin(a: number, b: number, ignored: Uint8Array | null = null): boolean {
    if (a === b || a === 0) return true;
    if (b === 0 && ignored === null) return false;
    let j = this.#starts[b]!;
    const end = this.#starts[b + 1]!;
    for (let i = this.#starts[a]!; i < this.#starts[a + 1]!; i += 2) {
      const e = this.#pairs[i]!;
      if (ignored !== null && ignored[e] === 1) continue;
      while (j < end && this.#pairs[j]! < e) j += 2;
      if (j === end || this.#pairs[j]! !== e || this.#pairs[j + 1]! < this.#pairs[i + 1]!) return false;
      j += 2;
    }
    return true;
  }

  /** What is in both, as often as in the one that has less of it. */
  intersection(a: number, b: number): number {
    if (a === b) return a;
    const out = this.#scratch;
    out.length = 0;
    let j = this.#starts[b]!;
    const end = this.#starts[b + 1]!;
    for (let i = this.#starts[a]!; i < this.#starts[a + 1]!; i += 2) {
      const e = this.#pairs[i]!;
      while (j < end && this.#pairs[j]! < e) j += 2;
      if (j < end && this.#pairs[j]! === e) out.push(e, Math.min(this.#pairs[i + 1]!, this.#pairs[j + 1]!));
    }
    return this.#intern(out);
  }

  /** `a` without `b`, which is contained in it. */
  minus(a: number, b: number): number {
    if (b === 0) return a;
    const out = this.#scratch;
    out.length = 0;
    for (let i = this.#starts[a]!; i < this.#starts[a + 1]!; i += 2) {
      const left = this.#pairs[i + 1]! - this.count(b, this.#pairs[i]!);
      if (left > 0) out.push(this.#pairs[i]!, left);
    }
    return this.#intern(out);
  }

  /** `a` without the elements that are ignored. */
  except(a: number, ignored: Uint8Array): number {
    const pairs = this.pairs(a);
    return this.#intern(pairs.filter((_, i) => ignored[pairs[i - (i % 2)]!] !== 1));
  }

  /** The pairs (element, count) of `set`, ascending. */
  pairs(set: number): readonly number[] {
    return Array.from(this.#pairs.subarray(this.#starts[set]!, this.#starts[set + 1]!));
  }

  /** The member of these ascending pairs. */
  of(pairs: readonly number[]): number {
    return this.#intern(pairs);
  }

  #intern(pairs: readonly number[]): number {
    if (pairs.length === 0) return 0;
    let hash = 0x9e3779b9;
    for (let i = 0; i < pairs.length; i += 1) {
      hash = Math.imul(hash ^ pairs[i]!, 0x85ebca6b);
      hash ^= hash >>> 15;
    }
    const first = this.#buckets.get(hash) ?? -1;
    for (let member = first; member >= 0; member = this.#chained[member]!) {
      if (this.#isEqual(member, pairs)) return member;
    }
    const member = this.size;
    const start = this.#starts[member]!;
    if (start + pairs.length > this.#pairs.length) {
      const larger = new Int32Array(Math.max(this.#pairs.length * 4, start + pairs.length));
      larger.set(this.#pairs);
      this.#pairs = larger;
    }
    this.#pairs.set(pairs, start);
    this.#starts.push(start + pairs.length);
    this.#chained[member] = first;
    this.#buckets.set(hash, member);
    return member;
  }

  #isEqual(member: number, pairs: readonly number[]): boolean {
    const start = this.#starts[member]!;
    if (this.#starts[member + 1]! - start !== pairs.length) return false;
    for (let i = 0; i < pairs.length; i += 1) if (this.#pairs[start + i] !== pairs[i]) return false;
    return true;
  }
}
