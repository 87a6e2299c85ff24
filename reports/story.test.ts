import { describe, expect, test } from 'vitest';
import type { Observation } from '../core/observe.ts';
import { RecordBuilder } from './run-record.test-support.ts';
import { tellStory } from './story.ts';
import { sentenceMax, story as schema, storySentence } from './story-step.ts';
import type { FindingData } from './tally.ts';

/** n0 commits entry 8 on the word of n1, which had not synced it; n1 loses power and comes back without; n2 has nothing to do with it. */
function lostEntry() {
  const run = new RecordBuilder(3, 4);
  const asked = run.step(3, {
    observed: [{ kind: 'invoked', process: 0, id: 5, op: { f: 'put', key: 'k1', value: 9 } }],
  });
  const request = run.send(asked, 0, 'request');
  const appended = run.step(0, {
    message: request,
    observed: [
      { kind: 'entryAppended', index: 8, term: 3, sum: 1, entry: 'command', leading: true },
      { kind: 'recordsWritten', file: 'wal', end: 100, lastIndex: 8, lastTerm: 3 },
    ],
  });
  const sent = run.send(appended, 1);
  const follower = run.step(1, {
    message: sent,
    text: '0>1 #1 append term 3 +1',
    observed: [{ kind: 'entryAppended', index: 8, term: 3, sum: 1, entry: 'command', leading: false }],
  });
  const reply = run.send(follower, 0, 'appendReply');
  const apart = run.step(2, { observed: [{ kind: 'termChanged', term: 4 }] });
  const elsewhere = run.step(2, { observed: [{ kind: 'logTruncated', from: 8, last: 8 }] });
  const committed = run.step(0, {
    message: reply,
    observed: [{ kind: 'committed', index: 8, term: 3, leading: true }],
  });
  const crashed = run.step(1, { kind: 'fault', observed: [{ kind: 'crashed', power: true }] });
  const recovered = run.step(1, {
    kind: 'start',
    observed: [
      { kind: 'started' },
      {
        kind: 'recovered',
        term: 3,
        votedFor: 0,
        base: 0,
        baseTerm: 0,
        terms: [1, 1, 1, 2, 2, 3, 3],
        sums: [],
        repairing: false,
      },
    ],
  });
  const { steps } = run.record();
  const finding: FindingData = {
    property: 'committed-durable',
    message: 'Entry 8 (term 3) is lost.',
    at: steps.at[recovered]!,
    seq: steps.seq[recovered]!,
    nodes: [0, 1],
    evidence: [
      { at: steps.at[committed]!, node: 0, text: 'committed 8' },
      { at: steps.at[recovered]!, node: 1, text: 'recovered up to 7' },
    ],
  };
  return { run, finding, apart, elsewhere, crashed };
}

describe('a story', () => {
  test('tells what led to the conflict, in order, and ends with it', () => {
    const { run, finding } = lostEntry();
    const told = tellStory(run.record(), finding);
    expect(told.map((step) => `${step.number} ${step.seq} ${storySentence(step, 3)}`)).toEqual([
      '1 2 n0 appended entry 8 (term 3) as leader',
      '2 3 n1 appended entry 8 (term 3), on append from n0',
      '3 6 n0 committed 8',
      '4 7 n1 lost power',
      '5 8 n1 recovered up to 7',
    ]);
    expect(told.map((step) => step.rule)).toEqual(['entry', 'entry', 'conflict', 'host', 'conflict']);
    expect(told[1]!.message).toEqual({ from: 0, label: 'append', seq: 2 });
    expect(schema.parse(told)).toEqual(told);
  });

  test('leaves out what is not in the causal past, however much it looks like it', () => {
    const { run, finding, apart, elsewhere } = lostEntry();
    const record = run.record();
    const seqs = tellStory(record, finding).map((step) => step.seq);
    expect(seqs).not.toContain(record.steps.seq[apart]);
    expect(seqs).not.toContain(record.steps.seq[elsewhere]);
  });

  test('has the faults in force, which are nobody’s past; a crash is told as a step of its host', () => {
    const { run, finding, crashed } = lostEntry();
    const crash = run.record().steps.seq[crashed]!;
    const partition = { fault: 'partition', hosts: [1], seq: 4.5, fromUs: 4_500, toUs: Infinity, cut: null };
    const over = { fault: 'slow', hosts: [1], seq: 0.5, fromUs: 10, toUs: 20, cut: null };
    run.faults.push(over, partition, {
      fault: 'power-cut',
      hosts: [1],
      seq: crash,
      fromUs: 7_000,
      toUs: 8_000,
      cut: null,
    });
    const faults = tellStory(run.record(), { ...finding, at: 4e6 }).filter((step) => step.node === null);
    // The short one is told as well: it ended less than two seconds before.
    expect(faults.map((step) => step.text)).toEqual(['slow of n1 began', 'partition of n1 began']);
  });

  test('of a finding without evidence begins at the last step of a host that it names', () => {
    const { run, finding } = lostEntry();
    const told = tellStory(run.record(), {
      ...finding,
      evidence: [],
      nodes: [2],
      message: 'Something is wrong.',
    });
    expect(told.map((step) => [step.node, step.rule])).toEqual([
      [2, 'near'],
      [2, 'conflict'],
    ]);
  });

  test('looks for evidence of another instant among what its host observed before', () => {
    const { run, finding } = lostEntry();
    run.step(0);
    const late = { at: 9_000_000, node: 1, text: 'appended entry 8 (term 3)' };
    const told = tellStory(run.record(), { ...finding, seq: 99, evidence: [late] });
    expect(told.at(-1)).toMatchObject({ seq: 3, node: 1, rule: 'conflict' });
  });

  test('does not put the words of evidence to the time of another step', () => {
    const { run, finding } = lostEntry();
    run.step(0);
    const late = { at: 9_000_000, node: 1, text: 'healed; entry 8 (term 3) is committed' };
    const [told] = tellStory(run.record(), { ...finding, seq: 99, evidence: [late] }).slice(-1);
    expect(told).toMatchObject({ seq: 3, node: 1, rule: 'conflict' });
    expect(told!.text).toMatch(/^appended entry 8 /);
  });

  test('of nothing recorded is empty', () => {
    expect(tellStory(new RecordBuilder(3).record(), lostEntry().finding)).toEqual([]);
  });
});

describe('a story stays within twelve sentences of 90 characters', () => {
  const finding: FindingData = {
    property: 'lock-exclusion',
    message: 'At index 9 session 3 and session 4 hold l0 with token 7.',
    at: 1,
    seq: 200_000,
    nodes: [0],
    evidence: [{ at: 200_000_000, node: 0, text: 'granted l0 to session 4, token 7, at 9' }],
  };
  const kinds = (i: number): Observation[] => [
    {
      kind: 'lockGranted',
      index: i,
      lock: 'l0',
      session: 4,
      holder: 'h',
      number: 1,
      token: 7,
      ttlUs: 1,
      queuedAt: 0,
    },
    { kind: 'entryAppended', index: 9, term: i, sum: 0, entry: 'command', leading: true },
    { kind: 'leaderElected', term: i, lastIndex: 1, lastTerm: 1 },
    { kind: 'crashed', power: true },
    {
      kind: 'invoked',
      process: 0,
      id: i,
      op: { f: 'put', key: 'x'.repeat(100_000), guard: { lock: 'l0', token: 7 } },
    },
    {
      kind: 'lockFreed',
      index: i,
      lock: 'l0\n\u001b[31m',
      session: 4,
      token: 7,
      version: 1,
      reason: 'expired',
    },
  ];

  test('in a run of 200,000 steps that all seem to matter', () => {
    const run = new RecordBuilder(3, 5);
    for (let i = 0; i < 200_000; i += 1)
      run.step(i % 5, i % 20 === 0 ? { observed: [kinds(i)[(i / 20) % 6]!] } : {});
    for (let i = 0; i < 50; i += 1) {
      run.faults.push({
        fault: `fault-${i}`,
        hosts: [0],
        seq: i + 0.5,
        fromUs: 199_000_000,
        toUs: Infinity,
        cut: null,
      });
    }
    const told = tellStory(run.record(), finding);
    expect(told).toHaveLength(12);
    expect(told.map((step) => step.number)).toEqual(told.map((_, i) => i + 1));
    expect(told.every((step) => storySentence(step, 3).length <= sentenceMax)).toBe(true);
    expect(told.filter((step) => step.node === null)).toHaveLength(2);
  });

  test('where evidence names more than it can hold: the first and the last ones', () => {
    const run = new RecordBuilder(3);
    const evidence = Array.from({ length: 40 }, (_, i) => {
      run.step(i % 3, { at: i * 1_000, observed: [{ kind: 'termChanged', term: i }] });
      return { at: i * 1_000, node: i % 3, text: `moved to term ${i}` };
    });
    const told = tellStory(run.record(), { ...finding, evidence });
    const conflict = told.filter((step) => step.rule === 'conflict');
    expect(conflict.map((step) => step.at)).toEqual([0, 37_000, 38_000, 39_000]);
    expect(told.length).toBeLessThanOrEqual(12);
  });

  test('where the run was cut and its observations left out, it still has its last steps', () => {
    const run = new RecordBuilder(2);
    let message = -1;
    for (let i = 0; i < 10; i += 1) message = run.send(run.step(i % 2, { message }), (i + 1) % 2, 'ask');
    const told = tellStory(run.record(), { ...finding, evidence: [], nodes: [1] });
    expect(told.map((step) => step.rule)).toEqual(['near', 'near', 'near', 'message', 'conflict']);
    expect(told[0]!.text).toBe('heard from n0: ask');
  });
});
