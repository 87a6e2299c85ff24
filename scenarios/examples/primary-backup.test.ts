import { describe, expect, test } from 'vitest';
import { scenario } from '../define.ts';
import { runSeed, verifySeed } from '../run-seed.ts';
import primaryBackup, { noLostWrite } from './primary-backup.ts';

function firstViolation(): number {
  for (let seed = 1; seed <= 50; seed += 1) {
    if (runSeed(primaryBackup, seed).findings.length > 0) return seed;
  }
  return 0;
}

describe('a foreign system under the same weather', () => {
  test('its own property finds the split brain, and the seed finds it again', () => {
    const seed = firstViolation();
    expect(seed).toBeGreaterThan(0);
    const once = runSeed(primaryBackup, seed);
    const again = runSeed(primaryBackup, seed);
    expect(once.findings[0]?.property).toBe('no-lost-write');
    expect(once.findings[0]?.message).toMatch(/^Operation \d+ answered \d+, but \d+ had been acknowledged/);
    expect(once.inForce.some((fault) => fault.fault === 'partition' || fault.fault === 'isolated')).toBe(
      true,
    );
    expect(once.lastEvents.length).toBeGreaterThan(0);
    expect({ ...again, elapsedMs: 0, judgeMs: 0 }).toEqual({ ...once, elapsedMs: 0, judgeMs: 0 });
  });

  test('without partitions it holds', () => {
    const calm = scenario({
      name: 'examples/calm',
      nodes: 3,
      clients: 2,
      durationMs: 5_000,
      process: primaryBackup.system,
      workload: {
        draw: ({ client, clients }) => ({
          mode: 'closed',
          operations: Array.from({ length: 50 }, (_, i) => ({
            waitUs: 5_000,
            op: { write: 1 + client + clients * i },
          })),
        }),
      },
      network: { lossPpm: 0 },
      properties: [noLostWrite],
    });
    const result = runSeed(calm, 1);
    expect(result.findings).toEqual([]);
    expect(result.counts.operationsOk).toBe(100);
  });

  test('two worlds of a seed agree in every event', () => {
    expect(verifySeed(primaryBackup, 3)).toEqual({ same: true });
  });
});
