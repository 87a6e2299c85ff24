/** Linearizability in the foot: what its two sentences say, and what the drawing holds. */
import { expect, test } from 'vitest';
import { hostileTexts } from './hostile-page.test-support.ts';
import { picturePage } from './picture-page.test-support.ts';
import { picturePlaced } from './picture-state.test-support.ts';
import { placedHtml } from './placed-html.ts';
import { placedLanesHtml } from './placed-lanes.ts';
import type { PlacedHistory, PlacedOperation } from './run-page.ts';

const picture = picturePlaced();

function textOf(placed: PlacedHistory | null): string {
  return placedHtml({ ...picturePage(), linearizability: placed }).text;
}

/** The short form. */
function short(placed: PlacedHistory): string {
  const text = textOf(placed);
  const [, inner] = /class="placed-short"\s*>([\s\S]*?)<\/(?:span|p)>\s*(?:<\/summary>|$)/.exec(text)!;
  return inner!
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ')
    .replaceAll('&quot;', '"')
    .trim();
}

test('how much fits, what does not, and why', () => {
  expect(short(picture)).toBe(
    '9 of 10 operations on L fit one order. put ledger = "c" → ok has no place: possible was held under 45.',
  );
  expect(short({ ...picture, reason: `possible was ${'held by somebody, '.repeat(9)}` })).toMatch(
    /possible was (held by somebody, )*held by somebody …$/,
  );
});

test('a history that fits, one that was not decided, none at all', () => {
  const nothing = { smaller: 0, unplaced: [], history: [], reason: '' };
  const ok: PlacedHistory = { ...picture, ...nothing, verdict: 'ok', operations: 9 };
  expect(short(ok)).toBe('All 9 operations on L that were asked up to then fit one order of the lock model.');
  expect(textOf(ok)).not.toContain('smaller history');
  const open: PlacedHistory = {
    ...ok,
    verdict: 'undecided',
    placed: [],
    fit: 0,
    reason: 'Not within 8 states.',
  };
  expect(short(open)).toBe('Undecided. Not within 8 states.');
  // Where there is nothing to open, nothing opens.
  expect(textOf(open)).not.toContain('<details');
  expect(textOf(null)).toBe('');
  expect(short({ ...picture, placed: [], fit: 0 })).toMatch(/^No order fits the 26 operations on L\./);
});

test('the order is a line an operation with the state after it, the last line what has no place', () => {
  const rows = textOf(picture)
    .match(/<tr[\s\S]*?<\/tr>/g)!
    .slice(1);
  const cells = rows.map((row) =>
    [...row.matchAll(/<td>([\s\S]*?)<\/td>/g)].map(([, cell]) => cell!.replace(/<[^>]*>/g, '')),
  );
  expect(cells).toHaveLength(10);
  expect(cells[3]).toEqual(['4', 'c3', '3.700 s', 'unknown', 'put x = 7', 'held under 41, c2 waits']);
  expect(cells[9]).toEqual([
    '✕',
    'c1',
    '15.233 s',
    '15.260 s',
    'put ledger = &quot;c&quot; → ok',
    'no place',
  ]);
  // Of a long order, the last ones under their own numbers.
  const tail = { ...picture, fit: 209 };
  expect(textOf(tail)).toContain('209 operations, the last 9 are listed');
  expect(textOf(tail)).toMatch(/<td>201<\/td>/);
});

/** Bars of the drawing: edges, points, labels. */
function barsOf(placed: PlacedHistory) {
  const text = placedLanesHtml(placed, 5).text;
  return [...text.matchAll(/<g class="([^"]*)">([\s\S]*?)<\/g>/g)].map(([, classes, inner]) => {
    const rect = /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"/.exec(inner!);
    const open = /<path d="M([\d.]+) ([\d.]+)H([\d.]+)V/.exec(inner!);
    const [left, right, top] =
      rect === null
        ? [Number(open![3]), Number(open![1]), Number(open![2])]
        : [Number(rect[1]), Number(rect[1]) + Number(rect[3]), Number(rect[2])];
    const point = /class="point" d="M([\d.]+)/.exec(inner!);
    const label = /<text class="(?:beside)?" x="([\d.]+)"[^>]*>([^<]*)</.exec(inner!);
    return {
      ...{ classes: classes!, left, right, top },
      place: Number(/class="place"[^>]*>(\d+)</.exec(inner!)?.[1] ?? 0),
      point: point === null ? null : Number(point[1]),
      label: label === null ? null : { from: Number(label[1]), text: label[2]! },
    };
  });
}

/** A history of `count` operations on three clients, longer and shorter ones, in the order of their points. */
function history(count: number): PlacedHistory {
  const operations = Array.from({ length: count }, (_, i): PlacedOperation => {
    const host = 5 + (i % 3);
    return {
      ...{ id: i, process: host, host, text: `put k${i} = ${'v'.repeat(i % 7)} → version ${i}`, state: 's' },
      fromUs: i * 1000 - (i % 5) * 900,
      toUs: i % 11 === 10 ? -1 : i * 1000 + 500 + (i % 4) * 800,
    };
  });
  const odd = operations.at(-1)!;
  return {
    ...{ model: 'register', key: 'k', verdict: 'not-linearizable', operations: count, smaller: count },
    ...{ fit: count - 1, placed: operations.slice(0, -1), unplaced: [odd], history: operations, reason: 'r' },
  };
}

test.each([2, 9, 40, 60])(
  '%i operations: each point lies in its bar, points rise in the order, the odd one is alone',
  (count) => {
    const bars = barsOf(history(count));
    expect(bars).toHaveLength(count);
    for (const { point, left, right } of bars) {
      expect(point).toBeGreaterThanOrEqual(left);
      expect(point).toBeLessThanOrEqual(right);
    }
    const inOrder = bars.filter((bar) => bar.place > 0).sort((a, b) => a.place - b.place);
    expect(inOrder.map((bar) => bar.place)).toEqual(inOrder.map((_, i) => i + 1));
    expect(inOrder.every((bar, i) => i === 0 || bar.point! > inOrder[i - 1]!.point!)).toBe(true);
    expect(bars.filter((bar) => bar.classes === 'bar odd')).toHaveLength(1);
  },
);

test.each([9, 40])(
  '%i operations: bars of a lane never overlap, nor does a label meet a bar or another label',
  (count) => {
    const bars = barsOf(history(count));
    const taken = bars.flatMap(({ left, right, top, label }) => {
      const inside = label !== null && label.from > left && label.from < right;
      const beside =
        label === null || inside ? [] : [{ top, from: label.from, to: label.from + label.text.length * 6.3 }];
      if (inside) expect(label.from + label.text.length * 6.3).toBeLessThanOrEqual(right);
      return [{ top, from: left, to: right }, ...beside];
    });
    for (const [i, one] of taken.entries())
      for (const other of taken.slice(i + 1))
        if (one.top === other.top) expect(one.to <= other.from || other.to <= one.from).toBe(true);
    expect(bars.filter((bar) => bar.label !== null).length).toBeGreaterThan(2);
  },
);

test('hostile texts stay texts, and megabytes are cut', () => {
  const operations = hostileTexts.map((text, id) => ({ ...picture.placed[0]!, id, text, state: text }));
  const odd = operations.at(-1)!;
  const text = textOf({
    ...picture,
    ...{ key: hostileTexts[0]!, reason: hostileTexts.join(' '), placed: operations, history: operations },
    unplaced: [odd],
  });
  expect(text).not.toMatch(/<img|<script|<style|<!--|<svg onload/);
  expect(text.length).toBeLessThan(100_000);
});
