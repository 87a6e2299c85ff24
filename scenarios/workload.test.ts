import { describe, expect, test } from 'vitest';
import { streamOf } from '../sim/random.ts';
import { lockTurns } from './lock-workload.ts';
import type { PlannedOperation, Workload } from './scenario.ts';
import { acrossGroups, mix } from './workload.ts';

/** What the one client of a run of this length draws. */
function drawn(totalUs: number, thinkUs: number): readonly { readonly waitUs: number }[] {
  const random = streamOf(1, 'plan/clients/0');
  const common = streamOf(1, 'plan/load');
  const context = { client: 0, clients: 1, servers: 3, weatherUs: totalUs, totalUs, random, common };
  return mix({ put: 1, get: 1 }, { mode: 'closed', thinkUs }).draw(context).operations;
}

describe('a mix', () => {
  test('loads a run of minutes to its end', () => {
    const totalUs = 300_000_000;
    const operations = drawn(totalUs, 10_000);
    expect(operations.length).toBeGreaterThan(20_000);
    expect(operations.reduce((sum, { waitUs }) => sum + waitUs, 0)).toBeGreaterThanOrEqual(totalUs);
  });

  test('draws no more than fits into memory, however long the run', () => {
    expect(drawn(86_400_000_000, 1_000)).toHaveLength(1_000_000);
  });
});

describe('a workload across groups', () => {
  const groups = [
    { id: 3, voters: [0, 2] },
    { id: 4, voters: [1, 3, 4] },
  ];

  function spread(workload: Workload, among = groups): readonly PlannedOperation[] {
    const random = streamOf(1, 'plan/clients/0');
    const common = streamOf(1, 'plan/load');
    const context = { client: 0, clients: 1, servers: 5, weatherUs: 1, totalUs: 20_000_000, random, common };
    return acrossGroups(workload).draw({ ...context, groups: among }).operations;
  }

  test('asks each of them, and for a transfer to one of its voters', () => {
    const operations = spread(mix({ put: 1 }, { mode: 'closed', thinkMs: 20, transferEveryMs: 100 }));
    expect(new Set(operations.map(({ group }) => group))).toEqual(new Set([3, 4]));
    const targets = operations.flatMap(({ op, group }) => {
      const { target } = op as { target?: number };
      return target === undefined ? [] : [[group, target]];
    });
    expect(targets.length).toBeGreaterThan(20);
    for (const [group, target] of targets) {
      expect(groups.find(({ id }) => id === group)?.voters).toContain(target);
    }
  });

  test('does under a lock what was planned under it: in the same group', () => {
    const operations = spread(lockTurns());
    const under = operations.filter(({ ifHeld }) => ifHeld !== undefined);
    expect(under.length).toBeGreaterThan(20);
    operations.forEach(({ ifHeld, group }, i) => {
      if (ifHeld !== undefined) expect(group).toBe(operations[i - 1]?.group);
    });
  });

  test('needs groups to ask', () => {
    expect(() => spread(mix({ put: 1 }), [])).toThrow('replicaGroups()');
  });
});
