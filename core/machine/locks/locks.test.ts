import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bench } from '../bench.test-support.ts';
import type { Operation } from '../commands.ts';
import { leaseFor, withRoundTrip } from './adaptive-lease.ts';

const acquire = (lock: string, waitUs = 0, more: object = {}): Operation =>
  ({ f: 'acquire', lock, holder: 'h', waitUs, ...more }) as Operation;
const release = (lock: string, token: number, holder = 'h'): Operation => ({
  f: 'release',
  lock,
  holder,
  token,
});
const renew = (lock: string, token: number, roundTripUs = 0): Operation =>
  ({
    ...{ f: 'renew', lock, holder: 'h' },
    token,
    roundTripUs,
  }) as Operation;
const tokenOf = (value: unknown): number => (value as { token: number }).token;
const second = 1_000_000;

describe('a lock', () => {
  test('is granted while it is free, under the index of the entry as token and version', () => {
    const bench = new Bench();
    const session = bench.open();
    expect(bench.ask(session, acquire('red'))).toEqual({
      token: 2,
      count: 1,
      ttlUs: 10 * second,
      nextTtlUs: 10 * second,
    });
    expect(bench.armed.get('lease red')).toEqual({ version: 2, ttlUs: 10 * second });
  });

  test('is held by (session, holder): the same one re-enters up to 16 times, another task of the same session waits', () => {
    const bench = new Bench();
    const session = bench.open();
    const token = tokenOf(bench.ask(session, acquire('red')));
    for (let count = 2; count <= 16; count += 1) {
      expect(bench.ask(session, acquire('red'))).toMatchObject({ token, count });
    }
    expect(bench.ask(session, acquire('red'))).toEqual({
      error: 'REENTRY_LIMIT',
      lock: 'red',
      count: 16,
      limit: 16,
    });
    expect(bench.ask(session, acquire('red', second, { holder: 'other' }))).toEqual({ queued: true });
    for (let count = 15; count >= 0; count -= 1) {
      expect(bench.ask(session, release('red', token))).toEqual({ released: true, count });
    }
    expect(bench.late).toMatchObject([{ session, number: 18, value: { queued: true, count: 1 } }]);
  });

  test('answers busy to whom it does not let wait, and leaves nothing of them in the queue', () => {
    const bench = new Bench();
    const [a, b] = [bench.open(), bench.open()];
    const token = tokenOf(bench.ask(a, acquire('red')));
    expect(bench.ask(b, acquire('red'))).toEqual({ busy: true });
    bench.ask(a, release('red', token));
    expect(bench.late).toEqual([]);
    expect(bench.ask(b, acquire('red'))).toMatchObject({ count: 1 });
  });

  test('goes to who has waited longest; the retry of a waiter that was granted is answered with the grant', () => {
    const bench = new Bench();
    const [a, b, c] = [bench.open(), bench.open(), bench.open()];
    const token = tokenOf(bench.ask(a, acquire('red')));
    expect(bench.ask(b, acquire('red', second), 7)).toEqual({ queued: true });
    expect(bench.ask(c, acquire('red', second), 8)).toEqual({ queued: true });
    expect(bench.ask(b, acquire('red', second), 7)).toEqual({ queued: true });
    bench.ask(a, release('red', token));
    const granted = { token: 8, count: 1, ttlUs: 10 * second, nextTtlUs: 10 * second, queued: true };
    expect(bench.late).toEqual([{ session: b, number: 7, value: granted, place: 8 }]);
    expect(bench.ask(b, acquire('red', second), 7)).toEqual(granted);
    bench.ask(b, release('red', 8));
    expect(bench.late[1]).toMatchObject({ session: c, number: 8 });
  });

  test('is neither released nor renewed by name: the token must be that of the holding, and the owner its own', () => {
    const bench = new Bench();
    const [a, b] = [bench.open(), bench.open()];
    const token = tokenOf(bench.ask(a, acquire('red')));
    expect(bench.ask(b, release('red', token))).toEqual({ error: 'NOT_OWNER', lock: 'red', holder: 'h' });
    expect(bench.ask(a, release('red', token, 'x'))).toEqual({
      error: 'NOT_OWNER',
      lock: 'red',
      holder: 'x',
    });
    expect(bench.ask(a, renew('red', 1))).toEqual({
      error: 'STALE_TOKEN',
      lock: 'red',
      token: 1,
      current: token,
    });
    bench.ask(a, release('red', token));
    expect(bench.ask(a, renew('red', token))).toEqual({
      error: 'STALE_TOKEN',
      lock: 'red',
      token,
      current: 0,
    });
    expect(bench.ask(a, release('blue', 1))).toEqual({
      error: 'STALE_TOKEN',
      lock: 'blue',
      token: 1,
      current: 0,
    });
  });

  test('is freed by an expiry that names its version, and not by one from before a renewal', () => {
    const bench = new Bench();
    const session = bench.open();
    const token = tokenOf(bench.ask(session, acquire('red')));
    expect(bench.ask(session, renew('red', token))).toMatchObject({ token });
    bench.expire({ kind: 'lease', id: 'red', version: token });
    expect(bench.ask(session, acquire('red'))).toMatchObject({ token, count: 2 });
    bench.expire({ kind: 'lease', id: 'red', version: bench.armed.get('lease red')!.version });
    expect(bench.ask(session, release('red', token))).toMatchObject({ error: 'STALE_TOKEN', current: 0 });
  });

  test('is freed with its session, closed or expired, and what the session waited for is forgotten', () => {
    const bench = new Bench();
    const [a, b, c] = [bench.open(), bench.open(), bench.open()];
    bench.ask(a, acquire('red'));
    bench.ask(b, acquire('blue'));
    bench.ask(a, acquire('blue', second));
    bench.ask(c, acquire('red', second));
    bench.ask(a, { f: 'close' });
    expect(bench.late).toMatchObject([{ session: c, value: { queued: true } }]);
    bench.expire({ kind: 'session', id: b, version: 5 });
    expect(bench.ask(c, acquire('blue'))).toMatchObject({ count: 1 });
  });
});

describe('an entry that ends several things', () => {
  test('grants nothing to a session that ends in it, and each lock once', () => {
    const bench = new Bench();
    const [a, b, c] = [bench.open(), bench.open(), bench.open()];
    bench.ask(a, acquire('red'));
    bench.ask(b, acquire('red', second));
    bench.ask(c, acquire('red', second));
    bench.observed.splice(0);
    bench.expire(
      { kind: 'lease', id: 'red', version: 4 },
      { kind: 'session', id: a, version: 4 },
      { kind: 'session', id: b, version: 5 },
    );
    expect(bench.kinds()).toEqual([
      'lockWaitEnded',
      'sessionEnded',
      'sessionEnded',
      'lockFreed',
      'lockGranted',
      'answeredLate',
    ]);
    expect(bench.late).toMatchObject([{ session: c, place: 7 }]);
  });

  test('times out a wait before it frees what was waited for: timed out or granted, never both', () => {
    const bench = new Bench();
    const [a, b] = [bench.open(), bench.open()];
    bench.ask(a, acquire('red'));
    bench.ask(b, acquire('red', second));
    bench.expire({ kind: 'lease', id: 'red', version: 3 }, { kind: 'wait', id: 4, version: 4 });
    expect(bench.late).toEqual([{ session: b, number: 1, value: { timeout: true }, place: 5 }]);
    bench.expire({ kind: 'wait', id: 4, version: 4 });
    expect(bench.late).toHaveLength(1);
    expect(bench.ask(b, acquire('red', second), 1)).toEqual({ timeout: true });
  });
});

describe('a waiter', () => {
  test('that is cancelled hears so, and is never granted', () => {
    const bench = new Bench();
    const [a, b] = [bench.open(), bench.open()];
    const token = tokenOf(bench.ask(a, acquire('red')));
    bench.ask(b, acquire('red', second), 1);
    expect(bench.ask(b, { f: 'cancel', number: 1 }, 2)).toEqual({ cancelled: true });
    expect(bench.late).toEqual([{ session: b, number: 1, value: { cancelled: true }, place: 5 }]);
    bench.ask(a, release('red', token));
    expect(bench.late).toHaveLength(1);
  });

  test('cancelled after its grant keeps the lock; cancelled before its request came, the request finds it cancelled', () => {
    const bench = new Bench();
    const a = bench.open();
    const token = tokenOf(bench.ask(a, acquire('red'), 1));
    expect(bench.ask(a, { f: 'cancel', number: 1 }, 2)).toEqual({ cancelled: false });
    expect(bench.ask(a, renew('red', token), 3)).toMatchObject({ token });
    expect(bench.ask(a, { f: 'cancel', number: 4 }, 5)).toEqual({ cancelled: true });
    expect(bench.ask(a, acquire('blue', second), 4)).toEqual({ cancelled: true });
    expect(bench.ask(a, { f: 'cancel', number: 6 }, 6)).toEqual({ error: 'BAD_NUMBER', number: 6 });
  });

  test('queues once', () => {
    const bench = new Bench();
    const [a, b] = [bench.open(), bench.open()];
    bench.ask(a, acquire('red'));
    bench.ask(b, acquire('red', second));
    expect(bench.ask(b, acquire('red', second))).toEqual({
      error: 'ALREADY_QUEUED',
      lock: 'red',
      holder: 'h',
    });
  });
});

describe('a limit that is hit answers with its name and its values, and changes nothing', () => {
  const cases: [string, (bench: Bench, session: number) => unknown, object][] = [
    [
      'a queue of 64',
      (bench, session) => {
        bench.ask(session, acquire('red'));
        for (let i = 0; i < 64; i += 1) bench.ask(session, acquire('red', second, { holder: `w${i}` }));
        return acquire('red', second, { holder: 'one too many' });
      },
      { error: 'QUEUE_FULL', lock: 'red', limit: 64 },
    ],
    [
      '256 held locks',
      (bench) => {
        for (let i = 0; i < 256; i += 1) {
          if (i % 64 === 0) bench.open();
          bench.ask(bench.index - (i % 64), acquire(`l${i}`), (i % 64) + 1);
        }
        return acquire('one too many');
      },
      { error: 'TOO_MANY_LOCKS', limit: 256 },
    ],
    [
      'a lease of 1 s',
      () => acquire('red', 0, { ttlUs: 999_999 }),
      { error: 'LEASE_TTL_OUT_OF_RANGE', ttlUs: 999_999, minUs: second, maxUs: 30 * second },
    ],
    [
      'a lease no longer than the session',
      () => acquire('red', 0, { ttlUs: 30_000_001 }),
      { error: 'LEASE_TTL_OUT_OF_RANGE', ttlUs: 30_000_001, minUs: second, maxUs: 30 * second },
    ],
    [
      'a wait of 10 min',
      () => acquire('red', 600_000_001),
      { error: 'WAIT_OUT_OF_RANGE', waitUs: 600_000_001, maxUs: 600_000_000 },
    ],
    ['a name of 256 bytes', () => acquire('é'.repeat(129)), { error: 'NAME_TOO_LONG', limit: 256 }],
  ];
  test.each(cases)('%s', (_, prepare, refusal) => {
    const bench = new Bench();
    const session = bench.open();
    const op = prepare(bench, session) as Operation;
    const asking = bench.open();
    const locks = bench.observed.filter(({ kind }) => kind.startsWith('lock')).length;
    expect(bench.ask(asking, op)).toEqual(refusal);
    expect(bench.observed.filter(({ kind }) => kind.startsWith('lock'))).toHaveLength(locks);
  });

  test.each([
    ['a negative lease', acquire('red', 0, { ttlUs: -1 })],
    ['a wait that is no number', acquire('red', 'long' as unknown as number)],
    [
      'a guard without a token',
      { f: 'put', key: 'k', value: 1, guard: { lock: 'red' } } as unknown as Operation,
    ],
  ])('%s is no command', (_, op) => {
    const bench = new Bench();
    expect(bench.ask(bench.open(), op)).toEqual({ error: 'BAD_COMMAND' });
  });
});

describe('a guard', () => {
  test('lets a mutation pass under the token that stands, and no other', () => {
    const bench = new Bench();
    const [a, b] = [bench.open(), bench.open()];
    const token = tokenOf(bench.ask(a, acquire('red')));
    const put = (lock: string, guardToken: number): Operation =>
      ({
        ...{ f: 'put', key: 'k', value: guardToken },
        guard: { lock, token: guardToken },
      }) as Operation;
    expect(bench.ask(b, put('red', token))).toEqual({ version: 4 });
    expect(bench.ask(a, put('red', token - 1))).toEqual({
      error: 'STALE_TOKEN',
      lock: 'red',
      token: token - 1,
      current: token,
    });
    bench.ask(a, release('red', token));
    expect(bench.ask(a, put('red', token))).toEqual({ error: 'STALE_TOKEN', lock: 'red', token, current: 0 });
    expect(bench.ask(a, put('never seen', 1))).toEqual({
      error: 'STALE_TOKEN',
      lock: 'never seen',
      token: 1,
      current: 0,
    });
    expect(bench.machine.read({ f: 'get', key: 'k' })).toEqual({ value: token, version: 4 });
    const read = { f: 'get', key: 'k', guard: { lock: 'red', token } };
    expect(bench.machine.read(read)).toEqual({ error: 'STALE_TOKEN', lock: 'red', token, current: 0 });
  });
});

test('a guard of another group’s lock is refused by name: tokens of two groups do not compare', () => {
  const bench = new Bench();
  const session = bench.open();
  const token = tokenOf(bench.ask(session, acquire('red')));
  const put = { f: 'put', key: 'k', value: 1 } as const;
  const wrong = { error: 'WRONG_GROUP', group: 3, asked: 0 };
  expect(bench.ask(session, { ...put, guard: { lock: 'red', token, group: 3 } })).toEqual(wrong);
  expect(bench.machine.read({ f: 'get', key: 'k', guard: { lock: 'red', token, group: 3 } })).toEqual(wrong);
  expect(bench.ask(session, { ...put, guard: { lock: 'red', token, group: 0 } })).toMatchObject({
    version: 4,
  });
});

describe('a lease', () => {
  test('that was not asked for adapts: each renewal fixes the next one’s length, and another holding’s does not change it', () => {
    const bench = new Bench();
    const session = bench.open();
    const red = tokenOf(bench.ask(session, acquire('red')));
    const blue = tokenOf(bench.ask(session, acquire('blue')));
    // 20 · (100 ms + 2 · 100 ms): a first round trip counts twice as its own deviation.
    expect(bench.ask(session, renew('red', red, 100_000))).toEqual({
      token: red,
      ttlUs: 10 * second,
      nextTtlUs: 6 * second,
    });
    expect(bench.ask(session, renew('blue', blue, 100_000))).toMatchObject({ ttlUs: 10 * second });
    expect(bench.ask(session, renew('red', red, 100_000))).toMatchObject({ ttlUs: 6 * second });
  });

  test('that was asked for keeps its length', () => {
    const bench = new Bench();
    const session = bench.open();
    const token = tokenOf(bench.ask(session, acquire('red', 0, { ttlUs: 3 * second })));
    expect(bench.ask(session, renew('red', token, 500_000))).toEqual({
      token,
      ttlUs: 3 * second,
      nextTtlUs: 3 * second,
    });
  });

  test('follows a tenfold round trip up, and shrinks back within 20 renewals', () => {
    const session = 30 * second;
    let trips = withRoundTrip(null, 20_000);
    for (let i = 0; i < 30; i += 1) trips = withRoundTrip(trips, 20_000);
    const usual = leaseFor(trips, session);
    expect(usual).toBe(2 * second);
    for (let i = 0; i < 30; i += 1) trips = withRoundTrip(trips, 200_000);
    const grown = leaseFor(trips, session);
    expect(grown).toBeGreaterThanOrEqual(20 * 200_000);
    for (let i = 0; i < 20; i += 1) trips = withRoundTrip(trips, 20_000);
    expect(leaseFor(trips, session)).toBeLessThan(0.6 * grown);
  });

  test('is neither shorter than 2 s nor longer than 60 s or its session', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(200_000_000), { minLength: 1 }),
        fc.integer({ min: 10 * second, max: 600 * second }),
        (round, ttlUs) => {
          const trips = round.reduce<ReturnType<typeof withRoundTrip> | null>(
            (t, r) => withRoundTrip(t, r),
            null,
          )!;
          const lease = leaseFor(trips, ttlUs);
          expect(Number.isSafeInteger(lease)).toBe(true);
          expect(lease).toBeGreaterThanOrEqual(2 * second);
          expect(lease).toBeLessThanOrEqual(Math.min(60 * second, ttlUs));
        },
      ),
    );
  });
});

describe('two replicas', () => {
  const op = fc.oneof(
    fc.record({
      f: fc.constant('acquire'),
      lock: fc.constantFrom('a', 'b', 'c'),
      holder: fc.constantFrom('x', 'y'),
      waitUs: fc.constantFrom(0, second, 2 * second),
    }),
    fc.record({
      f: fc.constant('release'),
      lock: fc.constantFrom('a', 'b', 'c'),
      holder: fc.constantFrom('x', 'y'),
      token: fc.nat(60),
    }),
    fc.record({
      f: fc.constant('renew'),
      lock: fc.constantFrom('a', 'b', 'c'),
      holder: fc.constantFrom('x', 'y'),
      token: fc.nat(60),
      roundTripUs: fc.nat(second),
    }),
    fc.record({ f: fc.constant('cancel'), number: fc.integer({ min: 1, max: 40 }) }),
    fc.constant({ f: 'close' }),
  );
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ session: fc.integer({ min: 1, max: 4 }), op }) },
    { weight: 1, arbitrary: fc.record({ lease: fc.constantFrom('a', 'b', 'c'), back: fc.nat(2) }) },
    { weight: 1, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 60 }) }) },
    { weight: 1, arbitrary: fc.record({ session: fc.integer({ min: 1, max: 4 }), ends: fc.constant(true) }) },
  );

  test('agree on state, bytes and what they tell, though one starts from a snapshot again and again; a lock has one owner', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { maxLength: 60 }), (steps) => {
        const steady = new Bench();
        const restarted = new Bench();
        for (let i = 0; i < 4; i += 1) {
          steady.open();
          restarted.open();
        }
        for (const [one, restart] of steps) {
          for (const bench of [steady, restarted]) {
            if ('op' in one) bench.ask(one.session, one.op as Operation);
            else if ('lease' in one) {
              const version = bench.armed.get(`lease ${one.lease}`)?.version ?? 1;
              bench.expire({ kind: 'lease', id: one.lease, version: Math.max(1, version - one.back) });
            } else if ('wait' in one) bench.expire({ kind: 'wait', id: one.wait, version: one.wait });
            else {
              const version = bench.armed.get(`session ${one.session}`)?.version ?? 1;
              bench.expire({ kind: 'session', id: one.session, version });
            }
          }
          if (restart) {
            const bytes = steady.machine.snapshot();
            expect(restarted.machine.snapshot()).toEqual(bytes);
            restarted.machine.restore(bytes, restarted.effects);
          }
          expect(restarted.machine.digest()).toBe(steady.machine.digest());
        }
        expect(restarted.observed).toEqual(steady.observed);
        expect(restarted.armed).toEqual(steady.armed);
        const owners = new Map<string, number>();
        for (const seen of steady.observed) {
          if (seen.kind === 'lockGranted') {
            expect(owners.has(seen.lock)).toBe(false);
            owners.set(seen.lock, seen.token);
          } else if (seen.kind === 'lockFreed') {
            expect(owners.get(seen.lock)).toBe(seen.token);
            owners.delete(seen.lock);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
