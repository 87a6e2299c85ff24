import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  acknowledge,
  isAcknowledged,
  noneAcknowledged,
  openNumbers,
  rangesAreOrdered,
  unite,
} from './acknowledged.ts';
import type { Acknowledged } from './acknowledged.ts';

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 30 }));
const setOf = (members: readonly number[]): Acknowledged => members.reduce(acknowledge, noneAcknowledged);

test('a set of ranges holds the numbers that were acknowledged, in whatever order, and no others', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const { floor, ranges } = unite(setOf(a), setOf(b));
      const members = new Set([...a, ...b]);
      let open = 0;
      for (let n = 1; n <= 32; n += 1) {
        expect(isAcknowledged(floor, ranges, n)).toBe(members.has(n));
        if (n > floor && !members.has(n)) open += 1;
        if (n > floor) expect(openNumbers(floor, ranges, n)).toBe(open);
      }
    }),
  );
});

test('a set has one form, however it came about', () => {
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const together = unite(setOf(a), setOf(b));
      expect(rangesAreOrdered(together.floor, together.ranges)).toBe(true);
      expect(unite(setOf(b), setOf(a))).toEqual(together);
      expect(setOf([...new Set([...b, ...a])])).toEqual(together);
    }),
  );
});

test('one number in flight among three thousand leaves one range', () => {
  const others = Array.from({ length: 3000 }, (_, i) => i + 2);
  expect(setOf(others)).toEqual({ floor: 0, ranges: [2, 3001] });
});
