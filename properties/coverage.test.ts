import { describe, expect, test } from 'vitest';
import { addCoverage, judgeCoverage } from './coverage.ts';

const totals = {
  seeds: 50,
  faults: { crash: 12, partition: 0 },
  reach: { 'snapshot-installed': 0, 'leader-elected': 50 },
};

describe('coverage', () => {
  test('names every enabled fault that never fired and every reach that was never reached', () => {
    expect(judgeCoverage(totals, 50).map((gap) => gap.message)).toEqual([
      'The fault partition is enabled but never fired in 50 seeds.',
      'The reach snapshot-installed was never reached in 50 seeds.',
    ]);
  });

  test("is not judged below the scenario's minimum of seeds", () => {
    expect(judgeCoverage(totals, 51)).toEqual([]);
  });

  test('adds up over seeds and shards', () => {
    const more = { seeds: 1, faults: { partition: 1 }, reach: { 'snapshot-installed': 2 } };
    expect(judgeCoverage(addCoverage(totals, more), 50)).toEqual([]);
    expect(totals.faults.partition).toBe(0);
  });
});
