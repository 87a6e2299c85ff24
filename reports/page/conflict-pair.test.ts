/** Expected against observed, and the verdict's sentence, of findings as the package's properties word them. */
import { describe, expect, test } from 'vitest';
import type { FindingData } from '../tally.ts';
import { RecordBuilder } from '../run-record.test-support.ts';
import { pairWords } from './pair-words.ts';
import { runPageOf } from './run-page-of.ts';
import type { RunPage } from './run-page.ts';

const who = (session: number): string => `c${session}`;

/** What a finding of this message is told as: `expected / observed`. */
function told(property: string, message: string, last = ''): string {
  const evidence = last === '' ? [] : [{ at: 0, node: 0, text: last }];
  const words = pairWords({ property, message, at: 0, seq: 0, nodes: [], evidence }, who);
  return words === null ? 'nothing' : `${words.expected.answer} / ${words.observed.answer}`;
}

describe('in the words of a finding', () => {
  test.each([
    ['election-safety', 'Two leaders in term 4: n1 was elected, and then n3 too.', 'term 4: n1 / term 4: n3'],
    [
      'election-safety',
      'n2 became leader of term 6 without a majority: in that term n2, n0 voted for it, and 3 of 5 votes are needed.',
      '3 of 5 votes / 2 of 5 votes',
    ],
    [
      'vote-once',
      'n1 voted twice in term 3: for n0, before it restarted, and then for n2.',
      'term 3: n0 / term 3: n2',
    ],
    [
      'vote-once',
      'n1 forgot its vote: it had voted for n2 in term 2, and recovered term 1, so that it can vote again.',
      'term 2: n2 / term 1',
    ],
    [
      'leader-completeness',
      'n2 became leader of term 10 without entry 1175 (term 9), which n0 had committed in term 9: its log ends at 1170.',
      'entry 1175: term 9 / log ends at 1170',
    ],
    [
      'log-matching',
      'The logs of n0 and n1 do not match: both have entry 7 of term 2, but what stands at or before it differs.',
      'n0: as before 7 / n1: not as',
    ],
    [
      'committed-durable',
      'n1 removed what is committed from its log: entries 5 to 7 (term 2), committed by n0 in term 2; n0, n2 hold it durably now.',
      'entries 5–7 stay / removed',
    ],
    [
      'committed-durable',
      'n1 removed what is committed from its log: entry 5 (term 2), committed by n0 in term 2; only n0 holds it durably now.',
      'entry 5 stays / removed',
    ],
    [
      'committed-durable',
      'n1 put an older snapshot in the place of a newer log: the snapshot ends at 20, and entries up to 30 were committed and durable there.',
      'all up to 30 / up to 20',
    ],
    [
      'merge-laws',
      'Merging [1,2] of key k0 by "last" gave 2; in another order, [2,1], it gives 1.',
      'one result / 2 or 1',
    ],
    ['state-machine-safety', 'Applied entry 9: n2 has term 3, and n1 had term 2.', 'term 2 / term 3'],
    [
      'state-machine-safety',
      'Two nodes hold different entries as committed at 9: n2 has an entry of term 3 there, n1 had committed an entry of term 2.',
      'entry 9: term 2 / entry 9: term 3',
    ],
    [
      'leader-append-only',
      'The leader n1 of term 3 removed entries 5 to 7 from its own log.',
      'entries 5–7 stay / removed',
    ],
    [
      'committed-durable',
      'An acknowledged entry is not safe. Entry 5 (term 2) was committed by n0 although no quorum held it durably: only n0 holds it on disk, 2 of 3 are needed. The logs of the others are durable only so far: n1 4.',
      '2 of 3 disks / only n0 holds it',
    ],
    [
      'committed-durable',
      'An acknowledged entry is lost. Entry 5 (term 2) had been committed, and n0 held it durably; it recovered a log up to 4.',
      'entry 5 / a log up to 4',
    ],
    [
      'committed-durable',
      'An acknowledged entry is lost. Entries 7 to 43 (term 1) had been committed, and n0 held it durably; it recovered only up to 6.',
      'entries 7–43 / only up to 6',
    ],
    [
      'lock-exclusion',
      'Lock l0 was granted at index 225 to session 7, which was not open.',
      'no grant / granted to c7',
    ],
    [
      'fifo-grants',
      'Lock l0 was granted at index 44 to request 3 of session 37, before request 3 of session 2, queued at 24.',
      'c2 first / granted to c37',
    ],
    [
      'limits-exact',
      'A request at index 30 was refused with QUEUE_FULL, but there were 2 waiters of l1, of 64 that may be.',
      'not refused / QUEUE_FULL',
    ],
    [
      'wait-not-early',
      'Operation 3000004 asked to wait 0.5 s for a lock and was told of its timeout after 0.277261 s.',
      '≥ 0.5 s / 0.277261 s',
    ],
    [
      'cascade-order',
      'Generation 5 of barrier middle tripped at index 63, while that of its parent root had not.',
      'root first / middle tripped',
    ],
    [
      'causality',
      'The write c2:2 of max:0 at index 20 has c1:1 in its past, but its clock does not descend from it.',
      'c2:2 after c1:1 / clock says not',
    ],
    [
      'progress',
      'No progress after all hosts were healed: operation 140 of c0, invoked 1.848 s after that, has not ended after 5.011 s. Why: n0 leads term 10.',
      'it ends ok / has not ended',
    ],
    [
      'progress',
      'No progress after a quorum was healed: n2 did not catch up: entry 515 was committed by then, and 5.000 s later n2 knows of 491 only. Why: there was no leader.',
      'commit ≥ 515 / commit 491',
    ],
    [
      'process-alive',
      'n2 threw: RangeError: snapshot of version 0',
      'no error / RangeError: snapshot of version 0',
    ],
    ['monotonic', "n1's commit index went back from 9 to 7.", '≥ 9 / 7'],
    [
      'lock-exclusion',
      'Lock L was granted to session 4 at index 9, while session 2 held it with token 5.',
      'no grant / granted to c4',
    ],
    [
      'lock-exclusion',
      'At index 9 the holding of L with token 5 by session 2 was renewed, but session 4 held it with token 8.',
      'token 8 / token 5: renewed',
    ],
    [
      'fencing-monotonic',
      'Lock L was granted with token 5 at index 9, after token 8 at index 7: its holder would be taken for a stale one.',
      'above 8 / 5',
    ],
    [
      'exactly-once',
      'Request 3 of session 2 was executed twice: at index 5, and again at index 9.',
      'once / twice',
    ],
    [
      'lease-not-early',
      'The lease of lock L (token 5, version 6, 2000000 us) had expired at index 9, 1500000 us after it began.',
      '2.000 s / 1.500 s',
    ],
    [
      'barrier-not-early',
      'Generation 7 of barrier b tripped at index 34, when 2 of 4 had arrived for it: it takes 3 of at least 2.',
      '3 of 4 / 2 of 4',
    ],
    [
      'barrier-one-outcome',
      'Generation 7 of barrier b was broken at index 34, though it was tripped already.',
      'tripped / broken',
    ],
  ])('%s: %s', (property, message, words) => {
    expect(told(property, message)).toBe(words);
  });

  test('a sentence of another property, or one that is not known, tells nothing', () => {
    expect(told('no-gap', 'Two leaders in term 4: n1 was elected, and then n3 too.')).toBe('nothing');
    expect(told('election-safety', 'Something else.')).toBe('nothing');
  });

  test.each([
    ['exactly-once', 'Request 3 of session 2 was executed twice: at index 5, and again at index 9.', 5, 9],
    [
      'fencing-monotonic',
      'Lock L was granted with token 5 at index 9, after token 8 at index 7: its holder would be taken for a stale one.',
      ...[7, 9],
    ],
    [
      'lock-exclusion',
      'Lock L was granted to session 4 at index 9, while session 2 held it with token 5.',
      ...[0, 9],
    ],
    [
      'barrier-one-outcome',
      'Generation 7 of barrier b was broken at index 34, though it was tripped already.',
      ...[0, 34],
    ],
    [
      'leader-completeness',
      'n2 became leader of term 10 without entry 1175 (term 9), which n0 had committed in term 9: its log ends at 1170.',
      ...[1175, 1175],
    ],
  ])('%s: each side names its own entry: %s', (property, message, expected, observed) => {
    const words = pairWords({ property, message, at: 0, seq: 0, nodes: [], evidence: [] }, who)!;
    expect([words.expectedEntry, words.entry]).toEqual([expected, observed]);
  });

  test('a barrier names who had arrived', () => {
    const finding = {
      ...{ property: 'barrier-not-early', at: 0, seq: 0, nodes: [] },
      message:
        'Generation 7 of barrier b tripped at index 34, when 2 of 4 had arrived for it: it takes 3 of at least 2.',
      evidence: [{ at: 0, node: 0, text: 'tripped b, generation 7, at 34: p3, p2' }],
    };
    expect(pairWords(finding, who)!.observed.reason).toBe(
      'Entry 34 tripped it when only p3, p2 had arrived for it.',
    );
  });

  test('a message of a megabyte is looked at as fast as any', () => {
    const from = performance.now();
    for (const property of ['state-machine-safety', 'committed-durable', 'lock-exclusion'])
      told(property, `${'Applied 1: n1 has and had '.repeat(40_000)}.`);
    expect(performance.now() - from).toBeLessThan(1_000);
  });
});

/** The page of two steps of n0 and n1, the second of which violates a property of somebody's own. */
function pageOf(finding: Partial<FindingData>): RunPage {
  const builder = new RecordBuilder(2, 3);
  const first = builder.step(0, { observed: [{ kind: 'sent', number: 5 }] });
  builder.step(1, { message: builder.send(first, 1), observed: [{ kind: 'got', number: 7 }] });
  const record = builder.record();
  const about = {
    ...{ scenario: 'own', seed: 1, hash: null, version: '0', commit: '', node: '', servers: 2, hosts: 3 },
    ...{ events: 2, untilUs: 2_000, failingSeeds: null, command: '', vitestTest: '' },
  };
  const whole = {
    ...{ property: 'no-change', message: 'n1 got 7 of 5. Nobody knows why.', at: 2_000, seq: 2, nodes: [1] },
    evidence: [
      { at: 1_000, node: 0, text: 'sent 5' },
      { at: 2_000, node: 1, text: 'got 7' },
    ],
    ...finding,
  };
  const story = [
    { number: 1, seq: 1, at: 1_000, node: 0, text: 'sent 5', rule: 'conflict' as const },
    { number: 2, seq: 2, at: 2_000, node: 1, text: 'got 7', rule: 'conflict' as const },
  ];
  return runPageOf({ record, finding: whole, story, about, rule: null, linearizability: null, whatIf: null });
}

describe('a property of one’s own', () => {
  test('is told by its first evidence against its last, each with its step of the story', () => {
    expect(pageOf({}).pair).toEqual({
      ...{ subject: null, who: null },
      expected: { answer: 'sent 5', reason: 'n0 sent 5.', atUs: 1_000, node: 0, step: 1, entry: null },
      observed: { answer: 'got 7', reason: 'n1 got 7.', atUs: 2_000, node: 1, step: 2, entry: null },
    });
  });

  test('of many words keeps them all, for whoever asks', () => {
    const text = 'put the snapshot of entry 1,204 in the place of a log that had been durable up to 1,300';
    const { pair } = pageOf({ evidence: [{ at: 2_000, node: 1, text }] });
    expect(pair!.observed).toMatchObject({ answer: text, reason: `n1 ${text}.` });
  });

  test('with one evidence is told by its name against that', () => {
    const { pair } = pageOf({ evidence: [{ at: 2_000, node: 1, text: 'got 7' }] });
    expect([pair!.expected.answer, pair!.observed.answer]).toEqual(['no-change holds', 'got 7']);
  });

  test('without evidence has no pair, and its verdict stands', () => {
    const page = pageOf({ evidence: [] });
    expect(page.pair).toBeNull();
    expect(page.verdict).toMatchObject({ state: 'violated', sentence: 'n1 got 7 of 5' });
  });

  test('has a verdict that says something where its message begins with a colon', () => {
    const message = 'n0 threw: Error: invariant broken: commit of 48 past the log’s end 18';
    expect(pageOf({ message }).verdict).toMatchObject({ sentence: message, details: [] });
  });

  test('has the first sentence of its message for a verdict, the rest as details', () => {
    expect(pageOf({ details: ['more'] }).verdict).toMatchObject({
      ...{ sentence: 'n1 got 7 of 5', details: ['Nobody knows why.', 'more'] },
      ...{ atUs: 2_000, seq: 2 },
    });
  });
});

test('a run that holds, or is undecided, says so, and has neither pair nor slice', () => {
  const record = new RecordBuilder(1);
  record.step(0);
  const about = {
    ...{ scenario: 'own', seed: 1, hash: null, version: '0', commit: '', node: '', servers: 1, hosts: 1 },
    ...{ events: 1, untilUs: 1_000, failingSeeds: null, command: '', vitestTest: '' },
  };
  const input = {
    ...{ record: record.record(), finding: null, story: [], about, rule: null },
    ...{ linearizability: null, whatIf: null },
  };
  const held = runPageOf(input);
  expect(held.verdict).toMatchObject({ state: 'held', property: null });
  expect([held.pair, held.timeline.slice]).toEqual([null, []]);
  expect(runPageOf({ ...input, judged: { properties: 7, switchedOff: [] } }).verdict).toMatchObject({
    ...{ sentence: 'All 7 properties held.', details: [] },
  });
  // What was switched off never counts as held.
  const partly = { properties: 7, switchedOff: ['lease-not-early', 'lease-not-late'] };
  expect(runPageOf({ ...input, judged: partly }).verdict).toMatchObject({
    sentence: '5 of 7 properties held; 2 were switched off.',
    details: ['Switched off, since the plan breaks what they assume: lease-not-early, lease-not-late.'],
  });
  const none = { properties: 1, switchedOff: ['lease-not-late'] };
  expect(runPageOf({ ...input, judged: none }).verdict.sentence).toBe(
    '0 of 1 property held; 1 was switched off.',
  );
  const open = runPageOf({
    ...input,
    undecided: { property: 'linearizable-lock', message: 'Out of budget.' },
  });
  expect(open.verdict).toMatchObject({ state: 'undecided', property: 'linearizable-lock' });
});

test('a run of which nothing was recorded has a page', () => {
  const record = new RecordBuilder(1).record();
  const about = {
    ...{ scenario: 'own', seed: 1, hash: null, version: '0', commit: '', node: '', servers: 1, hosts: 1 },
    ...{ events: 0, untilUs: 0, failingSeeds: null, command: '', vitestTest: '' },
  };
  const page = runPageOf({
    ...{ record, finding: null, story: [], about, rule: null, linearizability: null, whatIf: null },
  });
  expect(page.timeline.events.seq).toEqual([]);
});
