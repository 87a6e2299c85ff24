import { describe, expect, test } from 'vitest';
import type { Envelope, Outcome } from '../core/observe.ts';
import { HistoryRecorder } from './history.ts';

const at = (us: number, node = 5): Envelope => ({ at: us, node, group: 0, boot: 1, seq: us });
const invoked = (id: number, process = 0) =>
  ({ kind: 'invoked', process, id, op: { f: 'get', key: 1 } }) as const;
const completed = (
  id: number,
  outcome: Outcome,
  more: { place?: number; session?: number; number?: number } = {},
) =>
  ({
    kind: 'completed',
    process: 0,
    id,
    outcome,
    value: 7,
    place: 0,
    session: 0,
    number: 0,
    ...more,
  }) as const;
const applied = (index: number, session: number, number: number, repeated = false) =>
  ({
    kind: 'applied',
    index,
    term: 1,
    entry: 'command',
    digest: 0,
    reply: 0,
    session,
    number,
    repeated,
  }) as const;

describe('a recorded history', () => {
  test('orders operations by when they were observed, even within one microsecond', () => {
    const recorder = new HistoryRecorder();
    recorder.invoked(invoked(1), at(10));
    recorder.completed(completed(1, 'ok', { place: 3 }), at(20));
    recorder.invoked(invoked(2), at(20));
    const [first, second] = recorder.history();
    expect(first).toMatchObject({
      outcome: 'ok',
      value: 7,
      place: 3,
      invokedUs: 10,
      completedUs: 20,
      node: 5,
    });
    expect(first!.completedAt).toBeLessThan(second!.invokedAt);
  });

  test('takes an operation that never completed for unknown', () => {
    const recorder = new HistoryRecorder();
    recorder.invoked(invoked(1), at(10));
    expect(recorder.history()[0]).toMatchObject({ outcome: 'info', completedAt: Infinity, place: 0 });
  });

  test('places an operation of unknown result where its request was first applied, repetitions aside', () => {
    const recorder = new HistoryRecorder();
    recorder.invoked(invoked(1), at(10));
    recorder.invoked(invoked(2, 1), at(10));
    recorder.applied(applied(4, 9, 1));
    recorder.applied(applied(4, 9, 1));
    recorder.applied(applied(2_000, 9, 3, true));
    recorder.applied(applied(5_000, 9, 2));
    recorder.completed(completed(1, 'info', { session: 9, number: 1 }), at(30));
    recorder.completed(completed(2, 'info', { session: 9, number: 3 }), at(30));
    expect(recorder.history().map((o) => [o.place, o.value, o.completedAt])).toEqual([
      [4, undefined, Infinity],
      [0, undefined, Infinity],
    ]);
  });

  test('places an operation that nobody answered by the numbers of its neighbours, one of another client by nothing', () => {
    const recorder = new HistoryRecorder();
    for (const id of [1, 2, 3, 4]) recorder.invoked(invoked(id, id), at(10));
    recorder.invoked(invoked(5, 5), at(10, 6));
    for (const number of [1, 2, 3, 4]) recorder.applied(applied(10 + number, 9, number));
    recorder.completed(completed(2, 'ok', { place: 12, session: 9, number: 2 }), at(30));
    recorder.completed(completed(4, 'ok', { place: 14, session: 9, number: 4 }), at(30));
    expect(recorder.history().map((o) => [o.place, o.outcome])).toEqual([
      [11, 'info'],
      [12, 'ok'],
      [13, 'info'],
      [14, 'ok'],
      [0, 'info'],
    ]);
  });

  test('has two operations for one whose client heard that it waits, both from when it was asked, with ids of their own', () => {
    const recorder = new HistoryRecorder();
    recorder.invoked({ ...invoked(7, 2), op: { f: 'acquire', lock: 'L' } }, at(10));
    recorder.queued({ kind: 'queued', process: 2, id: 7, place: 4 }, at(20));
    recorder.queued({ kind: 'queued', process: 2, id: 7, place: 4 }, at(25));
    recorder.completed(completed(7, 'ok', { place: 9, session: 3, number: 1 }), at(30));
    const [enqueue, grant] = recorder.history();
    expect(enqueue).toMatchObject({
      id: -8,
      op: { f: 'acquire', lock: 'L', phase: 'enqueue', of: 7 },
      outcome: 'ok',
      value: { queued: true },
      place: 4,
      session: 3,
      invokedUs: 10,
      completedUs: 20,
    });
    expect(grant).toMatchObject({
      id: 7,
      op: { f: 'acquire', lock: 'L', phase: 'grant', of: 7 },
      outcome: 'ok',
      value: 7,
      place: 9,
      session: 3,
      invokedUs: 10,
      completedUs: 30,
    });
    expect(enqueue!.invokedAt).toBe(grant!.invokedAt);
    expect(enqueue!.completedAt).toBeLessThan(grant!.completedAt);
  });

  test('places an unheard grant where the wait ended, and nowhere if it did not', () => {
    const recorder = new HistoryRecorder();
    const waits = { kind: 'lockQueued', lock: 'L', session: 9, holder: 'h' } as const;
    const granted = { ...waits, kind: 'lockGranted', token: 8, ttlUs: 1, queuedAt: 5 } as const;
    for (const [id, index] of [
      [1, 5],
      [2, 6],
      [3, 7],
    ] as const) {
      recorder.invoked(invoked(id, id), at(10));
      recorder.applied(applied(index, 9, id));
      recorder.lockQueued({ ...waits, index, number: id });
    }
    recorder.queued({ kind: 'queued', process: 1, id: 1, place: 5 }, at(20));
    recorder.completed(completed(2, 'info', { session: 9, number: 2 }), at(30));
    recorder.completed(completed(3, 'info', { session: 9, number: 3 }), at(30));
    recorder.lockGranted({ ...granted, index: 8, number: 1 });
    recorder.lockGranted({ ...granted, index: 9, number: 2 });
    // Every replica tells, some of them later.
    recorder.lockQueued({ ...waits, index: 5, number: 1 });
    // Nobody told the session of the first; the entry at which it was queued did.
    expect(recorder.history().map((o) => [o.id, o.place, o.session, o.outcome])).toEqual([
      [-2, 5, 9, 'ok'],
      [1, 8, 9, 'info'],
      [2, 9, 9, 'info'],
      [3, 0, 9, 'info'],
    ]);
  });

  test('tells where an arrival took effect that was answered by a later entry', () => {
    const recorder = new HistoryRecorder();
    const arrived = {
      kind: 'barrierArrived',
      barrier: 'b',
      creation: 1,
      generation: 1,
      participant: 'p',
    } as const;
    for (const id of [1, 2]) recorder.invoked(invoked(id), at(10));
    recorder.barrierArrived({ ...arrived, index: 4, session: 3, number: 1 });
    recorder.barrierArrived({ ...arrived, index: 6, session: 3, number: 1 });
    recorder.completed(completed(1, 'ok', { place: 7, session: 3, number: 1 }), at(20));
    recorder.completed(completed(2, 'ok', { place: 7, session: 3, number: 2 }), at(20));
    expect(recorder.history()).toMatchObject([{ place: 7, appliedAt: 4 }, { place: 7 }]);
    expect(recorder.history()[1]).not.toHaveProperty('appliedAt');
  });

  test('tells when sessions had ended, apart from what was asked: the first telling counts', () => {
    const recorder = new HistoryRecorder();
    const ended = { kind: 'sessionEnded', index: 8, session: 3, reason: 'expired' } as const;
    recorder.invoked(invoked(1), at(10));
    recorder.sessionEnded(ended, at(20));
    recorder.sessionEnded(ended, at(30));
    recorder.completed(completed(1, 'ok'), at(40));
    const [asked] = recorder.history();
    const [end, ...more] = recorder.sessionEnds();
    expect([recorder.history().length, more.length]).toEqual([1, 0]);
    expect(end).toMatchObject({
      op: { f: 'sessionEnded', reason: 'expired' },
      session: 3,
      place: 8,
      completedUs: 20,
    });
    expect(end!.completedAt).toBeLessThan(asked!.completedAt);
    expect(end!.id).toBeLessThan(0);
  });

  test('tells no session that was only guessed', () => {
    const recorder = new HistoryRecorder();
    for (const id of [1, 2]) recorder.invoked(invoked(id, id), at(10));
    for (const number of [1, 2]) recorder.applied(applied(10 + number, 9, number));
    recorder.completed(completed(2, 'ok', { place: 12, session: 9, number: 2 }), at(30));
    expect(recorder.history().map((o) => [o.place, o.session])).toEqual([
      [11, 0],
      [12, 9],
    ]);
  });

  test('refuses what no history can be: an id invoked twice, a completion out of the blue', () => {
    const recorder = new HistoryRecorder();
    recorder.invoked(invoked(1), at(10));
    expect(() => recorder.invoked(invoked(1), at(11))).toThrow('operation 1 was invoked twice');
    expect(() => recorder.completed(completed(2, 'ok'), at(11))).toThrow('operation 2 completed');
    const queued = { kind: 'queued', process: 0, place: 1 } as const;
    expect(() => recorder.queued({ ...queued, id: 2 }, at(11))).toThrow('operation 2 was queued, but none');
    recorder.invoked(invoked(-1), at(12));
    expect(() => recorder.queued({ ...queued, id: -1 }, at(12))).toThrow('ids of such are 0 or more');
  });
});
