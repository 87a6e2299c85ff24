import { expect, test } from 'vitest';
import { campaign, lostEntry, outcome } from './campaign.test-support.ts';
import { toRunDocument } from './json.ts';
import { runDocument } from './result.ts';
import { verdictOf } from './verdict.ts';

test('a campaign survives JSON and the schema of its document', () => {
  const document = toRunDocument(campaign([outcome(2, [lostEntry]), outcome(1, [lostEntry])]));
  expect(runDocument.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
  expect(document.scenarios[0]?.violations.map((v) => v.seed)).toEqual([1, 2]);
  expect(document.verdict).toBe('violated');
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
