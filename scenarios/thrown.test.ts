import { describe, expect, test } from 'vitest';
import { property } from '../properties/property.ts';
import { scenario } from './define.ts';
import { runSeed } from './run-seed.ts';
import { whereThrown } from './thrown.ts';

describe('a process that throws', () => {
  test('is told with the place where it threw, and without the frames of the world', () => {
    const throwing = scenario({
      name: 'throws',
      nodes: 1,
      durationMs: 100,
      process: () => ({
        start() {
          throw new Error('out of ideas');
        },
        receive() {},
        wake() {},
      }),
      properties: [property('quiet', { start: () => 0, on: { said: (state) => state } })],
    });
    const [finding] = runSeed(throwing, 1).findings;
    expect(finding?.property).toBe('process-alive');
    expect(finding?.details?.[0]).toMatch(/^at .*thrown\.test\.ts:\d+:\d+/);
    expect(finding?.details?.join('\n')).not.toMatch(/\/sim\/|node:/);
  });

  test('with anything but an Error has no place', () => {
    expect(whereThrown('a word')).toEqual([]);
    expect(whereThrown(undefined)).toEqual([]);
  });
});
