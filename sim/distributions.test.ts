import { describe, expect, test } from 'vitest';
import { delayTable, drawDelay, drawExponential, thresholdOf } from './distributions.ts';
import { streamOf } from './random.ts';

describe('delays', () => {
  test('fill their range, and get a tail as often as the plan says', () => {
    const spec = { minUs: 300, maxUs: 1_000, tailPpm: 20_000, tailMaxUs: 20_000 };
    const stream = streamOf(1, 'delays');
    let least = Infinity;
    let most = 0;
    let late = 0;
    const draws = 50_000;
    for (let i = 0; i < draws; i += 1) {
      const delay = drawDelay(spec, stream);
      expect(Number.isInteger(delay)).toBe(true);
      least = Math.min(least, delay);
      most = Math.max(most, delay);
      if (delay > 1_000) late += 1;
    }
    expect(least).toBe(300);
    expect(most).toBeGreaterThan(20_000);
    expect(most).toBeLessThanOrEqual(21_000);
    // 2 % have a tail; 1.75 % of those tails end within the range.
    expect(late / draws).toBeGreaterThan(0.0175);
    expect(late / draws).toBeLessThan(0.0225);
  });

  test('cost the same number of draws with a tail and without', () => {
    const never = streamOf(1, 'x');
    const always = streamOf(1, 'x');
    drawDelay({ minUs: 1, maxUs: 1, tailPpm: 0, tailMaxUs: 0 }, never);
    drawDelay({ minUs: 0, maxUs: 9, tailPpm: 1_000_000, tailMaxUs: 9 }, always);
    expect(never.u32()).toBe(always.u32());
  });

  test('that make no sense are refused by name', () => {
    expect(() => delayTable({ minUs: 5, maxUs: 4, tailPpm: 0, tailMaxUs: 0 })).toThrow(
      'ends before it begins',
    );
    expect(() => delayTable({ minUs: -1, maxUs: 4, tailPpm: 0, tailMaxUs: 0 })).toThrow('integers from 0');
    expect(thresholdOf(1_000_000)).toBe(2 ** 32);
  });
});

describe('the exponential distribution', () => {
  test('has its mean, its median, and no draw beyond nine means', () => {
    const stream = streamOf(3, 'think');
    const draws: number[] = [];
    for (let i = 0; i < 100_000; i += 1) draws.push(drawExponential(73_500, stream));
    draws.sort((a, b) => a - b);
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
    expect(Math.abs(mean / 73_500 - 1)).toBeLessThan(0.01);
    expect(Math.abs((draws[50_000] as number) / (73_500 * Math.LN2) - 1)).toBeLessThan(0.02);
    expect(draws.at(-1)).toBeLessThan(9 * 73_500);
    expect(draws[0]).toBeGreaterThanOrEqual(0);
  });
});
