import { describe, expect, test } from 'vitest';
import type { ClientOperation } from './client.ts';
import { HeldLock } from './held-lock.ts';
import type { Outcome } from './observe.ts';

const s = 1_000_000;
const session = 100;

/** A holder of lock `red`, with a client that only notes what it is asked. Drift is bounded by a hundredth. */
class Bench {
  now = 0;
  sessionUntil = 1_000 * s;
  readonly asked: { id: number; op: ClientOperation }[] = [];
  readonly told: unknown[] = [];
  readonly lock: HeldLock;

  constructor(waitUs = 0) {
    this.lock = new HeldLock(
      {
        submit: (_nowUs, op) => this.asked.push({ id: this.asked.length + 1, op }),
        sessionUntilUs: () => this.sessionUntil,
      },
      { lock: 'red', holder: 'h', waitUs, rhoPpm: 10_000 },
      {
        held: (token) => this.told.push(['held', token]),
        ended: (end) => this.told.push(end),
      },
    );
    this.lock.start(this.now);
  }

  /** The operations asked since the last call. */
  private seen = 0;
  take(): { id: number; op: ClientOperation }[] {
    const fresh = this.asked.slice(this.seen);
    this.seen = this.asked.length;
    return fresh;
  }

  answer(id: number, value: unknown, firstUs = 0, outcome: Outcome = 'ok'): void {
    this.lock.completed(this.now, id, outcome, value, session, { firstUs, roundTripUs: 0 });
  }

  /** Granted at once, for 2 s from the sending at 0. */
  static held(): Bench {
    const bench = new Bench();
    bench.answer(1, { token: 3, count: 1, ttlUs: 2 * s, nextTtlUs: 2 * s });
    bench.take();
    return bench;
  }

  /** What is released, by token. */
  releases(): unknown[] {
    return this.take().flatMap(({ op }) => (op.f === 'release' ? [op.token] : []));
  }
}

describe('the lease', () => {
  test('counts from the first sending of the acquire, for less than was granted', () => {
    const bench = new Bench();
    bench.now = 1.5 * s;
    bench.answer(1, { token: 3, count: 1, ttlUs: 2 * s, nextTtlUs: 2 * s }, 0.5 * s);
    expect(bench.lock.mayStart(2.48 * s - 1)).toBe(true);
    expect(bench.lock.mayStart(2.48 * s)).toBe(false);
  });

  test('is no longer than the session is sure to live', () => {
    const bench = Bench.held();
    bench.sessionUntil = 1 * s;
    expect(bench.lock.mayStart(1 * s - 1)).toBe(true);
    expect(bench.lock.mayStart(1 * s)).toBe(false);
  });

  test('is the shorter of the old and the next while a renewal is under way', () => {
    const bench = new Bench();
    bench.answer(1, { token: 3, count: 1, ttlUs: 10 * s, nextTtlUs: 1 * s });
    bench.now = 3.3 * s;
    bench.lock.wake(bench.now);
    expect(bench.lock.mayStart(4.29 * s - 1)).toBe(true);
    expect(bench.lock.mayStart(4.29 * s)).toBe(false);
  });

  test('granted from the queue begins with the first renewal, and work with its answer', () => {
    const bench = new Bench(5 * s);
    bench.now = 4 * s;
    bench.answer(1, { token: 3, count: 1, ttlUs: 2 * s, nextTtlUs: 2 * s, queued: true });
    expect(bench.told).toEqual([]);
    bench.answer(2, { ttlUs: 2 * s, nextTtlUs: 2 * s }, 4 * s);
    expect(bench.told).toEqual([['held', 3]]);
    expect(bench.lock.mayStart(5.98 * s)).toBe(false);
  });

  test('that is never confirmed in time is given back after three answers', () => {
    const bench = new Bench(5 * s);
    bench.answer(1, { token: 3, count: 1, ttlUs: 1 * s, nextTtlUs: 1 * s, queued: true });
    for (let id = 2; id <= 4; id += 1) {
      const sentAt = bench.now;
      bench.now += 3 * s;
      bench.answer(id, { ttlUs: 1 * s, nextTtlUs: 1 * s }, sentAt);
    }
    expect(bench.told).toEqual(['not-granted']);
    expect(bench.releases()).toEqual([3]);
  });

  test('is given back where the asking stops before it is confirmed', () => {
    const bench = new Bench(5 * s);
    bench.answer(1, { token: 3, count: 1, ttlUs: 2 * s, nextTtlUs: 2 * s, queued: true });
    bench.lock.abort(bench.now);
    expect(bench.told).toEqual(['not-granted']);
    expect(bench.releases()).toEqual([3]);
  });
});

describe('the end', () => {
  test('is in order where the lock was given back within its lease', () => {
    const bench = Bench.held();
    bench.lock.release(1 * s);
    const [release] = bench.take();
    bench.answer(release!.id, { released: true, count: 0 });
    expect(bench.told).toEqual([['held', 3], 'released']);
    expect(bench.lock.isOver).toBe(true);
  });

  test('is a loss where the work outlasted the lease, though nobody woke the holder', () => {
    const bench = Bench.held();
    bench.lock.release(60 * s);
    expect(bench.told).toEqual([['held', 3], 'lost']);
  });

  test('is a loss where the release is answered that the token is stale', () => {
    const bench = Bench.held();
    bench.lock.release(1 * s);
    bench.answer(bench.take()[0]!.id, { error: 'STALE_TOKEN', lock: 'red', token: 3, current: 9 });
    expect(bench.told).toEqual([['held', 3], 'lost']);
  });
});

describe('again', () => {
  const again = (bench: Bench): { id: number; granted: boolean[] } => {
    const granted: boolean[] = [];
    bench.lock.again(bench.now, (was) => granted.push(was));
    return { id: bench.take()[0]?.id ?? 0, granted };
  };

  test('never waits in line', () => {
    const bench = Bench.held();
    bench.lock.again(bench.now, () => {});
    expect(bench.take()[0]?.op).toMatchObject({ f: 'acquire', waitUs: 0 });
  });

  test('is granted under the very holding, and is given back before it', () => {
    const bench = Bench.held();
    const { id, granted } = again(bench);
    bench.answer(id, { token: 3, count: 2, ttlUs: 2 * s, nextTtlUs: 2 * s });
    expect(granted).toEqual([true]);
    bench.lock.release(1 * s);
    const [first] = bench.take();
    bench.answer(first!.id, { released: true, count: 1 });
    const [second] = bench.take();
    bench.answer(second!.id, { released: true, count: 0 });
    expect(bench.told.at(-1)).toBe('released');
  });

  test('answered after the lease starts nothing', () => {
    const bench = Bench.held();
    const { id, granted } = again(bench);
    bench.now = 60 * s;
    bench.answer(id, { token: 3, count: 2, ttlUs: 2 * s, nextTtlUs: 2 * s });
    expect(granted).toEqual([false]);
    expect(bench.told.at(-1)).toBe('lost');
  });

  test('is waited for before the lock is given up, and given up with it', () => {
    const bench = Bench.held();
    const { id, granted } = again(bench);
    bench.lock.release(1 * s);
    expect(bench.take()).toEqual([]);
    bench.answer(id, { token: 3, count: 2, ttlUs: 2 * s, nextTtlUs: 2 * s });
    expect(granted).toEqual([false]);
    expect(bench.releases()).toEqual([3]);
  });

  test('granted anew after the lease was lost is released by its own token: nobody knows of that holding', () => {
    const bench = Bench.held();
    const { id, granted } = again(bench);
    bench.now = 3 * s;
    bench.lock.wake(bench.now);
    expect(granted).toEqual([false]);
    expect(bench.releases()).toEqual([3]);
    expect(bench.lock.isOver).toBe(false);
    bench.answer(id, { token: 77, count: 1, ttlUs: 2 * s, nextTtlUs: 2 * s });
    expect(bench.releases()).toEqual([77]);
    expect(bench.lock.isOver).toBe(true);
  });
});
