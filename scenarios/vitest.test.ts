import { describe, expect, test } from 'vitest';
import primaryBackup from './examples/primary-backup.ts';
import { expectHolds, seedsToRun } from './vitest.ts';

describe('expectHolds', () => {
  test('rejects at the first seed that violates, and says how to replay it', async () => {
    const failure = expectHolds(primaryBackup, { seeds: 50 });
    await expect(failure).rejects.toThrow(
      /^Property failed after \d+ seeds?: no-lost-write in examples\/primary-backup\n\{ seed: \d+, first: 1, hash: "[0-9a-f]{12}" \}\nOperation/,
    );
    await expect(failure).rejects.toThrow(
      /\nReplay: {2}STORMGLASS_SEED=\d+ npx vitest run scenarios\/vitest\.test\.ts -t "rejects at the first seed/,
    );
  });

  test('runs the one seed that the environment names', () => {
    expect(seedsToRun({ seeds: 200 }, '31')).toEqual({ first: 31, seeds: 1 });
    expect(seedsToRun({ seeds: 200, first: 7 }, undefined)).toEqual({ first: 7, seeds: 200 });
    expect(() => seedsToRun({ seeds: 200 }, 'x')).toThrow('STORMGLASS_SEED takes a whole number');
    expect(() => seedsToRun({ seeds: 0 }, undefined)).toThrow('seeds takes a whole number');
  });
});
