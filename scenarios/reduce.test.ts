import { describe, expect, test } from 'vitest';
import { plant } from './bugs/bug.ts';
import { voteNotPersisted } from './bugs/vote-not-persisted.ts';
import corruptMinority from './catalogue/corrupt-minority.ts';
import crashDuringFsync from './catalogue/crash-during-fsync.ts';
import { catalogue } from './catalogue/index.ts';
import { reduce, sizeOf } from './reduce.ts';
import { runSeed } from './run-seed.ts';
import type { ScenarioPlan } from './scenario.ts';

/** Takes the first smaller plan that still fails, until none does. */
function shrink(plan: ScenarioPlan, fails: (plan: ScenarioPlan) => boolean, triesMax: number): ScenarioPlan {
  let smallest = plan;
  let tries = 0;
  for (let moved = true; moved;) {
    moved = false;
    for (const one of reduce(smallest)) {
      if ((tries += 1) > triesMax) return smallest;
      if (!fails(one)) continue;
      smallest = one;
      moved = true;
      break;
    }
  }
  return smallest;
}

/** The first of many. */
function* some(plans: Iterable<ScenarioPlan>, count: number): Generator<ScenarioPlan> {
  for (const plan of plans) {
    if ((count -= 1) < 0) return;
    yield plan;
  }
}

describe('reduce', () => {
  test('gives the same plans in the same order, and changes nothing of the one it is given', () => {
    const plan = crashDuringFsync.plan(3);
    const before = JSON.stringify(plan);
    const first = [...some(reduce(plan), 200)].map((one) => JSON.stringify(one));
    expect([...some(reduce(plan), 200)].map((one) => JSON.stringify(one))).toEqual(first);
    expect(JSON.stringify(plan)).toBe(before);
    expect(new Set(first).has(before)).toBe(false);
  });

  test('every step takes something away, and adds nothing', () => {
    const plan = corruptMinority.plan(5);
    const size = sizeOf(plan);
    for (const one of reduce(plan)) {
      const smaller = sizeOf(one);
      for (const key of Object.keys(size) as (keyof typeof size)[]) {
        expect(smaller[key]).toBeLessThanOrEqual(size[key]);
      }
      expect(JSON.stringify(one).length).toBeLessThanOrEqual(JSON.stringify(plan).length + 16);
    }
  });

  test('ends: nothing can be taken away for ever', () => {
    const nothing = shrink(corruptMinority.plan(2), () => true, Infinity);
    expect(sizeOf(nothing)).toMatchObject({ servers: 1, clients: 1, episodes: 0, operations: 0 });
    expect([...reduce(nothing)].filter((one) => JSON.stringify(one) === JSON.stringify(nothing))).toEqual([]);
  });

  test('what it makes of any scenario can be run, and holds', () => {
    for (const { scenario } of catalogue) {
      if (scenario.name === 'standard-chaos') continue;
      const plans = [...reduce(scenario.plan(1))];
      for (const at of [0, 3, plans.length >> 1, plans.length - 4, plans.length - 1]) {
        const result = runSeed(scenario, 1, { plan: plans[at]! });
        expect(result.findings, `${scenario.name}, step ${at}`).toEqual([]);
      }
    }
  });

  test('brings a run that violates down to a small part of itself', () => {
    const planted = plant(crashDuringFsync, voteNotPersisted);
    const fails = (plan: ScenarioPlan): boolean =>
      runSeed(planted, 1, { plan, judgeHistory: false }).findings.some((one) => one.property === 'vote-once');
    const plan = planted.plan(1);
    expect(fails(plan)).toBe(true);
    const smallest = sizeOf(shrink(plan, fails, 400));
    const size = sizeOf(plan);
    expect(smallest.episodes).toBeLessThanOrEqual(3);
    expect(smallest.operations).toBeLessThan(size.operations / 10);
  });
});
