/**
 * A set of fixed-length records of 32-bit integers that numbers its members 0, 1, 2 … in order of arrival: open addressing
 * over one typed array. A search asks it millions of times whether it has been somewhere before. Most of its sets stay so small that
 * comparing with every member costs less than hashing.
 */
export class RecordTable {
  /** The members, one after another. */
  data: Int32Array<ArrayBuffer>;
  size = 0;
  /** Whether the last `add` found a record that was not there yet. */
  fresh = false;
  readonly #stride: number;
  #isHashed = false;
  /** Member number + 1, or 0. */
  #slots: Int32Array<ArrayBuffer> = none;
  /** By member: the slot where it stands, so that clearing costs what was used. */
  #slotOf: Int32Array<ArrayBuffer> = none;

  /** @param stride length of a record, at least 1 */
  constructor(stride: number) {
    this.#stride = stride;
    this.data = new Int32Array(Math.max(stride, atFirst));
  }

  /** Adds the record that starts at `offset` of `source`, unless it is there; its number either way. */
  add(source: Int32Array, offset: number): number {
    if (!this.#isHashed) {
      for (let member = 0; member < this.size; member += 1) {
        if (!this.#holds(member, source, offset)) continue;
        this.fresh = false;
        return member;
      }
      if (this.size < smallMax) return this.#append(source, offset);
      this.#hashAll();
    }
    const mask = this.#slots.length - 1;
    let slot = hashOf(source, offset, this.#stride) & mask;
    for (;;) {
      const member = this.#slots[slot]! - 1;
      if (member < 0) break;
      if (this.#holds(member, source, offset)) {
        this.fresh = false;
        return member;
      }
      slot = (slot + 1) & mask;
    }
    const member = this.#append(source, offset);
    this.#slots[slot] = member + 1;
    this.#slotOf[member] = slot;
    if (this.size * 2 > this.#slots.length) this.#rehash(this.#slots.length * 2);
    return member;
  }

  /** Empties the set; its memory stays. */
  clear(): void {
    if (this.#isHashed) {
      for (let member = 0; member < this.size; member += 1) this.#slots[this.#slotOf[member]!] = 0;
      this.#isHashed = false;
    }
    this.size = 0;
  }

  #append(source: Int32Array, offset: number): number {
    const member = this.size;
    const start = member * this.#stride;
    if (start + this.#stride > this.data.length) {
      const data = new Int32Array(Math.max(this.data.length * 4, this.#stride * smallMax));
      data.set(this.data);
      this.data = data;
    }
    for (let i = 0; i < this.#stride; i += 1) this.data[start + i] = source[offset + i]!;
    this.size = member + 1;
    this.fresh = true;
    return member;
  }

  #holds(member: number, source: Int32Array, offset: number): boolean {
    const start = member * this.#stride;
    for (let i = 0; i < this.#stride; i += 1) {
      if (this.data[start + i] !== source[offset + i]) return false;
    }
    return true;
  }

  #hashAll(): void {
    this.#isHashed = true;
    if (this.#slots.length === 0) this.#rehash(8 * smallMax);
    else this.#place();
  }

  #rehash(length: number): void {
    this.#slots = new Int32Array(length);
    // Rehashed when half full, so that there are no more members than this until the next time.
    const slotOf = new Int32Array(length / 2 + 1);
    this.#slotOf = slotOf;
    this.#place();
  }

  #place(): void {
    const mask = this.#slots.length - 1;
    for (let member = 0; member < this.size; member += 1) {
      let slot = hashOf(this.data, member * this.#stride, this.#stride) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = member + 1;
      this.#slotOf[member] = slot;
    }
  }
}

/** So many members are compared one by one. */
const smallMax = 8;
/** Integers that a table has room for at first: so few are part of the object, and cheap to make. Many tables stay that small. */
const atFirst = 16;
const none = new Int32Array(0);

function hashOf(source: Int32Array, offset: number, length: number): number {
  let hash = 0x9e3779b9;
  for (let i = 0; i < length; i += 1) {
    hash = Math.imul(hash ^ source[offset + i]!, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return (hash ^ (hash >>> 13)) >>> 0;
}
