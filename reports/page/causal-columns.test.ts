import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnOf, columnsOf, gapLabel, shownMax, shownSlice, timeAt, xOfTime } from './causal-columns.ts';
import { lanesPage } from './lanes-page.test-support.ts';

function columnsAt(times: readonly number[], width = 1000) {
  const { timeline } = lanesPage({
    servers: 3,
    hosts: 3,
    events: times.map((at, i) => ({ at, host: i % 3 })),
  });
  return columnsOf(timeline.events, timeline.slice, width);
}
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('columns of the causal slice', () => {
  test('are equally spaced over the width, whatever the gaps', () => {
    const columns = columnsAt([0, 5, 5_000_000, 5_000_001], 1000);
    const places = range(4).map((i) => xOfTime(columns, columns.atUs[i]!, columns.hosts[i]!));
    expect(places.map((x, i) => Math.round(x - (places[i - 1] ?? x - columns.pitch)))).toEqual(
      range(4).map(() => Math.round(columns.pitch)),
    );
    expect(columns.width).toBe(1000);
  });

  test('never stand closer than 24 px: the slice becomes wider than the page instead', () => {
    const columns = columnsAt(range(200), 1000);
    expect(columns.pitch).toBe(24);
    expect(columns.width).toBeGreaterThan(199 * 24);
  });

  test('an instant between two columns lies between them, and is found again from its place', () => {
    const times = fc.uniqueArray(fc.nat(1_000_000), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.double({ min: 0, max: 1, noNaN: true }), (some, share) => {
        const columns = columnsAt([...some].sort((a, b) => a - b));
        const first = columns.atUs[0]!;
        const us = first + share * (columns.atUs.at(-1)! - first);
        const x = xOfTime(columns, us);
        expect(timeAt(columns, x)).toBeCloseTo(us, 3);
        const after = columns.atUs.findIndex((at) => at >= us);
        expect(x).toBeLessThanOrEqual(columns.left + after * columns.pitch + 1e-6);
      }),
    );
  });

  test('what was there before the first, or goes on after the last, reaches the edges', () => {
    const columns = columnsAt([100, 200]);
    expect(xOfTime(columns, 50)).toBe(0);
    expect(xOfTime(columns, 300)).toBe(columns.width);
  });

  test('of several columns at one instant a host has its own', () => {
    const columns = columnsAt([7, 7, 7, 9]);
    expect(xOfTime(columns, 7, 2)).toBe(columns.left + 2 * columns.pitch);
    expect(xOfTime(columns, 7, 8)).toBe(columns.left);
  });

  test('an event without a column has none', () => {
    const { timeline } = lanesPage({ servers: 1, hosts: 1, events: range(9).map((at) => ({ at, host: 0 })) });
    const columns = columnsOf(timeline.events, [2, 5], 500);
    expect([1, 2, 5, 6].map((event) => columnOf(columns, event))).toEqual([-1, 0, 1, -1]);
  });
});

describe('a long slice', () => {
  test('shows the sixty events nearest the conflict, and says how many are earlier', () => {
    const { shown, earlier, later } = shownSlice(range(400), [399], 399, false);
    expect(shown).toEqual(range(400).slice(340));
    expect([earlier, later]).toEqual([340, 0]);
  });

  test('keeps every step of the story, wherever it is', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(299), { minLength: 1, maxLength: 12 }), (some) => {
        const story = [...some].sort((a, b) => a - b);
        const { shown, earlier, later } = shownSlice(range(300), story, story.at(-1)!, false);
        expect(story.every((event) => shown.includes(event))).toBe(true);
        expect([...shown].sort((a, b) => a - b)).toEqual(shown);
        expect(shown.length + earlier + later).toBe(300);
        expect(shown.length).toBeLessThanOrEqual(shownMax + story.length);
      }),
    );
  });

  test('shows all of it when asked', () => {
    expect(shownSlice(range(400), [], 399, true)).toEqual({ shown: range(400), earlier: 0, later: 0 });
  });
});

describe('a gap is labelled', () => {
  test.each([
    [0, '0', false, false],
    [4_600, '5', false, false],
    [99_400, '99', false, false],
    [100_000, '100', true, false],
    [999_400, '999', true, false],
    [999_600, '1.0 s', true, true],
    [4_800_000, '4.8 s', true, true],
    [3_600_000_000, '3600 s', true, true],
  ])('%i µs as %s', (us, text, bold, fold) => {
    expect(gapLabel(us)).toEqual({ text, bold, fold });
  });
});
