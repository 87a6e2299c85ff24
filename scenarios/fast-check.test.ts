import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plant } from './bugs/bug.ts';
import { voteNotPersisted } from './bugs/vote-not-persisted.ts';
import crashDuringFsync from './catalogue/crash-during-fsync.ts';
import { holds, planArbitrary, sizeOf } from './fast-check.ts';

describe('plans as arbitrary values', () => {
  test('a scenario that holds, holds for the plans that fast-check draws', () => {
    fc.assert(
      fc.property(planArbitrary(crashDuringFsync), (run) => holds(crashDuringFsync, run)),
      { numRuns: 3 },
    );
  });

  test('the same seed of fast-check draws the same plans', () => {
    const draw = (): unknown => fc.sample(planArbitrary(crashDuringFsync), { seed: 7, numRuns: 3 });
    expect(draw()).toEqual(draw());
  });

  test('a failing plan is shrunk to a small one that still fails, and told in a line', () => {
    const planted = plant(crashDuringFsync, voteNotPersisted);
    const details = fc.check(
      fc.property(planArbitrary(planted), (run) => holds(planted, run)),
      { seed: 1, numRuns: 20, endOnFailure: false },
    );
    expect(details.failed).toBe(true);
    const [run] = details.counterexample!;
    const { episodes, operations } = sizeOf(run.plan);
    const first = sizeOf(planted.plan(run.seed));
    expect(details.numShrinks).toBeGreaterThan(3);
    expect(episodes).toBeLessThan(first.episodes / 2);
    expect(operations).toBeLessThan(first.operations / 2);
    expect(() => holds(planted, run)).toThrow(/^(vote-once|election-safety|monotonic): /);
    expect(fc.stringify(run)).toMatch(/^crash-during-fsync, seed \d+: \d servers, .* of virtual time$/);
  });
});
