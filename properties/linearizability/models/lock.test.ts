import { describe, expect, test } from 'vitest';
import type { Operation } from '../../history.ts';
import { checkLinearizable } from '../check.ts';
import type { AnyModel } from '../model.ts';
import { lock } from './lock.ts';

const second = 1_000_000;

/** One operation: asked in a session, from a second to another (null: never answered). */
type Step = readonly [session: number, op: object, answer: object, from: number, to: number | null];

function historyOf(steps: readonly Step[]): Operation[] {
  return steps.map(([session, op, value, from, to], id) => ({
    id,
    process: id,
    op,
    invokedAt: from,
    completedAt: to ?? Infinity,
    outcome: to === null ? 'info' : 'ok',
    value: to === null ? undefined : value,
    place: 0,
    session,
    invokedUs: from * second,
    completedUs: to === null ? Infinity : to * second,
  }));
}

function judge(steps: readonly Step[]) {
  return checkLinearizable(lock as unknown as AnyModel, historyOf(steps));
}

const acquire = { f: 'acquire', lock: 'L', holder: 'h', waitUs: 60 * second };
const tryAcquire = { ...acquire, waitUs: 0 };
/** The two halves of the acquire number `of`. */
const enqueue = (of: number) => ({ ...acquire, phase: 'enqueue', of });
const grant = (of: number) => ({ ...acquire, phase: 'grant', of });
const release = (token: number) => ({ f: 'release', lock: 'L', holder: 'h', token });
const renew = (token: number) => ({ f: 'renew', lock: 'L', holder: 'h', token, roundTripUs: 1_000 });
const guarded = (token: number) => ({ f: 'put', key: 'k', value: 1, guard: { lock: 'L', token } });
const close = { f: 'close' };

const granted = (token: number, count = 1) => ({ token, ttlUs: 10 * second, count });
const queued = { queued: true };
const released = { released: true, count: 0 };
const renewed = { ttlUs: 10 * second, nextTtlUs: 10 * second };
const busy = { busy: true };
const stale = { error: 'STALE_TOKEN' };

describe('a lock', () => {
  test('goes from hand to hand: released by one, granted to another with a greater token', () => {
    expect(
      judge([
        [1, acquire, granted(5), 1, 2],
        [1, guarded(5), { version: 6 }, 2.1, 2.2],
        [1, release(5), released, 3, 4],
        [2, acquire, granted(9), 5, 6],
      ]).verdict,
    ).toBe('ok');
  });

  test('has no two owners at once: the second grant needs a release or a lapse in between', () => {
    const result = judge([
      [1, acquire, granted(5), 1, 2],
      [2, acquire, granted(7), 3, 4],
    ]);
    expect(result).toMatchObject({
      verdict: 'violation',
      key: 'L',
      possible: ['held by h in session 1 (token 5, 1×, not to lapse before 11.000 s)'],
    });
    expect(result).toHaveProperty(
      'message',
      expect.stringContaining('acquire L as h in session 2 → token 7, held 1× by process 1'),
    );
  });

  test('lapses when its lease may have run out, and not before', () => {
    const grantedAgainAt = (from: number, to: number) =>
      judge([
        [1, acquire, granted(5), 1, 2],
        [2, acquire, granted(7), from, to],
      ]).verdict;
    expect(grantedAgainAt(10, 10.9)).toBe('violation');
    expect(grantedAgainAt(10, 11)).toBe('ok');
  });

  test('lapses later where a renewal was acknowledged, and may lapse earlier where an unheard one asked for less', () => {
    const afterRenewal = (renewal: Step, from: number, to: number) =>
      judge([[1, acquire, granted(5), 1, 2], renewal, [2, acquire, granted(7), from, to]]).verdict;
    const heard: Step = [1, renew(5), renewed, 6, 7];
    expect(afterRenewal(heard, 14, 15.9)).toBe('violation');
    expect(afterRenewal(heard, 14, 16)).toBe('ok');
    // Nobody was told what the next one is to last: two seconds is the least.
    const unheard: Step = [1, renew(5), {}, 6, null];
    expect(afterRenewal(unheard, 7, 7.9)).toBe('violation');
    expect(afterRenewal(unheard, 7, 8)).toBe('ok');
    // Maybe it was not applied; if it was, it made nothing longer that anybody may rely on.
    const lateUnheard: Step = [1, renew(5), {}, 10.5, null];
    expect(afterRenewal(lateUnheard, 10.6, 11)).toBe('ok');
  });

  test('lapses after an unheard renewal no earlier than the time that its client had named, or had been told', () => {
    const named = { ...acquire, ttlUs: 10 * second };
    const nextOf4 = { ttlUs: 10 * second, nextTtlUs: 4 * second };
    const afterNamed = (to: number) =>
      judge([
        [1, named, granted(5), 1, 1.5],
        [1, renew(5), {}, 2, null],
        [2, acquire, granted(7), 7, to],
      ]).verdict;
    expect([afterNamed(10.9), afterNamed(11)]).toEqual(['violation', 'ok']);
    const afterTold = (to: number) =>
      judge([
        [1, acquire, granted(5), 1, 1.5],
        [1, renew(5), nextOf4, 2, 3],
        [1, renew(5), {}, 4, null],
        [2, acquire, granted(7), 7, to],
      ]).verdict;
    expect([afterTold(7.9), afterTold(8)]).toEqual(['violation', 'ok']);
  });

  test('has no token that was stale before, even if nobody heard which one it has', () => {
    const then = (answer: object) =>
      judge([
        [1, acquire, {}, 1, null],
        [2, tryAcquire, busy, 2, 3],
        [2, guarded(5), stale, 4, 5],
        [2, guarded(5), answer, 6, 7],
      ]).verdict;
    expect([then(stale), then({ version: 6 })]).toEqual(['ok', 'violation']);
  });

  test('lapses from when a waiter was granted it, not from when the waiter asked', () => {
    const afterQueue = (from: number, to: number) =>
      judge([
        [1, acquire, granted(5), 1, 2],
        [2, enqueue(1), queued, 3, 4],
        [2, grant(1), granted(9), 3, 10],
        [1, release(5), released, 9, 9.5],
        [3, acquire, granted(12), from, to],
      ]).verdict;
    expect(afterQueue(17, 18.9)).toBe('violation');
    expect(afterQueue(17, 19)).toBe('ok');
  });

  test('gives tokens that rise', () => {
    const next = (token: number) =>
      judge([
        [1, acquire, granted(5), 1, 2],
        [1, release(5), released, 3, 4],
        [2, acquire, granted(token), 5, 6],
      ]).verdict;
    expect([next(4), next(5), next(6)]).toEqual(['violation', 'violation', 'ok']);
  });

  test('keeps a token of its own for a grant that nobody heard of', () => {
    const next = (token: number) =>
      judge([
        [1, acquire, granted(5), 1, 2],
        [1, release(5), released, 3, 4],
        [2, acquire, {}, 5, null],
        [3, tryAcquire, busy, 6, 7],
        [3, acquire, granted(token), 15, 16],
      ]).verdict;
    expect([next(6), next(7)]).toEqual(['violation', 'ok']);
  });

  test('lets no operation pass under a stale token, and none under a token that never was', () => {
    const under = (token: number, answer: object) =>
      judge([
        [1, acquire, granted(5), 1, 2],
        [1, release(5), released, 3, 4],
        [2, acquire, granted(9), 5, 6],
        [1, guarded(token), answer, 7, 8],
      ]).verdict;
    const passed = { version: 11 };
    expect([under(5, passed), under(7, passed), under(9, passed)]).toEqual(['violation', 'violation', 'ok']);
    expect([under(5, stale), under(9, stale)]).toEqual(['ok', 'violation']);
  });

  test('takes a stale release or renewal for what it is', () => {
    const after = (op: object, answer: object) =>
      judge([
        [1, acquire, granted(5), 1, 2],
        [2, acquire, granted(9), 11, 12],
        [1, op, answer, 13, 14],
      ]).verdict;
    expect([after(release(5), released), after(release(5), stale)]).toEqual(['violation', 'ok']);
    expect([after(renew(5), renewed), after(renew(5), stale)]).toEqual(['violation', 'ok']);
    expect([after(release(9), { error: 'NOT_OWNER' }), after(release(9), released)]).toEqual([
      'ok',
      'violation',
    ]);
  });

  test('does not take a live holding for a stale one', () => {
    const refusedAt = (to: number) =>
      judge([
        [1, acquire, granted(5), 1, 2],
        [1, renew(5), stale, 3, to],
      ]).verdict;
    expect([refusedAt(10.9), refusedAt(11)]).toEqual(['violation', 'ok']);
  });

  test('counts its owner in and out, under one token', () => {
    const twice = (second: object, first: object) =>
      judge([
        [1, acquire, granted(5), 1, 2],
        [1, acquire, second, 2.1, 2.2],
        [1, release(5), first, 3, 3.1],
        [2, tryAcquire, busy, 4, 5],
        [1, release(5), released, 6, 7],
        [2, acquire, granted(9), 8, 9],
      ]).verdict;
    const once = { released: true, count: 1 };
    expect(twice(granted(5, 2), once)).toBe('ok');
    expect(twice(granted(6, 2), once)).toBe('violation');
    expect(twice(granted(5, 3), once)).toBe('violation');
    expect(twice(granted(5, 2), released)).toBe('violation');
  });

  test('tells holders of one session apart', () => {
    const other = { ...acquire, holder: 'another' };
    const outcome = judge([
      [1, acquire, granted(5), 1, 2],
      [1, other, granted(5, 2), 3, 4],
    ]).verdict;
    expect(outcome).toBe('violation');
  });
});

describe('the queue of a lock', () => {
  const two: readonly Step[] = [
    [1, acquire, granted(5), 1, 2],
    [2, enqueue(1), queued, 3, 4],
    [3, enqueue(2), queued, 5, 6],
    [1, release(5), released, 7, 7.5],
  ];

  test('is served in order', () => {
    expect(
      judge([
        ...two,
        [2, grant(1), granted(8), 3, 8],
        [2, release(8), released, 9, 10],
        [3, grant(2), granted(10), 5, 11],
      ]).verdict,
    ).toBe('ok');
  });

  test('is unfair if the second waiter has the lock before the first, when both had heard that they wait', () => {
    expect(
      judge([
        ...two,
        [3, grant(2), granted(8), 5, 8],
        [3, release(8), released, 9, 10],
        [2, grant(1), granted(10), 3, 11],
      ]).verdict,
    ).toBe('violation');
  });

  test('has no order among those who began to wait at the same time', () => {
    expect(
      judge([
        [1, acquire, granted(5), 1, 2],
        [2, enqueue(1), queued, 3, 6],
        [3, enqueue(2), queued, 5, 5.5],
        [1, release(5), released, 7, 7.5],
        [3, grant(2), granted(8), 5, 8],
        [3, release(8), released, 9, 10],
        [2, grant(1), granted(10), 3, 11],
      ]).verdict,
    ).toBe('ok');
  });

  test('is passed over by nobody who comes later', () => {
    const barging = (op: object, from: number) =>
      judge([
        ...two.slice(0, 2),
        [4, op, granted(8), from, 8],
        [1, release(5), released, 7, 7.5],
        [4, release(8), released, 9, 10],
        [2, grant(1), granted(10), 3, 11],
      ]).verdict;
    expect(barging(acquire, 4.5)).toBe('violation');
    expect(barging(tryAcquire, 3.5)).toBe('violation');
    // It may have waited before the other one without having heard of it.
    expect(barging(acquire, 3.5)).toBe('ok');
  });

  test('lets go of a waiter who was cancelled or timed out, and of one of whom nothing more was heard', () => {
    const second: Step = [3, grant(2), granted(8), 5, 9];
    expect(judge([...two, [2, grant(1), { cancelled: true }, 3, 6.5], second]).verdict).toBe('ok');
    expect(judge([...two, [2, grant(1), { timeout: true }, 3, 8.5], second]).verdict).toBe('ok');
    expect(judge([...two, [2, grant(1), {}, 3, null], second]).verdict).toBe('ok');
  });

  test('grants to no waiter who was cancelled', () => {
    const result = judge([
      ...two.slice(0, 2),
      [2, grant(1), { cancelled: true }, 3, 5],
      [1, release(5), released, 7, 7.5],
      [2, tryAcquire, granted(9), 8, 9],
      [3, tryAcquire, busy, 10, 11],
    ]);
    expect(result.verdict).toBe('ok');
    expect(judge([...two.slice(0, 2), [3, grant(7), granted(9), 5, 9]]).verdict).toBe('violation');
  });

  test('forms only where another has the lock', () => {
    expect(judge([[2, enqueue(1), queued, 3, 4]]).verdict).toBe('violation');
    expect(judge([[2, tryAcquire, busy, 3, 4]]).verdict).toBe('violation');
  });
});

describe('what nobody heard of', () => {
  test('an acquire may or may not have happened', () => {
    const unheard: Step = [1, acquire, {}, 1, null];
    expect(judge([unheard, [2, tryAcquire, busy, 2, 3]]).verdict).toBe('ok');
    expect(judge([unheard, [2, tryAcquire, granted(4), 2, 3]]).verdict).toBe('ok');
    expect(judge([unheard, [2, tryAcquire, busy, 2, 3], [2, tryAcquire, granted(4), 4, 10.9]]).verdict).toBe(
      'violation',
    );
    expect(judge([unheard, [2, tryAcquire, busy, 2, 3], [2, tryAcquire, granted(4), 4, 11]]).verdict).toBe(
      'ok',
    );
  });

  test('a release may have freed the lock', () => {
    const unheard: Step = [1, release(5), {}, 3, null];
    const held: Step = [1, acquire, granted(5), 1, 2];
    expect(judge([held, unheard, [2, acquire, granted(7), 4, 5]]).verdict).toBe('ok');
    expect(judge([held, unheard, [1, acquire, granted(5, 2), 4, 5]]).verdict).toBe('ok');
    expect(judge([held, [1, release(4), {}, 3, null], [2, acquire, granted(7), 4, 5]]).verdict).toBe(
      'violation',
    );
  });

  test('an operation of which nobody knows the session may be the owner’s', () => {
    const held: Step = [1, acquire, granted(5), 1, 2];
    expect(judge([held, [0, close, {}, 3, null], [2, acquire, granted(7), 4, 5]]).verdict).toBe('ok');
    expect(judge([held, [0, release(5), {}, 3, null], [2, acquire, granted(7), 4, 5]]).verdict).toBe('ok');
  });
});

describe('the end of a session', () => {
  test('frees what it held, and takes its waiters with it, in every lock', () => {
    const inM = (op: object) => ({ ...op, lock: 'M' });
    const after = (closing: number) =>
      judge([
        [1, acquire, granted(5), 1, 2],
        [1, inM(acquire), granted(6), 1, 2],
        [closing, close, {}, 3, 4],
        [2, acquire, granted(8), 5, 6],
        [2, inM(acquire), granted(9), 5, 6],
      ]).verdict;
    expect(after(1)).toBe('ok');
    expect(after(3)).toBe('violation');
  });
});

describe('a history without times', () => {
  test('may have had leases that lapsed at any moment, and still no token that falls', () => {
    const timeless = (token: number) =>
      checkLinearizable(
        lock as unknown as AnyModel,
        historyOf([
          [1, acquire, granted(5), 1, 2],
          [2, acquire, granted(token), 3, 4],
        ]).map(({ id, process, op, invokedAt, completedAt, outcome, value, place }) => {
          return { id, process, op, invokedAt, completedAt, outcome, value, place };
        }),
      ).verdict;
    expect([timeless(7), timeless(5)]).toEqual(['ok', 'violation']);
  });
});
