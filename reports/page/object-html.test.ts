/** The object at the cursor, as a person reads it. */
import { expect, test } from 'vitest';
import { hostileTexts } from './hostile-page.test-support.ts';
import { objectHtml } from './object-html.ts';
import type { BarrierState, KeyState, LockState, PageState } from './page-state.ts';
import { picturePage } from './picture-page.test-support.ts';
import { stateAtStep10, stateAtStep6 } from './picture-state.test-support.ts';

/** The page of the picture, whose verdict is about a write to `ledger`. */
const picture = picturePage();
const written = { fromUs: 15_255_000, text: '"c"', dots: [], token: 41, entry: 48, violating: true };
const ledger = { name: 'ledger', group: 0, violating: true, values: [written] };
const page = { ...picture, timeline: { ...picture.timeline, keys: [ledger] } };

/** Its text, without what only tooltips say. */
function read(state: PageState, selected: string | null = null, group?: number): string {
  return objectHtml(page, state, selected, group)
    .text.replace(/<span class="inert">.*?<\/span\s*>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&quot;', '"')
    .trim();
}

const lock: LockState = {
  ...{ name: 'M', group: 0, violating: false, holding: { now: null }, queue: { now: [] } },
  ...{ leaseLeftUs: null, ttlUs: null, believers: [] },
};
const barrier: BarrierState = {
  ...{ name: 'b', group: 0, parent: 'top', violating: false, needed: 3 },
  generation: { now: 8, before: 7 },
  arrived: { now: ['p2'], before: ['p1', 'p3'] },
  participants: ['p1', 'p2', 'p3'],
  last: { generation: 7, outcome: 'tripped' },
};
const key: KeyState = {
  ...{ name: 'x', group: 0, violating: false },
  value: { now: { text: '3 | 5', dots: ['(1, 4)', '(2, 1)'], token: 0, nth: -1 } },
};
const none: PageState = { ...stateAtStep10(8), locks: [], barriers: [], keys: [] };

test('the lock of the picture: owner, token, lease, queue, the zombie, and the key that was written under a stale token', () => {
  expect(read(stateAtStep10(8))).toMatch(
    /^Lock L c1 believes it holds ◆41 owner c2 token ◆45 lease left 8.216 s queue empty ledger "b" → "c" under ◆41 stale$/,
  );
});

test('what the step changed stands beside what it was', () => {
  expect(read(stateAtStep6(5))).toContain(
    'owner c1 → c2 token ◆41 → ◆45 lease left 10.100 s queue c2 → empty ledger "a" under ◆41',
  );
  expect(read(stateAtStep6(5))).not.toContain('stale');
});

test('the bar of a lease is as long as what is left of it, and never longer than its room', () => {
  const width = (leaseLeftUs: number): string | undefined =>
    /style="width: ([\d.]+%)"/.exec(
      objectHtml(
        page,
        { ...none, locks: [{ ...stateAtStep10(8).locks[0]!, leaseLeftUs, ttlUs: 10_000_000 }] },
        null,
      ).text,
    )?.[1];
  expect([8_216_000, 0, -5_000_000, 20_000_000].map(width)).toEqual(['82.2%', '0.0%', '0.0%', '100.0%']);
  const over = { ...none, locks: [{ ...stateAtStep10(8).locks[0]!, leaseLeftUs: -1_500_000 }] };
  expect(read(over)).toContain('over for 1.500 s');
});

test('a free lock, a barrier, a key with siblings', () => {
  expect(read({ ...none, locks: [lock] })).toBe('Lock M owner free token none lease left – queue empty');
  expect(read({ ...none, barriers: [barrier] })).toBe(
    'Barrier b under top generation 7 → 8 arrived 2 → 1 of 3 who p2 missing p1, p3 before generation 7 tripped',
  );
  expect(read({ ...none, keys: [key] })).toBe('Key x value 3 | 5 siblings 2: (1, 4) (2, 1)');
  expect(read(none)).toBe('');
});

test('what was selected goes before what the verdict is about, and that before the first', () => {
  const state = { ...stateAtStep10(8), barriers: [barrier], locks: [lock, ...stateAtStep10(8).locks] };
  expect(read(state)).toMatch(/^Lock L/);
  expect(read(state, 'b:b')).toMatch(/^Barrier b/);
  expect(read(state, 'k:ledger')).toMatch(/^Key ledger the verdict is about it/);
  expect(read(state, 'l:gone')).toMatch(/^Lock L/);
  const quiet = { ...none, barriers: [barrier], keys: [key] };
  expect(read(quiet)).toMatch(/^Barrier b/);
});

test('objects of one name in several groups are told apart', () => {
  const state = { ...none, groups: [0, 1], locks: [lock, { ...lock, group: 1 }] };
  expect(read(state, 'l:M', 1)).toMatch(/^Lock M of group 1 .* lock M of 0$/);
  expect(read(state, 'l:M', 0)).toMatch(/^Lock M of group 0 .* lock M of 1$/);
});

test('of twenty locks six are named, and the rest opens', () => {
  const locks = Array.from({ length: 20 }, (_, i) => ({ ...lock, name: `l${i}` }));
  const { text } = objectHtml(page, { ...none, locks }, null);
  expect(text.match(/data-select="l:l\d+"/g)).toHaveLength(19);
  expect(text.slice(0, text.indexOf('<details>')).match(/data-select/g)).toHaveLength(6);
  expect(text).toContain('<summary>13 more</summary>');
});

test('hostile names and values stay text, of a length that can be read; the whole value opens', () => {
  const locks = hostileTexts.map((name) => ({ ...lock, name, queue: { now: hostileTexts } }));
  for (const selected of [null, ...hostileTexts.map((name) => `l:${name}`)]) {
    const { text } = objectHtml(page, { ...none, locks }, selected);
    expect(text).not.toMatch(/<img|<script|<svg|<style|<!--/);
  }
  const long = { ...key, value: { now: { text: 'x'.repeat(1_000_000), dots: [], token: 0, nth: -1 } } };
  const { text } = objectHtml(page, { ...none, keys: [long] }, null);
  expect(text).toContain('1,000,000 characters');
  expect(text.length).toBeLessThan(12_000);
  expect(read({ ...none, locks: [{ ...lock, name: ' ' }] })).toMatch(/^Lock \(no name\)/);
});
