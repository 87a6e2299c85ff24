import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lowerBound, SpanIndex, upperBound } from './span-index.ts';

/** Spans of lengths from none to the whole run, as pauses stand among messages. */
const spans = fc.array(
  fc.record({
    from: fc.nat(10_000),
    length: fc.oneof(fc.nat(5), fc.nat(300), fc.nat(10_000), fc.constant(-1)),
  }),
  { maxLength: 80 },
);
const windows = fc.tuple(fc.integer({ min: -50, max: 11_000 }), fc.nat(3000));

function indexOf(list: readonly { from: number; length: number }[]) {
  const from = list.map((one) => one.from);
  const to = list.map((one) => one.from + one.length);
  return { from, to, index: new SpanIndex(from, to) };
}

describe('spans in a window', () => {
  test('are those that a walk over all of them finds, each once', () => {
    fc.assert(
      fc.property(spans, windows, (list, [begin, length]) => {
        const { from, to, index } = indexOf(list);
        const end = begin + length;
        const found: number[] = [];
        index.visit(begin, end, (place) => found.push(place));
        const all = [...list.keys()].filter((i) => from[i]! <= end && Math.max(from[i]!, to[i]!) >= begin);
        expect(found.sort((a, b) => a - b)).toEqual(all);
        expect(index.atMost(begin, end)).toBeGreaterThanOrEqual(all.length);
      }),
    );
  });

  test('thinned, are some of them, all that are longer than a step, and one in each stretch that has any', () => {
    fc.assert(
      fc.property(spans, windows, fc.integer({ min: 1, max: 500 }), (list, [begin, length], step) => {
        const { from, to, index } = indexOf(list);
        const end = begin + length;
        const thinned = new Set<number>();
        index.thin(begin, end, step, (place) => thinned.add(place));
        index.visit(begin, end, (place) => {
          const near = [...thinned].some((one) => Math.abs(from[one]! - from[place]!) < step);
          expect(thinned.has(place) || (to[place]! - from[place]! < step && near)).toBe(true);
        });
        for (const place of thinned) expect(from[place]).toBeLessThanOrEqual(end);
      }),
    );
  });

  test('thinned, a hundred thousand short ones cost no more than the steps in view', () => {
    const from = Array.from({ length: 100_000 }, (_, i) => i * 10);
    const index = new SpanIndex(
      from,
      from.map((at) => at + 3),
    );
    let seen = 0;
    index.thin(0, 1_000_000, 1000, () => (seen += 1));
    expect(seen).toBe(1000);
  });

  test('of a chosen few only those are found', () => {
    const index = new SpanIndex([0, 0, 0], [9, 9, 9], [2]);
    const found: number[] = [];
    index.visit(5, 6, (place) => found.push(place));
    expect(found).toEqual([2]);
  });
});

test('bounds are where a value would stand, before or after those equal to it', () => {
  const column = [1, 2, 2, 5];
  expect([0, 2, 3, 6].map((value) => lowerBound(column, value))).toEqual([0, 1, 3, 4]);
  expect([0, 2, 3, 6].map((value) => upperBound(column, value))).toEqual([0, 3, 3, 4]);
});
