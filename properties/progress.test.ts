import { describe, expect, test } from 'vitest';
import { ObservedRun } from './observed-run.test-support.ts';
import { progress } from './progress.ts';

const client = 3;
const second = 1_000_000;
const told = (): ObservedRun => new ObservedRun([progress]);
const heal = (run: ObservedRun, phase: 'quorum' | 'all' = 'quorum', hosts = [0, 1, client]): ObservedRun =>
  run.see(0, { kind: 'healed', phase, hosts });
const invoke = (run: ObservedRun, id: number, node = client): ObservedRun =>
  run.see(node, { kind: 'invoked', process: node, id, op: null });
const complete = (
  run: ObservedRun,
  id: number,
  outcome: 'ok' | 'fail' | 'info',
  value: unknown = null,
  node = client,
): ObservedRun =>
  run.see(node, {
    kind: 'completed',
    process: node,
    id,
    outcome,
    value,
    place: 0,
    session: 0,
    number: 0,
  });
const message = (run: ObservedRun): string => run.findings[0]?.message ?? '';

describe('progress', () => {
  test('holds where operations end ok within the bound, in both phases', () => {
    const run = heal(told());
    complete(invoke(run, 1).wait(9 * second), 1, 'ok');
    heal(run, 'all', [0, 1, 2, client]);
    complete(invoke(run, 2).wait(second), 2, 'ok');
    expect(run.wait(20 * second).end().findings).toEqual([]);
  });

  test('asks nothing of the weather before the healing, nor of clients outside of it', () => {
    const run = complete(invoke(told(), 1).wait(60 * second), 1, 'info');
    invoke(heal(run, 'quorum', [0, 1]), 2)
      .wait(60 * second)
      .end();
    expect(run.findings).toEqual([]);
  });

  describe('an operator who wants leadership to go', () => {
    const ask = (run: ObservedRun, id: number, op: unknown): ObservedRun =>
      run.see(client, { kind: 'invoked', process: client, id, op });

    test('to a server that is away may be disappointed, but not left waiting', () => {
      const run = complete(ask(invoke(heal(told()), 1), 2, { f: 'transfer', target: 2 }), 1, 'ok');
      complete(run.wait(6 * second), 2, 'fail');
      expect(run.end().findings).toEqual([]);
      const left = complete(ask(invoke(heal(told()), 1), 2, { f: 'transfer', target: 2 }), 1, 'ok');
      expect(message(left.wait(21 * second).end())).toContain('operation 2');
    });

    test('to one that is whole is answered', () => {
      const run = ask(heal(told()), 1, { f: 'transfer', target: 1 }).wait(6 * second);
      expect(message(complete(run, 1, 'fail'))).toContain('operation 1');
    });

    test('is told from an operation of a process of one’s own that has a target too', () => {
      const run = ask(heal(told()), 1, { f: 'pay', target: 2 }).wait(6 * second);
      expect(message(complete(run, 1, 'info'))).toContain('operation 1');
    });
  });

  test('a renewal may fail with what was left of its lease, but not go unanswered for as long as the bound', () => {
    const renew = (run: ObservedRun): ObservedRun =>
      run.see(client, { kind: 'invoked', process: client, id: 2, op: { f: 'renew', lock: 'l' } });
    const asked = (): ObservedRun => complete(invoke(heal(told()), 1), 1, 'ok');
    expect(complete(renew(asked()).wait(60_000), 2, 'fail').end().findings).toEqual([]);
    expect(message(complete(renew(asked()).wait(10 * second), 2, 'fail').end())).toContain('operation 2');
    // Of another operation it is no progress, soon as it may come.
    expect(message(complete(invoke(asked(), 2).wait(60_000), 2, 'fail').end())).toContain('operation 2');
  });

  test('an operation that never ends, and no leader', () => {
    const run = invoke(heal(told()), 1).see(0, { kind: 'campaigned', term: 7, pre: true });
    run.wait(11 * second).end();
    expect(message(run)).toMatch(
      /^No progress after a quorum was healed: operation 1 of c0, invoked 0\.001 s after that, has not ended after 11\.\d+ s\. Why: there was no leader in the 11\.\d+ s since, in 1 candidacies/,
    );
  });

  test('is judged while the run goes, at the next thing that happens', () => {
    const run = invoke(heal(told()), 1)
      .wait(10 * second)
      .see(0, { kind: 'campaigned', term: 1, pre: true });
    expect(run.violated).toEqual(['progress']);
  });

  test('is undecided where clients are healed and ask nothing for as long as the bound', () => {
    const asked = complete(invoke(heal(told()), 1).wait(second), 1, 'ok')
      .wait(20 * second)
      .end();
    expect(asked.watchers.undecided).toEqual([]);
    const silent = heal(told())
      .wait(20 * second)
      .end();
    expect(silent.findings).toEqual([]);
    expect(silent.watchers.undecided).toMatchObject([
      { property: 'progress', message: expect.stringContaining('Nothing was asked') },
    ]);
  });

  test('says nothing where the only client that was healed never asks: what others write to, say', () => {
    const asking = 4;
    const run = invoke(new ObservedRun([progress], 3, 2), 1, asking);
    complete(run, 1, 'ok', null, asking);
    heal(run)
      .wait(20 * second)
      .end();
    expect(run.findings).toEqual([]);
    expect(run.watchers.undecided).toEqual([]);
    const both = invoke(new ObservedRun([progress], 3, 2), 1, asking);
    complete(both, 1, 'ok', null, asking);
    heal(both, 'quorum', [0, 1, client, asking])
      .wait(20 * second)
      .end();
    expect(both.watchers.undecided).toHaveLength(1);
  });

  test('an operation that waited already when the healing came must end too, in any way', () => {
    const run = invoke(told(), 1);
    complete(heal(run).wait(5 * second), 1, 'info');
    expect(run.wait(20 * second).end().findings).toEqual([]);
    const stuck = heal(invoke(told(), 1))
      .wait(11 * second)
      .end();
    expect(message(stuck)).toContain('operation 1 of c0, invoked before that, has not ended');
  });

  test('giving up is no progress, and a leader that commits nothing is named', () => {
    const run = invoke(heal(told()), 1).see(1, { kind: 'leaderElected', term: 4, lastIndex: 0, lastTerm: 0 });
    complete(run.wait(5 * second), 1, 'info');
    expect(message(run)).toContain('operation 1 of c0, invoked 0.001 s after that, was given up after');
    expect(message(run)).toContain('n1 leads term 4, but nothing was committed since');
  });

  test('a refusal for ever is no progress', () => {
    const run = complete(invoke(heal(told()), 1).wait(5 * second), 1, 'fail', { error: 'LOG_FULL' });
    expect(message(run)).toContain('failed after 5.001 s (LOG_FULL)');
  });

  test('a session that died of the weather is told once, soon after the healing', () => {
    const lost = { error: 'SESSION_NOT_OPEN' };
    const run = complete(invoke(heal(told()), 1), 1, 'info', lost);
    expect(run.findings).toEqual([]);
    complete(invoke(run.wait(11 * second), 2), 2, 'info', lost);
    expect(run.violated).toEqual(['progress']);
  });

  test('a healed server that does not catch up with what was committed', () => {
    const run = told().append(0, 1, 1).append(1, 1, 1).commit(0, 1, 1, true);
    heal(run)
      .wait(11 * second)
      .end();
    expect(message(run)).toContain('n1 did not catch up: entry 1 was committed by then');
    const well = told().append(0, 1, 1).append(1, 1, 1).commit(0, 1, 1, true);
    heal(well)
      .commit(1, 1, 1)
      .wait(11 * second)
      .end();
    expect(well.findings).toEqual([]);
  });

  test('nothing is asked of a server that has lost term and vote to damage, and of no other that stopped', () => {
    const damaged = { kind: 'damaged', file: 'log/1', from: 0, to: 80 } as const;
    const behind = (code: string, hit: number): ObservedRun =>
      heal(
        told()
          .append(0, 1, 1)
          .append(1, 1, 1)
          .commit(0, 1, 1, true)
          .see(hit, damaged)
          .see(1, { kind: 'stopped', code, message: 'why' }),
      )
        .wait(11 * second)
        .end();
    expect(behind('IDENTITY_LOST', 1).findings).toEqual([]);
    expect(message(behind('IDENTITY_LOST', 0))).toContain('n1 did not catch up');
    expect(message(behind('LOG_CORRUPT', 1))).toContain('n1 did not catch up');
  });
});
