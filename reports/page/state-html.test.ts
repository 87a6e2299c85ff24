/** The node table, as a person reads it: cells by what they say, rows by whether they changed. */
import { expect, test } from 'vitest';
import { hostileTexts } from './hostile-page.test-support.ts';
import type { PageState } from './page-state.ts';
import { picturePage } from './picture-page.test-support.ts';
import { nodeAt, stateAtStep10, stateAtStep6 } from './picture-state.test-support.ts';
import { stateHtml } from './state-html.ts';

const page = picturePage();

/** The rows of the table, each as its HTML. */
function rowsOf(state: PageState, step = 10): readonly string[] {
  return stateHtml(page, state, step)
    .text.match(/<tr[\s\S]*?<\/tr>/g)!
    .slice(1);
}

/** What is told of the entries of a row that a pattern matches. */
function told(row: string, pattern: RegExp): readonly string[] {
  return [...row.matchAll(/title="(entry [^"]*)"/g)]
    .map(([, title]) => title!)
    .filter((one) => pattern.test(one));
}

test('after step 10 the leader alone has changed: commit 47 → 48, entry 48 new there and in question', () => {
  const rows = rowsOf(stateAtStep10(8));
  expect(rows.map((row) => row.includes('class="changed"'))).toEqual([false, false, false, true, false]);
  expect(rows[3]).toMatch(/<span class="was">47<\/span>[\s\S]*<b>48<\/b>/);
  expect(told(rows[3]!, /verdict/)).toEqual([
    'entry 48 of term 4 on n3; committed there; new in this step; the verdict is about it',
  ]);
  expect(rows.flatMap((row) => told(row, /not committed there yet/))).toEqual([
    'entry 47 of term 4 on n1; not committed there yet',
    'entry 48 of term 4 on n2; not committed there yet',
    'entry 48 of term 4 on n4; not committed there yet',
  ]);
});

test('after step 6 the old side of the wall holds another entry 44, which conflicts', () => {
  const text = stateHtml(page, stateAtStep6(5), 6).text;
  expect(text).toContain('≠ conflicts with a later term');
  const rows = rowsOf(stateAtStep6(5), 6);
  expect(rows.map((row) => told(row, /conflicts/).length)).toEqual([1, 1, 0, 0, 0]);
  expect(rows[0]).toMatch(/role-leader[\s\S]*T3/);
  expect(rows[3]).toMatch(/role-leader[\s\S]*T4/);
  // Where nothing conflicts, nothing is said of it.
  expect(stateHtml(page, stateAtStep10(8), 10).text).not.toContain('≠');
});

test('an entry in question is outlined where the verdict says that it went wrong, not on every node that has it', () => {
  const state = stateAtStep10(8);
  const everywhere: PageState = {
    ...state,
    nodes: state.nodes.map((node) => ({
      ...node,
      log: node.log.map((cell) => (cell?.index === 48 ? { ...cell, violating: true } : cell)),
    })),
  };
  expect(rowsOf(everywhere).map((row) => told(row, /verdict/).length)).toEqual([0, 0, 0, 1, 0]);
  // A verdict that names no node is about all of them.
  const { text } = stateHtml({ ...page, pair: null }, everywhere, 10);
  expect(text.match(/entry term-1 [a-z ]*violating/g)).toHaveLength(3);
});

test('roles and what became of a host are words beside their marks', () => {
  const state = stateAtStep10(8);
  const nodes = [
    nodeAt(0, 47, 47, { up: 'crashed', role: { now: null } }),
    nodeAt(1, 47, 47, { up: 'paused', role: { now: 'leader' } }),
    nodeAt(2, 47, 47, { role: { now: 'candidate', before: 'follower' } }),
    nodeAt(3, 47, 47, { role: { now: 'pre-candidate' } }),
    nodeAt(4, 0, 0, { role: { now: null }, term: { now: 0 } }),
  ];
  const rows = rowsOf({ ...state, nodes }).map((row) => row.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' '));
  expect(rows[0]).toContain('n0 crashed T4');
  expect(rows[1]).toContain('n1 leader paused T4');
  expect(rows[2]).toContain('n2 candidate T4');
  expect(rows[3]).toContain('n3 pre-vote T4');
  expect(rows[4]).toContain('n4 no role – 0');
});

test('between steps the heading tells the time; of several groups, which one, with buttons for all', () => {
  const state = stateAtStep10(8);
  expect(stateHtml(page, { ...state, event: 5 }, 0).text).toContain('State at 13.433 s');
  const several = stateHtml(page, { ...state, groups: [0, 1, 2], group: 1 }, 3).text;
  expect(several).toContain('of group 1');
  expect(several.match(/data-group="\d" aria-pressed="(true|false)"/g)).toEqual([
    'data-group="0" aria-pressed="false"',
    'data-group="1" aria-pressed="true"',
    'data-group="2" aria-pressed="false"',
  ]);
});

test('empty logs, no servers, and heads that would not fit', () => {
  const state = stateAtStep10(8);
  const empty = { ...state, columns: [], nodes: state.nodes.map((node) => ({ ...node, log: [] })) };
  expect(stateHtml(page, empty, 1).text).toContain('no log has an entry yet');
  expect(stateHtml(page, { ...state, nodes: [] }, 1).text).toBe('');
  const columns = ['2000019', ...hostileTexts].map((label, i) => ({ index: i + 1, label }));
  const { text } = stateHtml(page, { ...state, columns }, 1);
  expect(text).toContain('…0019');
  // A megabyte is not worth a tooltip.
  expect(text.length).toBeLessThan(60_000);
  expect(text).not.toMatch(/<img|<script|<svg|<style|<!--/);
});
