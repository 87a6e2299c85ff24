/** The model of registers that keep concurrent values, and the search, against a checker that is slow and obviously right: the same histories, the same verdicts. */
import { describe, expect, test } from 'vitest';
import { isLinearizableByBruteForce } from '../brute-force.test-support.ts';
import { checkLinearizable } from '../check.ts';
import type { AnyModel } from '../model.ts';
import { Draws } from '../random-history.test-support.ts';
import type { Techniques } from '../search.ts';
import { search } from '../search.ts';
import { isWitnessed } from '../witness.ts';
import { anyRegister } from './any-register.ts';
import type { Fault, SiblingHistory } from './siblings.test-support.ts';
import { concreteSiblings, flipped, siblingHistory, strategies } from './siblings.test-support.ts';
import { siblings } from './siblings.ts';

const model = siblings(strategies) as unknown as AnyModel;
/** The same among registers of the other kind. */
const among = anyRegister(strategies) as unknown as AnyModel;
const faults: readonly Fault[] = ['dots', 'blind', 'stubborn', 'forgetful'];

const isRight = (history: SiblingHistory): boolean => isLinearizableByBruteForce(concreteSiblings, history);

/** A small history, maybe of a register that does something wrong, maybe with one answer changed. */
function draw(seed: number, wrongPercent: number, faultPercent = 0, places = false): SiblingHistory {
  const draws = new Draws(seed);
  const fault = draws.chance(faultPercent) ? faults[draws.below(faults.length)] : undefined;
  const infoPercent = [0, 20, 20, 50][draws.below(4)]!;
  const history = siblingHistory(draws, {
    operations: 4 + draws.below(5),
    concurrency: 4,
    infoPercent,
    fault,
    places,
  });
  return draws.chance(wrongPercent) ? flipped(draws, history) : history;
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

describe('the search of a register that keeps concurrent values', () => {
  test('agrees with brute force on 2,000 small histories, with each of its techniques off in turn', async ({
    annotate,
  }) => {
    let wrong = 0;
    let withInfo = 0;
    let concurrent = 0;
    const histories = 2_000;
    for (let seed = 1; seed <= histories; seed += 1) {
      const history = draw(seed, 30, 40);
      const right = isRight(history);
      if (!right) wrong += 1;
      if (history.some((o) => o.outcome === 'info')) withInfo += 1;
      if (history.some((o) => (o.value?.siblings?.length ?? 0) > 1)) concurrent += 1;
      for (const without of withoutOne) {
        const { verdict } = search(model, history, 1_000_000, without);
        if ((verdict === 'ok') !== right) {
          expect.fail(
            `seed ${seed}, without ${JSON.stringify(without)}: ${verdict}\n${history.map((o) => JSON.stringify(o)).join('\n')}`,
          );
        }
      }
      expect(search(among, history, 1_000_000).verdict === 'ok', `seed ${seed}, among others`).toBe(right);
    }
    await annotate(
      `of ${histories} histories ${wrong} wrong, ${withInfo} with unknown results, ${concurrent} with values side by side`,
    );
    expect(wrong / histories).toBeGreaterThan(0.3);
    expect(wrong / histories).toBeLessThan(0.7);
    expect(withInfo / histories).toBeGreaterThan(0.2);
    expect(concurrent / histories).toBeGreaterThan(0.1);
  });

  test('agrees with brute force on 1,000 right histories with one answer changed, at least 30 % of them refused', async ({
    annotate,
  }) => {
    let refused = 0;
    for (let seed = 10_001; seed <= 11_000; seed += 1) {
      const history = draw(seed, 100);
      const { verdict } = search(model, history, 1_000_000);
      expect(verdict === 'ok', `seed ${seed}`).toBe(isRight(history));
      if (verdict === 'violation') refused += 1;
    }
    await annotate(`of 1,000 histories with one answer changed ${refused} refused`);
    expect(refused).toBeGreaterThan(300);
  });

  test('finds 1,000 histories of a register that works right, and each of the mistakes in some of 300', () => {
    for (let seed = 20_001; seed <= 21_000; seed += 1) {
      expect(search(model, draw(seed, 0), 1_000_000).verdict, `seed ${seed}`).toBe('ok');
    }
    for (const fault of faults) {
      let refused = 0;
      for (let seed = 1; seed <= 300; seed += 1) {
        const shape = { operations: 8, concurrency: 4, infoPercent: 5, fault };
        if (search(model, siblingHistory(new Draws(seed), shape), 1_000_000).verdict === 'violation')
          refused += 1;
      }
      expect(refused, fault).toBeGreaterThan(10);
    }
  });

  test('shows a wrong history by a part of it that is wrong by itself: 200 of them', () => {
    let found = 0;
    for (let seed = 50_001; found < 200; seed += 1) {
      const history = draw(seed, 80, 50);
      const result = checkLinearizable(model, history);
      if (result.verdict !== 'violation') continue;
      found += 1;
      expect(result.history).toContain(result.operation);
      expect(checkLinearizable(model, result.history).verdict, `seed ${seed}`).toBe('violation');
    }
  });
});

describe('the places of a register that keeps concurrent values', () => {
  test('bear witness for every history of 300, and in 500 with one answer changed for none that brute force refuses', () => {
    for (let seed = 30_001; seed <= 30_300; seed += 1) {
      const shape = { operations: 30, concurrency: 6, infoPercent: 5, places: true };
      const history = siblingHistory(new Draws(seed), shape);
      expect(isWitnessed(model, history), `seed ${seed}`).toBe(true);
    }
    let wrong = 0;
    for (let seed = 40_001; seed <= 40_500; seed += 1) {
      const history = draw(seed, 100, 0, true);
      const right = isRight(history);
      if (!right) wrong += 1;
      expect(checkLinearizable(model, history, { searchAnyway: true }).verdict === 'ok', `seed ${seed}`).toBe(
        right,
      );
    }
    expect(wrong).toBeGreaterThan(150);
  });
});
