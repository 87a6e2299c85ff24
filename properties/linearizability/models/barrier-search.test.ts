/** The barriers' model and the search against a checker that is slow and obviously right: the same random histories, the same verdicts. */
import { describe, expect, test } from 'vitest';
import { isLinearizableByBruteForce } from '../brute-force.test-support.ts';
import { checkLinearizable } from '../check.ts';
import { componentsOf } from '../components.ts';
import type { AnyModel } from '../model.ts';
import { Draws } from '../random-history.test-support.ts';
import type { Techniques } from '../search.ts';
import { search } from '../search.ts';
import { isWitnessed } from '../witness.ts';
import { barrier } from './barrier.ts';
import type { BarrierHistory, Fault } from './barrier-steps.test-support.ts';
import { spelledOut } from './barrier-spelled-out.test-support.ts';
import type { BarrierShape } from './barrier.test-support.ts';
import { barrierHistory, flipped } from './barrier.test-support.ts';

const model = barrier as unknown as AnyModel;
const faults: readonly Fault[] = ['twice', 'childFirst', 'ghosts', 'carried', 'early'];
const kinds: readonly BarrierShape['kind'][] = ['full', 'partial', 'timed', 'tree'];

function isRight(history: BarrierHistory): boolean {
  const { operations, relation } = spelledOut(history);
  return isLinearizableByBruteForce(relation, operations);
}

/** A small history, maybe of barriers that do something wrong, maybe with one answer changed. */
function draw(seed: number, wrongPercent: number, faultPercent = 0, places = false): BarrierHistory {
  const draws = new Draws(seed);
  const fault = draws.chance(faultPercent) ? faults[draws.below(faults.length)] : undefined;
  const history = barrierHistory(draws, {
    operations: 4 + draws.below(5),
    concurrency: 4,
    infoPercent: [0, 20, 20, 40][draws.below(4)]!,
    // Deadlines are 8 or 12 of them, sessions 30 seconds.
    tickUs: draws.chance(70) ? 1_000_000 : 4_000_000,
    kind: kinds[draws.below(kinds.length)]!,
    places,
    fault,
  });
  return draws.chance(wrongPercent) ? flipped(draws, history) : history;
}

/** The verdict of the search; a history without an operation on a barrier is right. */
function searched(history: BarrierHistory, without: Partial<Techniques> = {}): string {
  const [component] = componentsOf(model, model.prepare!(history));
  return component === undefined ? 'ok' : search(model, component.operations, 1_000_000, without).verdict;
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

function shown(history: BarrierHistory): string {
  return history.map((o) => JSON.stringify(o)).join('\n');
}

describe('the search of barriers', () => {
  test('agrees with brute force on 2,000 small histories, with each of its techniques off in turn', async ({
    annotate,
  }) => {
    let wrong = 0;
    let withInfo = 0;
    let waited = 0;
    const histories = 2_000;
    for (let seed = 1; seed <= histories; seed += 1) {
      const history = draw(seed, 50, 40, seed % 3 === 0);
      const right = isRight(history);
      if (!right) wrong += 1;
      if (history.some((o) => o.outcome === 'info')) withInfo += 1;
      if (history.some((o) => o.op.phase === 'enqueue')) waited += 1;
      for (const without of withoutOne) {
        const verdict = searched(history, without);
        if ((verdict === 'ok') !== right) {
          expect.fail(`seed ${seed}, without ${JSON.stringify(without)}: ${verdict}\n${shown(history)}`);
        }
      }
    }
    await annotate(
      `of ${histories} histories ${wrong} wrong, ${withInfo} with unknown results, ${waited} with arrivals that waited`,
    );
    expect(wrong / histories).toBeGreaterThan(0.3);
    expect(wrong / histories).toBeLessThan(0.7);
    expect(withInfo / histories).toBeGreaterThan(0.2);
    expect(waited / histories).toBeGreaterThan(0.2);
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

  test('shows a wrong history by a part of it that is wrong by itself: 200 of them', () => {
    let found = 0;
    let told = 0;
    let from = 0;
    for (let seed = 50_001; found < 200; seed += 1) {
      const history = draw(seed, 80, 50);
      const result = checkLinearizable(model, history);
      if (result.verdict !== 'violation') continue;
      found += 1;
      told += result.history.length;
      from += history.length;
      expect(result.history).toContain(result.operation);
      expect(checkLinearizable(model, result.history).verdict, `seed ${seed}`).toBe('violation');
    }
    expect(told / from).toBeLessThan(0.9);
  });

  test('finds 1,000 histories of barriers that work right', () => {
    for (let seed = 20_001; seed <= 21_000; seed += 1) {
      expect(searched(draw(seed, 0)), `seed ${seed}`).toBe('ok');
    }
  });
});

describe('the places of barriers that work', () => {
  test('bear witness for every history of 300, ends of sessions and unheard arrivals included', () => {
    let left = 0;
    for (let seed = 30_001; seed <= 30_300; seed += 1) {
      const kind = kinds[seed % kinds.length]!;
      const shape = { operations: 30, concurrency: 6, infoPercent: 5, tickUs: 1_000_000, places: true, kind };
      const history = barrierHistory(new Draws(seed), shape);
      const [component] = componentsOf(model, model.prepare!(history));
      expect(isWitnessed(model, component!.operations), `seed ${seed}`).toBe(true);
      if (history.some((o) => o.value?.outcome === 'left')) left += 1;
    }
    expect(left).toBeGreaterThan(30);
  });

  test('bear witness or not, no history of 500 with one answer changed passes by them that brute force refuses', () => {
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
