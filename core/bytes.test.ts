import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter, crc32c } from './bytes.ts';

/** The definition, bit by bit. */
function crcByBits(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('crc32c', () => {
  test('gives the known values of RFC 3720, B.4', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });

  test('equals the definition at any length and start, whole or in parts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), fc.nat(70), (bytes, a, b) => {
        const start = Math.min(a, bytes.length);
        const middle = Math.min(Math.max(start, b), bytes.length);
        expect(crc32c(bytes, start)).toBe(crcByBits(bytes.subarray(start)));
        expect(crc32c(bytes, middle, bytes.length, crc32c(bytes, start, middle))).toBe(crc32c(bytes, start));
      }),
    );
  });
});

describe('ByteWriter and ByteReader', () => {
  test('what was written comes back', () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.integer({ min: -0x80000000, max: 0x7fffffff }),
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        fc.boolean(),
        fc.uint8Array({ maxLength: 100 }),
        fc.string({ unit: 'binary', maxLength: 100 }),
        (a, b, c, d, e, f, g) => {
          const writer = new ByteWriter(1);
          writer.u8(a);
          writer.u32(b);
          writer.i32(c);
          writer.u53(d);
          writer.flag(e);
          writer.bytes(f);
          writer.text(g);
          const reader = new ByteReader(writer.finish());
          expect([reader.u8(), reader.u32(), reader.i32(), reader.u53(), reader.flag()]).toEqual([
            a,
            b,
            c,
            d,
            e,
          ]);
          expect([...reader.bytes()]).toEqual([...f]);
          expect(reader.text()).toBe(g);
          expect(reader.left).toBe(0);
        },
      ),
    );
  });

  test('a text keeps its byte order mark', () => {
    const writer = new ByteWriter();
    writer.text('\ufeffkey');
    expect(new ByteReader(writer.finish()).text()).toBe('\ufeffkey');
  });

  test('reading beyond the end throws, and a length from damaged bytes does not read on', () => {
    const writer = new ByteWriter();
    writer.u32(1_000);
    expect(() => new ByteReader(writer.finish()).bytes()).toThrow(RangeError);
    expect(() => new ByteReader(writer.finish()).text()).toThrow(RangeError);
    expect(() => new ByteReader(writer.finish()).u53()).toThrow(RangeError);
  });
});
