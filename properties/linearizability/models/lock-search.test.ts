/** The lock's model and the search against a checker that is slow and obviously right: the same random histories, the same verdicts. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../history.ts';
import { isLinearizableByBruteForce } from '../brute-force.test-support.ts';
import { checkLinearizable } from '../check.ts';
import { componentsOf } from '../components.ts';
import type { AnyModel } from '../model.ts';
import { Draws } from '../random-history.test-support.ts';
import type { Techniques } from '../search.ts';
import { search } from '../search.ts';
import { isWitnessed } from '../witness.ts';
import { lock } from './lock.ts';
import type { Answer, Asked, Fault } from './lock.test-support.ts';
import { concreteLock, flipped, lockHistory } from './lock.test-support.ts';

type History = readonly Operation<Asked, Answer>[];

const model = lock as unknown as AnyModel;

function isRight(history: History): boolean {
  const told = history.map((o) => Math.max(o.value?.token ?? 0, o.op.token ?? 0, o.op.guard?.token ?? 0));
  const tokenMax = Math.max(0, ...told) + history.filter((o) => o.outcome === 'info').length + 1;
  return isLinearizableByBruteForce(concreteLock(history, tokenMax), history);
}

const faults: readonly Fault[] = ['unfair', 'early', 'barging', 'tokens'];

/** A small history, maybe of a lock that does something wrong, maybe with one answer changed. */
function draw(seed: number, wrongPercent: number, faultPercent = 0): History {
  const draws = new Draws(seed);
  const fault = draws.chance(faultPercent) ? faults[draws.below(faults.length)] : undefined;
  const infoPercent = [0, 20, 20, 50][draws.below(4)]!;
  const history = lockHistory(draws, {
    operations: 4 + draws.below(5),
    concurrency: 4,
    infoPercent,
    // Leases last 3 to 8 of them, sessions 30 seconds.
    tickUs: draws.chance(70) ? 1_000_000 : 5_000_000,
    fault,
  });
  return draws.chance(wrongPercent) ? flipped(draws, history) : history;
}

/** The verdict of the search; a history without an operation on the lock is right. */
function searched(history: History, without: Partial<Techniques> = {}): string {
  const [component] = componentsOf(model, model.prepare!(history));
  return component === undefined ? 'ok' : search(model, component.operations, 1_000_000, without).verdict;
}

/** One operation: asked in a session, from a reading to another, of a clock that goes up every 5 seconds; its place. */
type Step = readonly [
  session: number,
  op: Asked,
  answer: Answer | undefined,
  from: number,
  to: number,
  place?: number,
];

function historyOf(steps: readonly Step[]): History {
  const tickUs = 5_000_000;
  return steps.map(([session, op, value, from, to, place = 0], id) => ({
    ...{ id, process: session, op, outcome: value === undefined ? 'info' : 'ok', value, place, session },
    ...{ invokedAt: from, completedAt: to, invokedUs: from * tickUs, completedUs: to * tickUs },
  }));
}

const withoutOne: readonly Partial<Techniques>[] = [
  {},
  { absorption: false },
  { rank: false },
  { symmetry: false },
  { hindsight: false },
  { goals: false },
  { dominance: false },
];

describe('the search of a lock', () => {
  test('agrees with brute force on 2,000 small histories, with each of its techniques off in turn', async ({
    annotate,
  }) => {
    let wrong = 0;
    let withInfo = 0;
    let queued = 0;
    const histories = 2_000;
    for (let seed = 1; seed <= histories; seed += 1) {
      const history = draw(seed, 60, 50);
      const right = isRight(history);
      if (!right) wrong += 1;
      if (history.some((o) => o.outcome === 'info')) withInfo += 1;
      if (history.some((o) => o.op.phase === 'enqueue')) queued += 1;
      for (const without of withoutOne) {
        const verdict = searched(history, without);
        if ((verdict === 'ok') !== right) {
          expect.fail(
            `seed ${seed}, without ${JSON.stringify(without)}: ${verdict}\n${history.map((o) => JSON.stringify(o)).join('\n')}`,
          );
        }
      }
    }
    await annotate(
      `of ${histories} histories ${wrong} wrong, ${withInfo} with unknown results, ${queued} with waiters`,
    );
    expect(wrong / histories).toBeGreaterThan(0.3);
    expect(wrong / histories).toBeLessThan(0.7);
    expect(withInfo / histories).toBeGreaterThan(0.2);
    expect(queued / histories).toBeGreaterThan(0.2);
  });

  test('does not take the token of one unheard grant for that of another: 12,000 random histories found this one', () => {
    const second = 1_000_000;
    const acquire = {
      f: 'acquire',
      lock: 'L',
      holder: 'h0',
      waitUs: 60 * second,
      ttlUs: 15 * second,
    } as const;
    const guarded = { f: 'put', guard: { lock: 'L', token: 4 } } as const;
    const release = { f: 'release', lock: 'L', token: 4, holder: 'h0' } as const;
    const steps: readonly Step[] = [
      [3, { ...acquire, phase: 'enqueue', of: 1 }, { queued: true }, 3, 7],
      [3, { ...acquire, phase: 'grant', of: 1 }, undefined, 3, Infinity],
      [2, { ...acquire, holder: 'h', waitUs: 0, ttlUs: 25 * second }, undefined, 4, Infinity],
      [3, { f: 'put', guard: { lock: 'L', token: 1 } }, { error: 'STALE_TOKEN' }, 8, 14],
      [5, guarded, { version: 6 }, 12, 17],
      [3, release, { released: true, count: 0 }, 13, 24],
      [3, { ...guarded }, { version: 8 }, 19, 21],
    ];
    const history = historyOf(steps);
    expect(isRight(history)).toBe(true);
    for (const without of withoutOne) expect(searched(history, without), JSON.stringify(without)).toBe('ok');
  });

  test('does not take a holding whose token is known for one whose token may be any: 68,000 random histories found this one', () => {
    const acquire = { f: 'acquire', lock: 'L', holder: 'h2', waitUs: 60_000_000, ttlUs: 30_000_000 } as const;
    const waiting = { ...acquire, ttlUs: 15_000_000 };
    const history = historyOf([
      [2, acquire, { token: 1, ttlUs: 30_000_000, count: 1 }, 2, 4],
      [1, { ...acquire, holder: 'h' }, undefined, 5, Infinity],
      [2, { ...acquire, holder: 'h', ttlUs: 25_000_000 }, undefined, 6, Infinity],
      [2, { ...acquire, ttlUs: 25_000_000 }, { token: 2, ttlUs: 30_000_000, count: 2 }, 7, 17],
      [2, { ...waiting, phase: 'enqueue', of: 5 }, { queued: true }, 10, 15],
      [2, { ...waiting, phase: 'grant', of: 5 }, undefined, 10, Infinity],
      [1, { f: 'release', lock: 'L', token: 4, holder: 'h' }, undefined, 14, Infinity],
    ]);
    expect(isRight(history)).toBe(true);
    for (const without of withoutOne) expect(searched(history, without), JSON.stringify(without)).toBe('ok');
  });

  test('agrees with brute force on 1,000 right histories with one answer changed, at least 30 % of them refused', async ({
    annotate,
  }) => {
    let refused = 0;
    for (let seed = 10_001; seed <= 11_000; seed += 1) {
      const history = draw(seed, 100);
      const verdict = searched(history);
      expect(verdict === 'ok', `seed ${seed}`).toBe(isRight(history));
      if (verdict === 'violation') refused += 1;
    }
    await annotate(`of 1,000 histories with one answer changed ${refused} refused`);
    expect(refused).toBeGreaterThan(300);
  });

  test('finds a lock unfair as brute force does, whether or not tokens tell the order of its queue: 500 histories of one that is', async ({
    annotate,
  }) => {
    let unfair = 0;
    for (let seed = 60_001; seed <= 60_500; seed += 1) {
      const shape = { operations: 10, concurrency: 6, infoPercent: 3, tickUs: 1_000_000, patient: true };
      const history = lockHistory(new Draws(seed), { ...shape, fault: 'unfair' });
      const right = isRight(history);
      if (!right) unfair += 1;
      for (const hindsight of [true, false]) {
        expect(searched(history, { hindsight }) === 'ok', `seed ${seed}`).toBe(right);
      }
    }
    await annotate(`of 500 histories of an unfair lock ${unfair} refused`);
    expect(unfair).toBeGreaterThan(20);
  });

  test('shows a wrong history by a part of it that is wrong by itself: 200 of them', () => {
    let found = 0;
    let shown = 0;
    let from = 0;
    for (let seed = 50_001; found < 200; seed += 1) {
      const history = draw(seed, 80, 50);
      const result = checkLinearizable(model, history);
      if (result.verdict !== 'violation') continue;
      found += 1;
      shown += result.history.length;
      from += history.length;
      expect(result.history).toContain(result.operation);
      expect(checkLinearizable(model, result.history).verdict, `seed ${seed}`).toBe('violation');
    }
    expect(shown / from).toBeLessThan(0.7);
  });

  test('finds 1,000 histories of a lock that works right', () => {
    for (let seed = 20_001; seed <= 21_000; seed += 1) {
      expect(searched(draw(seed, 0)), `seed ${seed}`).toBe('ok');
    }
  });
});

describe('the places of a lock that works', () => {
  test('bear witness for every history of 300 in which all was heard, releases and grants of one entry included', () => {
    let queued = 0;
    for (let seed = 30_001; seed <= 30_300; seed += 1) {
      const shape = { operations: 30, concurrency: 6, infoPercent: 0, tickUs: 1_000_000, places: true };
      const heard = lockHistory(new Draws(seed), shape).filter((o) => o.outcome === 'ok');
      const [component] = componentsOf(model, model.prepare!(heard));
      expect(isWitnessed(model, component!.operations), `seed ${seed}`).toBe(true);
      if (heard.some((o) => o.op.phase === 'grant')) queued += 1;
    }
    expect(queued).toBeGreaterThan(200);
  });

  test('bear witness where a token is smaller than one that may have been given before it: both may be the case', () => {
    const acquire = { f: 'acquire', lock: 'L', waitUs: 60_000_000 } as const;
    const history = historyOf([
      // Whose session it was, nobody knows: it may have been the one that is closed, and then nothing says what token came of it.
      [0, { ...acquire, holder: 'h2' }, undefined, 3, Infinity, 1],
      [2, { ...acquire, holder: 'h2', ttlUs: 7_000_000 }, { token: 1, ttlUs: 7_000_000, count: 1 }, 5, 13, 3],
      [2, { f: 'close' }, {}, 6, 11, 2],
    ]);
    const [component] = componentsOf(model, model.prepare!(history));
    expect([isRight(history), isWitnessed(model, component!.operations)]).toEqual([true, true]);
  });

  test('bear witness or not, no history of 500 with one answer changed passes by them that brute force refuses', () => {
    let wrong = 0;
    for (let seed = 40_001; seed <= 40_500; seed += 1) {
      const draws = new Draws(seed);
      const shape = { operations: 6, concurrency: 4, infoPercent: 10, tickUs: 1_000_000, places: true };
      const history = flipped(draws, lockHistory(draws, shape));
      const right = isRight(history);
      if (!right) wrong += 1;
      expect(checkLinearizable(model, history, { searchAnyway: true }).verdict === 'ok', `seed ${seed}`).toBe(
        right,
      );
    }
    expect(wrong).toBeGreaterThan(150);
  });
});
