/**
 * A set of fixed-length records of 32-bit integers that numbers its members 0, 1, 2 … in order of arrival: open addressing
 * over one typed array. A search asks it millions of times whether it has been somewhere before.
 */
export class RecordTable {
  /** The members, one after another. */
  data: Int32Array<ArrayBuffer>;
  size = 0;
  /** Whether the last `add` found a record that was not there yet. */
  fresh = false;
  readonly #stride: number;
  /** Member number + 1, or 0. */
  #slots: Int32Array<ArrayBuffer>;
  /** By member: the slot where it stands, so that clearing costs what was used. */
  #slotOf: Int32Array<ArrayBuffer>;

  /** @param stride length of a record, at least 1 */
  constructor(stride: number) {
    this.#stride = stride;
    this.data = new Int32Array(stride * 32);
    this.#slots = new Int32Array(64);
    this.#slotOf = new Int32Array(32);
  }

  /** Adds the record that starts at `offset` of `source`, unless it is there; its number either way. */
  add(source: Int32Array, offset: number): number {
    const stride = this.#stride;
    const mask = this.#slots.length - 1;
    let slot = hashOf(source, offset, stride) & mask;
    for (;;) {
      const member = this.#slots[slot]! - 1;
      if (member < 0) break;
      if (this.#holds(member, source, offset)) {
        this.fresh = false;
        return member;
      }
      slot = (slot + 1) & mask;
    }
    const member = this.size;
    if ((member + 1) * stride > this.data.length) {
      const data = new Int32Array(this.data.length * 2);
      data.set(this.data);
      this.data = data;
      const slotOf = new Int32Array(this.#slotOf.length * 2);
      slotOf.set(this.#slotOf);
      this.#slotOf = slotOf;
    }
    const start = member * stride;
    for (let i = 0; i < stride; i += 1) this.data[start + i] = source[offset + i]!;
    this.#slots[slot] = member + 1;
    this.#slotOf[member] = slot;
    this.size = member + 1;
    this.fresh = true;
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return member;
  }

  /** Empties the set; its memory stays. */
  clear(): void {
    for (let member = 0; member < this.size; member += 1) this.#slots[this.#slotOf[member]!] = 0;
    this.size = 0;
  }

  #holds(member: number, source: Int32Array, offset: number): boolean {
    const start = member * this.#stride;
    for (let i = 0; i < this.#stride; i += 1) {
      if (this.data[start + i] !== source[offset + i]) return false;
    }
    return true;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let member = 0; member < this.size; member += 1) {
      let slot = hashOf(this.data, member * this.#stride, this.#stride) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = member + 1;
      this.#slotOf[member] = slot;
    }
  }
}

function hashOf(source: Int32Array, offset: number, length: number): number {
  let hash = 0x9e3779b9;
  for (let i = 0; i < length; i += 1) {
    hash = Math.imul(hash ^ source[offset + i]!, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  return (hash ^ (hash >>> 13)) >>> 0;
}
