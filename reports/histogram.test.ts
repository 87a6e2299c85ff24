/** Histograms in fixed bins: they add up in any order, and say how long the middle and the slowest took. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lengths } from './campaign.test-support.ts';
import {
  addHistograms,
  binCount,
  binOf,
  edgesUs,
  emptyHistogram,
  isConsistent,
  quantileError,
  quantileUs,
} from './histogram.ts';

const anyUs = fc.oneof(fc.nat({ max: 200_000 }), fc.nat({ max: 20_000_000_000 }));
const anyLengths = fc.array(anyUs, { maxLength: 40 });
/** Within the bins: from 100 µs to 10,000 s. */
const measurable = fc.array(
  fc.double({ min: 2, max: 9.999, noNaN: true }).map((exponent) => Math.round(10 ** exponent)),
  {
    minLength: 1,
    maxLength: 60,
  },
);

describe('bins', () => {
  test('rise, and none is wider than 6.2 % of its lower edge', () => {
    edgesUs.slice(1).forEach((edge, i) => {
      expect(edge).toBeGreaterThan(edgesUs[i]!);
      expect(edge / edgesUs[i]!).toBeLessThan(1.065);
    });
    expect([edgesUs[0], edgesUs.at(-1), binCount]).toEqual([100, 10_000_000_000, 322]);
  });

  test('hold what lies between their edges', () => {
    fc.assert(
      fc.property(anyUs, (us) => {
        const bin = binOf(us);
        expect(us).toBeGreaterThanOrEqual(bin === 0 ? 0 : edgesUs[bin - 1]!);
        expect(us).toBeLessThan(edgesUs[bin] ?? Infinity);
      }),
    );
    expect([binOf(0), binOf(99), binOf(100), binOf(10_000_000_000)]).toEqual([0, 0, 1, 321]);
  });
});

describe('histograms', () => {
  test('add up to that of all, however they are cut and ordered', () => {
    fc.assert(
      fc.property(anyLengths, anyLengths, anyLengths, (a, b, c) => {
        const [x, y, z] = [lengths(a), lengths(b), lengths(c)];
        const whole = lengths([...a, ...b, ...c]);
        expect(addHistograms(addHistograms(x, y), z)).toEqual(whole);
        expect(addHistograms(z, addHistograms(y, x))).toEqual(whole);
        expect(isConsistent(whole)).toBe(true);
      }),
    );
  });

  test('keep what they were made of as it was', () => {
    const [a, b] = [lengths([100, 200]), lengths([200])];
    const before = structuredClone([a, b]);
    addHistograms(a, b);
    expect([a, b]).toEqual(before);
  });

  test('give quantiles within their error of the exact ones, at most the longest', () => {
    fc.assert(
      fc.property(measurable, fc.constantFrom(0.5, 0.95, 0.99, 1), (us, part) => {
        const sorted = [...us].sort((a, b) => a - b);
        const exactly = sorted[Math.ceil(part * us.length) - 1]!;
        const found = quantileUs(lengths(us), part)!;
        expect(Math.abs(found - exactly) / exactly).toBeLessThanOrEqual(quantileError);
        expect(found).toBeLessThanOrEqual(sorted.at(-1)!);
      }),
      { numRuns: 500 },
    );
  });

  test('of nothing have no quantile; of one length, each is that length or less', () => {
    expect(quantileUs(emptyHistogram, 0.5)).toBeNull();
    expect(quantileUs(lengths([50_000_000_000]), 0.99)).toBe(50_000_000_000);
    expect(quantileUs(lengths([0]), 0.5)).toBe(0);
  });

  test('whose counts do not add up, or whose longest lies elsewhere, are told', () => {
    const one = lengths([100, 5_000]);
    expect(isConsistent({ ...one, count: 3 })).toBe(false);
    expect(isConsistent({ ...one, maxUs: 50_000 })).toBe(false);
    expect(isConsistent({ ...emptyHistogram, maxUs: 1 })).toBe(false);
  });
});
