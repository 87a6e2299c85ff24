import { expect, test } from 'vitest';
import { crashes } from '../sim/nemesis/crashes.ts';
import { lockSafety, siblingSafety } from './catalogue/standards.ts';
import { scenario } from './define.ts';
import { lockTurns } from './lock-workload.ts';
import { replica } from './replica-system.ts';
import { runSeed } from './run-seed.ts';
import type { Scenario, Workload } from './scenario.ts';
import { conflicts } from './sibling-workload.ts';

type Op = { readonly [field: string]: unknown };

function changed(workload: Workload, change: (op: Op) => Op): Workload {
  return {
    draw(asked) {
      const plan = workload.draw(asked);
      return { ...plan, operations: plan.operations.map((one) => ({ ...one, op: change(one.op as Op) })) };
    },
  };
}

function underCrashes(workload: Workload, properties: Scenario['properties']): Scenario {
  return scenario({
    name: 'uncommon-requests',
    summary: 'Requests as few would write them.',
    nodes: 3,
    clients: 3,
    durationMs: 10_000,
    process: replica(),
    workload,
    faults: [crashes({ everyMs: [500, 1_500], downMs: [100, 500], leader: 0.5 })],
    properties: properties.filter(({ id }) => id !== 'progress'),
    reach: [],
  });
}

// A leader applied what it was sent, and whoever restarted what the log held: their states differed.
test('replicas agree on guards whose fields stand in another order or have one more', () => {
  const guarded = underCrashes(
    changed(lockTurns(), (op) => {
      const guard = op['guard'] as { readonly lock: string; readonly token: unknown } | undefined;
      return guard === undefined
        ? op
        : { ...op, guard: { token: guard.token, why: 'mine', lock: guard.lock } };
    }),
    lockSafety,
  );
  for (let seed = 1; seed <= 4; seed += 1) expect(runSeed(guarded, seed).findings).toEqual([]);
});

test('replicas agree on writes whose context is null', () => {
  const nulls = underCrashes(
    changed(conflicts(), (op) =>
      op['f'] === 'putSiblings' && op['context'] === undefined ? { ...op, context: null } : op,
    ),
    siblingSafety,
  );
  for (let seed = 1; seed <= 4; seed += 1) expect(runSeed(nulls, seed).findings).toEqual([]);
});

// Sixty-four a heartbeat ended, the rest was late.
test('two hundred leases that are due at once end at once', () => {
  const each = 25;
  const acquires = (client: number): { waitUs: number; op: Op }[] =>
    Array.from({ length: each }, (_, k) => ({
      waitUs: k === 0 ? 500_000 : 0,
      op: { f: 'acquire', lock: `l${client}-${k}`, holder: 'h', waitUs: 0, ttlUs: 2_000_000 },
    }));
  const many = scenario({
    name: 'leases-due-at-once',
    summary: 'Eight clients let many leases run out together.',
    nodes: 3,
    clients: 8,
    durationMs: 6_000,
    process: replica({ batchEntries: 64, windowAppends: 16, pendingProposals: 128, snapshotEvery: 1_000 }),
    workload: { draw: ({ client }) => ({ mode: 'closed', operations: acquires(client) }) },
    faults: [],
    properties: lockSafety.filter(({ id }) => id !== 'progress'),
    reach: ['lease-expired'],
  });
  for (let seed = 1; seed <= 3; seed += 1) {
    const { findings, reach } = runSeed(many, seed);
    expect(findings).toEqual([]);
    expect(reach['lease-expired']).toBeGreaterThanOrEqual(8 * each);
  }
});
