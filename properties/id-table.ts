/**
 * A table by whole numbers of which most come and go: requests in flight, entries that somebody waits for, operations that are open.
 *
 * A `Map` does the same, but each time that deletions and insertions have filled it V8 makes a new table, and leaves in the old one a link
 * to the new one for iterators on their way. Of a map that lives long these links keep what was deleted alive until a full collection:
 * old tables that were promoted hold later ones, and all that those held. This one is open addressing with linear probing; a deletion
 * moves what stands behind the gap into it (Knuth, The Art of Computer Programming 3, 6.4, algorithm R), so that nothing is left
 * of it, and what comes and goes allocates nothing.
 */

const CAPACITY_MIN = 16;
/** 2^32 / golden ratio: numbers that follow each other, or are multiples of each other, spread over the table (Knuth 3, 6.4). */
const SPREAD = 0x9e3779b1;

/** See the head of the file. `V` does not include `undefined`. */
export class IdTable<V extends object> {
  #ids: number[] = [];
  /** By place; `undefined`: it is free. */
  #values: (V | undefined)[] = [];
  #size = 0;
  /** Places, a power of two. */
  #capacity = 0;
  /** Bits that the spread number is shifted by, to become a place. */
  #shift = 0;

  constructor() {
    this.#rehash(CAPACITY_MIN);
  }

  get size(): number {
    return this.#size;
  }

  get(id: number): V | undefined {
    return this.#values[this.#find(id)];
  }

  has(id: number): boolean {
    return this.#values[this.#find(id)] !== undefined;
  }

  set(id: number, value: V): void {
    let place = this.#find(id);
    if (this.#values[place] === undefined) {
      if (this.#size * 2 >= this.#capacity) {
        this.#rehash(this.#capacity * 2);
        place = this.#find(id);
      }
      this.#size += 1;
      this.#ids[place] = id;
    }
    this.#values[place] = value;
  }

  /** @returns whether it was there */
  delete(id: number): boolean {
    let gap = this.#find(id);
    if (this.#values[gap] === undefined) return false;
    const ids = this.#ids;
    const values = this.#values;
    const mask = this.#capacity - 1;
    for (let place = (gap + 1) & mask; ; place = (place + 1) & mask) {
      const value = values[place];
      if (value === undefined) break;
      const other = ids[place]!;
      // It was to stand at or before the gap, and was pushed past it.
      if (((place - this.#homeOf(other)) & mask) >= ((place - gap) & mask)) {
        ids[gap] = other;
        values[gap] = value;
        gap = place;
      }
    }
    values[gap] = undefined;
    this.#size -= 1;
    if (this.#capacity > CAPACITY_MIN && this.#size * 8 < this.#capacity) this.#rehash(this.#capacity / 2);
    return true;
  }

  clear(): void {
    this.#size = 0;
    this.#rehash(CAPACITY_MIN);
  }

  /** All ids, in ascending order: a copy. */
  ids(): readonly number[] {
    return this.#ids.filter((_, place) => this.#values[place] !== undefined).sort((a, b) => a - b);
  }

  #homeOf(id: number): number {
    // Of a number above 2^32 the lower bits count.
    return Math.imul(id, SPREAD) >>> this.#shift;
  }

  /** Where it stands, or would. */
  #find(id: number): number {
    const mask = this.#capacity - 1;
    let place = this.#homeOf(id);
    while (this.#values[place] !== undefined && this.#ids[place] !== id) place = (place + 1) & mask;
    return place;
  }

  #rehash(capacity: number): void {
    const ids = this.#ids;
    const values = this.#values;
    this.#capacity = capacity;
    this.#shift = Math.clz32(capacity) + 1;
    this.#ids = new Array<number>(capacity).fill(0);
    this.#values = new Array<V | undefined>(capacity).fill(undefined);
    if (this.#size === 0) return;
    values.forEach((value, from) => {
      if (value === undefined) return;
      const id = ids[from]!;
      const place = this.#find(id);
      this.#ids[place] = id;
      this.#values[place] = value;
    });
  }
}
