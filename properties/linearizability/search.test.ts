/** The search against a checker that is slow and obviously right. Both look at the same random histories; they must agree. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { concreteRegister, isLinearizableByBruteForce } from './brute-force.test-support.ts';
import type { AnyModel } from './model.ts';
import { register } from './models/register.ts';
import { Draws, mutated, rightHistory } from './random-history.test-support.ts';
import { reduce } from './reduce.ts';
import type { Techniques } from './search.ts';
import { search } from './search.ts';

const model = register as AnyModel;

/** More versions than any explanation of the history could need. */
function versionMaxOf(history: readonly Operation[]): number {
  const told = history.map((o) =>
    Math.max(
      (o.value as { version?: number } | undefined)?.version ?? 0,
      (o.op as { version?: number }).version ?? 0,
    ),
  );
  return Math.max(0, ...told) + history.filter((o) => o.outcome === 'info').length + 1;
}

function isRight(history: readonly Operation[]): boolean {
  return isLinearizableByBruteForce(concreteRegister(versionMaxOf(history)), history);
}

function draw(seed: number, wrongPercent: number): Operation[] {
  const draws = new Draws(seed);
  const infoPercent = draws.chance(70) ? 25 : 0;
  const history = rightHistory(draws, {
    operations: 4 + draws.below(5),
    processes: 4,
    // Values that few share let hindsight conclude something; shared ones let it err.
    values: draws.chance(50) ? 2 : 6,
    infoPercent,
  });
  return draws.chance(wrongPercent) ? mutated(draws, history) : history;
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

describe('the search', () => {
  test('agrees with brute force on 2,400 small histories, with each of its techniques off in turn', () => {
    let wrong = 0;
    let withInfo = 0;
    const histories = 2_400;
    for (let seed = 1; seed <= histories; seed += 1) {
      const history = draw(seed, 75);
      const right = isRight(history);
      if (!right) wrong += 1;
      if (history.some((o) => o.outcome === 'info')) withInfo += 1;
      for (const without of withoutOne) {
        const { verdict } = search(model, history, 1_000_000, without);
        if ((verdict === 'ok') !== right) {
          expect.fail(
            `seed ${seed}, without ${JSON.stringify(without)}: ${verdict}\n${JSON.stringify(history)}`,
          );
        }
      }
    }
    // The comparison is worth something only if neither verdict is rare.
    expect(wrong / histories).toBeGreaterThan(0.3);
    expect(wrong / histories).toBeLessThan(0.7);
    expect(withInfo / histories).toBeGreaterThan(0.2);
  });

  test('agrees with brute force on 1,000 right histories with one answer changed, at least 30 % of them refused', () => {
    let refused = 0;
    for (let seed = 10_001; seed <= 11_000; seed += 1) {
      const history = draw(seed, 100);
      const { verdict } = search(model, history, 1_000_000);
      expect(verdict === 'ok', `seed ${seed}`).toBe(isRight(history));
      if (verdict === 'violation') refused += 1;
    }
    expect(refused).toBeGreaterThan(300);
  });

  test('says undecided, not right or wrong, when its budget is spent', () => {
    const history = rightHistory(new Draws(1), { operations: 50, processes: 4, values: 2, infoPercent: 0 });
    expect(search(model, history, 10).verdict).toBe('undecided');
    expect(search(model, history, 10_000).verdict).toBe('ok');
  });
});

describe('a reduced history', () => {
  test('is no larger, holds the failure, and is refused by brute force too: 500 wrong histories', () => {
    let reducedTo = 0;
    let from = 0;
    let found = 0;
    for (let seed = 20_001; found < 500; seed += 1) {
      const history = draw(seed, 100);
      if (isRight(history)) continue;
      found += 1;
      const reduced = reduce(model, history, 1_000_000)!;
      expect(history).toEqual(expect.arrayContaining([...reduced.operations]));
      expect(reduced.operations).toContain(reduced.failed);
      expect(isRight(reduced.operations), `seed ${seed}`).toBe(false);
      reducedTo += reduced.operations.length;
      from += history.length;
    }
    expect(reducedTo / from).toBeLessThan(0.6);
  });
});
