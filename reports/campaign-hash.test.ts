import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addHashes, emptyHash } from './campaign-hash.ts';

const hash = fc.bigInt({ min: 0n, max: 2n ** 48n - 1n }).map((n) => n.toString(16).padStart(12, '0'));

test('hashes add up modulo 2^48, in any order and grouping', () => {
  fc.assert(
    fc.property(fc.array(hash), (hashes) => {
      const sum = hashes.reduce((total, h) => (total + BigInt(`0x${h}`)) % 2n ** 48n, 0n);
      const expected = sum.toString(16).padStart(12, '0');
      expect(hashes.reduce(addHashes, emptyHash)).toBe(expected);
      expect(hashes.toReversed().reduce(addHashes, emptyHash)).toBe(expected);
    }),
  );
});

test('what is no hash is refused', () => {
  expect(() => addHashes(emptyHash, 'abc')).toThrow('12 hex digits');
});
