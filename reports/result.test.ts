import { expect, test } from 'vitest';
import { campaign, lostEntry, outcome } from './campaign.test-support.ts';
import { toRunDocument } from './json.ts';
import { readResult, runDocument } from './result.ts';
import { verdictOf } from './verdict.ts';

test('a campaign survives JSON and the schema of its document', () => {
  const document = toRunDocument(campaign([outcome(2, [lostEntry]), outcome(1, [lostEntry])]));
  expect(runDocument.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  expect(document.scenarios[0]?.violations.map((v) => v.seed)).toEqual([1, 2]);
  expect(document.verdict).toBe('violated');
});

test('faults and reaches keep their counts whatever they are called, and are nothing but counts by name', () => {
  const document = toRunDocument(campaign([outcome(1)]));
  const read = (reach: unknown) =>
    readResult(
      Buffer.from(JSON.stringify({ ...document, scenarios: [{ ...document.scenarios[0], reach }] })),
    );
  const odd = JSON.parse('{"__proto__":3,"constructor":0,"a":1}') as object;
  const reading = read(odd);
  if (!('document' in reading)) throw new Error(reading.problem);
  expect(Object.entries(reading.document.scenarios[0]!.reach)).toEqual(Object.entries(odd));
  for (const bad of [[], null, 3, { a: -1 }, { a: '1' }]) expect(read(bad)).toHaveProperty('problem');
});

test('what cannot be trusted outweighs a violation, and an interruption both', () => {
  const violated = campaign([outcome(1, [lostEntry])]);
  const trouble = {
    scenario: 'crash-during-fsync',
    seed: 1,
    message: 'event 7 differs',
    file: null,
    trace: null,
  };
  expect(verdictOf({ ...violated, nondeterminism: [trouble] })).toBe('nondeterministic');
  expect(verdictOf({ ...violated, nondeterminism: [trouble], interrupted: true })).toBe('interrupted');
});

test('a campaign that ran nothing, or nothing of a scenario, is undecided, never held', () => {
  const cut = campaign([outcome(1)]);
  expect(verdictOf(cut)).toBe('held');
  expect(verdictOf({ ...cut, scenarios: [...cut.scenarios, ...campaign([]).scenarios] })).toBe('undecided');
  expect(verdictOf(campaign([]))).toBe('undecided');
});
