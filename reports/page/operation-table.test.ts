/** What clients heard, in the words of the page. */
import { expect, test } from 'vitest';
import { RecordBuilder } from '../run-record.test-support.ts';
import { EntryTimes } from './entry-times.ts';
import { answerWords, askedOperations, operationTable } from './operation-table.ts';

test('an answer is told as it was given: null is no ok', () => {
  const told = [null, undefined, 7, '', 'x', { error: 'STALE_TOKEN' }, { version: 4 }, { value: null }];
  expect(told.map(answerWords)).toEqual(['null', 'nothing', '7', '', 'x', 'STALE_TOKEN', 'ok', 'null']);
});

test('where a process of one’s own says no answer, none stands in the table', () => {
  const builder = new RecordBuilder(1, 2);
  const answers = [{ value: null }, {}, { value: 3 }];
  for (const [id, answer] of answers.entries()) {
    builder.step(1, { observed: [{ kind: 'invoked', id, op: { f: 'get', key: 'k0' } }] });
    builder.step(1, { observed: [{ kind: 'completed', id, outcome: 'ok', ...answer }] });
  }
  const record = builder.record();
  const { answered, words } = operationTable(
    record,
    askedOperations(record),
    new EntryTimes(record),
    new Set(),
  );
  expect(answered.map((place) => words[place] ?? '')).toEqual(['null', '', '3']);
});
