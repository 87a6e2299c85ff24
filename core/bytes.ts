/**
 * How values become bytes: CRC32C (Castagnoli, RFC 3720 appendix B.4), a growable writer and a bounds-checked reader.
 * All integers are little-endian and of fixed width, so that a layout can be read off the code that writes it.
 * The log on disk, snapshots, commands and message frames all use these and nothing else.
 */

/** Eight tables of 256: table k, at k * 256, is the CRC of a byte followed by k zero bytes ("slicing by 8"). */
const crcTables = makeCrcTables();

function makeCrcTables(): Int32Array {
  const reversedPolynomial = 0x82f63b78;
  const tables = new Int32Array(8 * 256);
  for (let n = 0; n < 256; n += 1) {
    let crc = n;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ reversedPolynomial : crc >>> 1;
    tables[n] = crc;
  }
  for (let k = 1; k < 8; k += 1) {
    for (let n = 0; n < 256; n += 1) {
      const shorter = tables[(k - 1) * 256 + n] as number;
      tables[k * 256 + n] = (shorter >>> 8) ^ (tables[shorter & 0xff] as number);
    }
  }
  return tables;
}

/**
 * CRC32C of `bytes[start, end)`: an unsigned 32-bit integer; 0 for no bytes.
 * @param before the CRC of the bytes that come before, to go on where an earlier call ended.
 */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, before = 0): number {
  const t = crcTables;
  let crc = ~before;
  let i = start;
  for (const last = end - 7; i < last; i += 8) {
    const low =
      crc ^
      ((bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24));
    crc =
      (t[1792 + (low & 0xff)] as number) ^
      (t[1536 + ((low >>> 8) & 0xff)] as number) ^
      (t[1280 + ((low >>> 16) & 0xff)] as number) ^
      (t[1024 + (low >>> 24)] as number) ^
      (t[768 + (bytes[i + 4] as number)] as number) ^
      (t[512 + (bytes[i + 5] as number)] as number) ^
      (t[256 + (bytes[i + 6] as number)] as number) ^
      (t[bytes[i + 7] as number] as number);
  }
  for (; i < end; i += 1) crc = (crc >>> 8) ^ (t[(crc ^ (bytes[i] as number)) & 0xff] as number);
  return ~crc >>> 0;
}

/** No bytes: shared, because it cannot be changed. */
export const noBytes: Uint8Array = new Uint8Array(0);

const twoTo32 = 4_294_967_296;
const encoder = new TextEncoder();
// A text may begin with U+FEFF, and what was written must come back.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Appends values to a buffer that grows. Meant to be kept and `reset`, so that the hot path allocates nothing.
 * Values are cut to the width that is named: callers keep them in range.
 */
export class ByteWriter {
  /** The bytes so far are `buffer[0, length)`; a later write may replace the buffer. */
  buffer: Uint8Array;
  /** Bytes written so far. */
  length = 0;

  /** @param capacity bytes to make room for at first. */
  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
  }

  /** Forgets what was written and keeps the room. */
  reset(): void {
    this.length = 0;
  }

  /** Makes room for `more` bytes; only needed by callers that write into `buffer` themselves. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2, 64));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
  }

  /** One byte: an integer in [0, 255]. */
  u8(value: number): void {
    if (this.length === this.buffer.length) this.reserve(1);
    this.buffer[this.length] = value;
    this.length += 1;
  }

  /** Four bytes: an integer in [0, 2^32 − 1]. */
  u32(value: number): void {
    if (this.length + 4 > this.buffer.length) this.reserve(4);
    putU32(this.buffer, this.length, value);
    this.length += 4;
  }

  /** Four bytes: an integer in [−2^31, 2^31 − 1]. */
  i32(value: number): void {
    this.u32(value);
  }

  /** Eight bytes: an integer in [0, 2^53 − 1], as its lower and its upper word. */
  u53(value: number): void {
    this.u32(value);
    this.u32(Math.floor(value / twoTo32));
  }

  /** One byte: 1 or 0. */
  flag(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  /** The bytes alone, without a length. */
  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    if (this.length + length > this.buffer.length) this.reserve(length);
    // A call of `set` costs more than copying a handful of bytes.
    if (length > 16) this.buffer.set(bytes, this.length);
    else for (let i = 0; i < length; i += 1) this.buffer[this.length + i] = bytes[i] as number;
    this.length += length;
  }

  /** Bytes with their length (u32) in front. */
  bytes(bytes: Uint8Array): void {
    this.u32(bytes.length);
    this.raw(bytes);
  }

  /** A text as UTF-8, with its length in bytes (u32) in front. A lone surrogate is written as U+FFFD. */
  text(text: string): void {
    const { length } = text;
    if (this.length + 4 + length > this.buffer.length) this.reserve(4 + length);
    const start = this.length + 4;
    for (let i = 0; i < length; i += 1) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.bytes(encoder.encode(text));
        return;
      }
      this.buffer[start + i] = unit;
    }
    putU32(this.buffer, this.length, length);
    this.length = start + length;
  }

  /** Replaces the four bytes at `offset`, for lengths and checksums that are known late. */
  patchU32(offset: number, value: number): void {
    putU32(this.buffer, offset, value);
  }

  /** CRC32C of what stands in [start, end). */
  sum(start = 0, end = this.length): number {
    return crc32c(this.buffer, start, end);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

/** Writes an unsigned 32-bit integer at `offset`. */
export function putU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value;
  bytes[offset + 1] = value >>> 8;
  bytes[offset + 2] = value >>> 16;
  bytes[offset + 3] = value >>> 24;
}

/** The unsigned 32-bit integer at `offset`; bytes past the end count as 0. */
export function getU32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] as number) |
      ((bytes[offset + 1] as number) << 8) |
      ((bytes[offset + 2] as number) << 16) |
      ((bytes[offset + 3] as number) << 24)) >>>
    0
  );
}

/**
 * Reads what a `ByteWriter` wrote, in the same order.
 * Every read is checked against the end and throws RangeError beyond it: a length from a damaged file must not read on.
 */
export class ByteReader {
  readonly source: Uint8Array;
  /** Where the next read starts. */
  offset: number;
  readonly end: number;

  /** Reads `source[start, end)`. */
  constructor(source: Uint8Array, start = 0, end = source.length) {
    this.source = source;
    this.offset = start;
    this.end = end;
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.end - this.offset;
  }

  /** Moves on by `count` and returns where they started. */
  private take(count: number): number {
    const start = this.offset;
    if (start + count > this.end) {
      throw new RangeError(`bytes ended: ${count} wanted at ${start}, ${this.end - start} left`);
    }
    this.offset = start + count;
    return start;
  }

  u8(): number {
    return this.source[this.take(1)] as number;
  }

  u32(): number {
    return getU32(this.source, this.take(4));
  }

  i32(): number {
    return getU32(this.source, this.take(4)) | 0;
  }

  /** @throws RangeError for a number above 2^53 − 1. */
  u53(): number {
    const low = this.u32();
    const high = this.u32();
    if (high > 0x1fffff) throw new RangeError('bytes hold an integer above 2^53 − 1');
    return high * twoTo32 + low;
  }

  flag(): boolean {
    return this.u8() !== 0;
  }

  /** A copy of the next `count` bytes. */
  raw(count: number): Uint8Array {
    const start = this.take(count);
    return count === 0 ? noBytes : this.source.slice(start, start + count);
  }

  /** A copy of bytes with their length in front. */
  bytes(): Uint8Array {
    return this.raw(this.u32());
  }

  /** @throws TypeError for what is not UTF-8. */
  text(): string {
    const length = this.u32();
    const start = this.take(length);
    if (length <= 64) {
      let text = '';
      for (let i = start; i < start + length; i += 1) {
        const unit = this.source[i] as number;
        if (unit > 0x7f) return decoder.decode(this.source.subarray(start, start + length));
        text += String.fromCharCode(unit);
      }
      return text;
    }
    return decoder.decode(this.source.subarray(start, start + length));
  }
}
