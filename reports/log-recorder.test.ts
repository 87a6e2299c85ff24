/** What happened to logs, in few rows. */
import { expect, test } from 'vitest';
import type { Observation } from '../core/observe.ts';
import { LogRecorder } from './log-recorder.ts';
import { logChanges } from './run-record.ts';

const appended = (index: number, term: number): Observation => ({
  ...{ kind: 'entryAppended', index, term, sum: 0, entry: 'command', leading: false },
});

/** The rows that these observations of one step each make, as `change index term`. */
function rowsOf(...steps: readonly (readonly Observation[])[]): string[] {
  const log = new LogRecorder();
  steps.forEach((observations, step) => {
    for (const one of observations) log.observe(step, 0, 0, one);
  });
  const { step, change, index, term } = log.columns;
  return step.map((_, row) => `${logChanges[change[row]!]} ${index[row]} ${term[row]}`);
}

test('entries of one term that come at once are one row; another term, or another step, is another', () => {
  expect(rowsOf([appended(1, 1), appended(2, 1), appended(3, 2)], [appended(4, 2)])).toEqual([
    'appended 2 1',
    'appended 3 2',
    'appended 4 2',
  ]);
});

test('a log that is read back at a start begins anew; its snapshot does not replace it', () => {
  expect(
    rowsOf([
      {
        kind: 'recovered',
        term: 3,
        votedFor: null,
        base: 4,
        baseTerm: 1,
        terms: [1, 2, 2],
        sums: [],
        repairing: false,
      },
      { kind: 'snapshotRestored', index: 5, term: 1, digest: 0, from: 'disk', file: '' },
    ]),
  ).toEqual(['restored 4 1', 'appended 5 1', 'appended 7 2', 'applied 5 1']);
});

test('a snapshot of the leader replaces the log', () => {
  expect(
    rowsOf([{ kind: 'snapshotRestored', index: 9, term: 2, digest: 0, from: 'leader', file: 'f' }]),
  ).toEqual(['restored 9 2']);
});

test('what was removed is told by its first entry; commits and applications of one step by the last', () => {
  expect(
    rowsOf(
      [{ kind: 'logTruncated', from: 3, last: 5 }],
      [
        { kind: 'committed', index: 1, term: 1, leading: true },
        { kind: 'committed', index: 2, term: 1, leading: true },
      ],
    ),
  ).toEqual(['truncated 3 0', 'committed 2 1']);
});

test('entries over others, by a process that does not say what it removed, replace all from the first of them on', () => {
  expect(
    rowsOf(
      [appended(1, 1), appended(2, 1), appended(3, 1)],
      [appended(2, 2), appended(3, 2), appended(4, 2)],
      [{ kind: 'logTruncated', from: 4, last: 4 }, appended(4, 3)],
    ),
  ).toEqual([...['appended 3 1', 'truncated 2 0', 'appended 4 2'], ...['truncated 4 0', 'appended 4 3']]);
});

test('observations of another shape are passed over', () => {
  expect(
    rowsOf([
      { kind: 'entryAppended', index: 'one', term: 1 },
      { kind: 'committed', index: -1, term: 1 },
      { kind: 'recovered', base: 0, baseTerm: 0, terms: 'none' },
    ]),
  ).toEqual([]);
});
