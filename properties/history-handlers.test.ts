/** What a recorder is shown of a run, and how it tells the objects of several groups apart. */
import { expect, test } from 'vitest';
import { recordInto } from './history-handlers.ts';
import { HistoryRecorder } from './history.ts';

/** The operations recorded of the same request in groups 1 and 2. */
function recorded(groups: boolean): readonly unknown[] {
  const recorder = new HistoryRecorder();
  const on = recordInto(recorder, groups);
  for (const group of [1, 2]) {
    const envelope = { at: 10 * group, node: 5, group, boot: 0, seq: group };
    const op = { f: 'put', key: 'k', value: 'k' };
    on.invoked?.({ kind: 'invoked', process: group, id: group, op }, envelope);
    on.completed?.(
      {
        ...{ kind: 'completed', process: group, id: group, outcome: 'ok', value: { version: 3 } },
        ...{ place: 3, session: 7, number: 1 },
      },
      envelope,
    );
  }
  return recorder.history().map(({ op, place, session }) => [op, place, session]);
}

test('one group: names as they are, places from the log', () => {
  expect(recorded(false)).toEqual(Array(2).fill([{ f: 'put', key: 'k', value: 'k' }, 3, 7]));
});

test('several: the group stands before each name, and log indices are no places', () => {
  expect(recorded(true)).toEqual([
    [{ f: 'put', key: '1/k', value: 'k' }, 0, 7],
    [{ f: 'put', key: '2/k', value: 'k' }, 0, 7],
  ]);
});
