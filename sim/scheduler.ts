/**
 * The event queue: what happens next. Entries are plain data (an integer kind, a host, two integers, a body), never closures, so
 * that a world can be inspected and compared, and so that the loop stays fast. Order is total: by virtual time, then by the sequence in
 * which entries were scheduled.
 *
 * A 4-ary heap in typed arrays: keys lie in heap order beside each other, payloads stay in slots that a free list recycles.
 */

/** 2^52: entries scheduled "last" sort behind all ordinary ones of their instant. */
const LAST = 4_503_599_627_370_496;

export class Scheduler {
  /** The entry that `pop` took out. */
  at = 0;
  kind = 0;
  host = 0;
  a = 0;
  b = 0;
  body: unknown = null;

  private count = 0;
  private sequence = 0;
  private lastSequence = LAST;
  private capacity: number;
  private heapAt: Float64Array;
  private heapSequence: Float64Array;
  private heapSlot: Int32Array;
  private kinds: Uint8Array;
  private hosts: Int32Array;
  private as: Int32Array;
  private bs: Int32Array;
  private readonly bodies: unknown[] = [];
  private free: Int32Array;
  private freeCount: number;

  /** @param capacity entries before the arrays first grow; at least 1. */
  constructor(capacity = 256) {
    this.capacity = capacity;
    this.heapAt = new Float64Array(capacity);
    this.heapSequence = new Float64Array(capacity);
    this.heapSlot = new Int32Array(capacity);
    this.kinds = new Uint8Array(capacity);
    this.hosts = new Int32Array(capacity);
    this.as = new Int32Array(capacity);
    this.bs = new Int32Array(capacity);
    this.free = new Int32Array(capacity);
    this.freeCount = capacity;
    for (let i = 0; i < capacity; i += 1) {
      this.free[i] = capacity - 1 - i;
      this.bodies.push(null);
    }
  }

  /** Entries waiting. */
  get size(): number {
    return this.count;
  }

  /** Virtual time of the next entry, `Infinity` where none waits. */
  nextAt(): number {
    return this.count === 0 ? Infinity : (this.heapAt[0] as number);
  }

  /**
   * Puts an entry behind all that were scheduled before it for the same instant.
   * @param atUs virtual time, an integer number of microseconds
   * @param kind 0 … 255
   * @param a,b 32-bit integers that the kind gives a meaning
   */
  schedule(atUs: number, kind: number, host: number, a: number, b: number, body: unknown): void {
    this.sequence += 1;
    this.insert(atUs, this.sequence, kind, host, a, b, body);
  }

  /** Puts an entry behind every ordinary one of its instant, also behind those that are scheduled later. */
  scheduleLast(atUs: number, kind: number, host: number, a: number, b: number, body: unknown): void {
    this.lastSequence += 1;
    this.insert(atUs, this.lastSequence, kind, host, a, b, body);
  }

  /** Takes the next entry out, into the fields of this object. @returns false where none waits. */
  pop(): boolean {
    if (this.count === 0) return false;
    const heapAt = this.heapAt;
    const heapSequence = this.heapSequence;
    const heapSlot = this.heapSlot;
    const slot = heapSlot[0] as number;
    this.at = heapAt[0] as number;
    this.kind = this.kinds[slot] as number;
    this.host = this.hosts[slot] as number;
    this.a = this.as[slot] as number;
    this.b = this.bs[slot] as number;
    this.body = this.bodies[slot];
    this.bodies[slot] = null;
    this.free[this.freeCount] = slot;
    this.freeCount += 1;

    const n = this.count - 1;
    this.count = n;
    if (n === 0) return true;
    const at = heapAt[n] as number;
    const sequence = heapSequence[n] as number;
    const moved = heapSlot[n] as number;
    let hole = 0;
    for (;;) {
      const first = hole * 4 + 1;
      if (first >= n) break;
      const end = first + 4 < n ? first + 4 : n;
      let best = first;
      let bestAt = heapAt[first] as number;
      for (let child = first + 1; child < end; child += 1) {
        const childAt = heapAt[child] as number;
        if (
          childAt < bestAt ||
          (childAt === bestAt && (heapSequence[child] as number) < (heapSequence[best] as number))
        ) {
          best = child;
          bestAt = childAt;
        }
      }
      if (at < bestAt || (at === bestAt && sequence < (heapSequence[best] as number))) break;
      heapAt[hole] = bestAt;
      heapSequence[hole] = heapSequence[best] as number;
      heapSlot[hole] = heapSlot[best] as number;
      hole = best;
    }
    heapAt[hole] = at;
    heapSequence[hole] = sequence;
    heapSlot[hole] = moved;
    return true;
  }

  private insert(
    at: number,
    sequence: number,
    kind: number,
    host: number,
    a: number,
    b: number,
    body: unknown,
  ): void {
    if (this.count === this.capacity) this.grow();
    this.freeCount -= 1;
    const slot = this.free[this.freeCount] as number;
    this.kinds[slot] = kind;
    this.hosts[slot] = host;
    this.as[slot] = a;
    this.bs[slot] = b;
    this.bodies[slot] = body;

    const heapAt = this.heapAt;
    const heapSequence = this.heapSequence;
    const heapSlot = this.heapSlot;
    let hole = this.count;
    this.count = hole + 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentAt = heapAt[parent] as number;
      if (parentAt < at || (parentAt === at && (heapSequence[parent] as number) < sequence)) break;
      heapAt[hole] = parentAt;
      heapSequence[hole] = heapSequence[parent] as number;
      heapSlot[hole] = heapSlot[parent] as number;
      hole = parent;
    }
    heapAt[hole] = at;
    heapSequence[hole] = sequence;
    heapSlot[hole] = slot;
  }

  private grow(): void {
    const before = this.capacity;
    const capacity = before * 2;
    this.capacity = capacity;
    this.heapAt = copied(this.heapAt, new Float64Array(capacity));
    this.heapSequence = copied(this.heapSequence, new Float64Array(capacity));
    this.heapSlot = copied(this.heapSlot, new Int32Array(capacity));
    this.kinds = copied(this.kinds, new Uint8Array(capacity));
    this.hosts = copied(this.hosts, new Int32Array(capacity));
    this.as = copied(this.as, new Int32Array(capacity));
    this.bs = copied(this.bs, new Int32Array(capacity));
    this.free = copied(this.free, new Int32Array(capacity));
    for (let i = 0; i < before; i += 1) {
      this.free[i] = capacity - 1 - i;
      this.bodies.push(null);
    }
    this.freeCount = before;
  }
}

function copied<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
