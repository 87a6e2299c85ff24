import { describe, expect, test } from 'vitest';
import type { Fault } from '../sim/faults.ts';
import { partitions } from '../sim/nemesis/partitions.ts';
import { scenario } from './define.ts';
import type { ScenarioSpec } from './scenario.ts';
import { replica } from './replica-system.ts';
import { mix } from './workload.ts';

const base: ScenarioSpec = {
  name: 'test/base',
  nodes: [3, 5],
  clients: [1, 4],
  durationMs: 5_000,
  process: replica(),
  workload: mix({ put: 1, get: 1 }),
  properties: [],
};

describe('a plan', () => {
  test('is the same for the same seed, differs for others, and is JSON', () => {
    const { plan } = scenario(base);
    expect(plan(3)).toEqual(plan(3));
    expect(plan(3)).not.toEqual(plan(4));
    expect(JSON.parse(JSON.stringify(plan(3)))).toEqual(plan(3));
  });

  test('keeps what one part draws when another part changes', () => {
    const calm = scenario(base).plan(5);
    const stormy = scenario({ ...base, faults: [partitions()] }).plan(5);
    expect(stormy.world.episodes.length).toBeGreaterThan(0);
    expect({ ...stormy.world, episodes: [] }).toEqual({ ...calm.world, episodes: [] });
    expect(stormy.clients).toEqual(calm.clients);
    expect(stormy.configuration).toEqual(calm.configuration);
  });

  test('covers small clusters and large ones, batches of one, open and closed loops, both wires', () => {
    const plans = Array.from({ length: 100 }, (_, i) => scenario(base).plan(i + 1));
    const seen = (of: (plan: (typeof plans)[number]) => unknown): Set<unknown> => new Set(plans.map(of));
    expect(seen((plan) => plan.world.servers)).toEqual(new Set([3, 4, 5]));
    expect(seen((plan) => plan.world.wire)).toEqual(new Set(['structured', 'bytes']));
    expect(seen((plan) => (plan.configuration as { batchEntries: number }).batchEntries).has(1)).toBe(true);
    expect(new Set(plans.flatMap((plan) => plan.clients.map((client) => client.mode)))).toEqual(
      new Set(['open', 'closed']),
    );
  });

  test('heals a majority first, and cuts off the rest meanwhile', () => {
    const { world } = scenario({ ...base, healMs: { quorum: 1_000, all: 1_000 } }).plan(9);
    const healedServers = world.phases.quorum.filter((host) => host < world.servers);
    expect(healedServers).toHaveLength((world.servers >>> 1) + 1);
    const cutOff = world.episodes.find((episode) => episode.fault === 'rest-cut-off');
    const rest = Array.from({ length: world.servers + world.clients }, (_, host) => host).filter(
      (host) => !world.phases.quorum.includes(host),
    );
    expect(cutOff?.target).toEqual({ hosts: rest });
  });

  test('leaves room within the bound of drift for every change of rate', () => {
    const { world } = scenario({ ...base, rhoPpm: 500 }).plan(2);
    expect(world.clocks.every((clock) => Math.abs(clock.driftPpm) <= 500)).toBe(true);
  });
});

describe('a scenario that cannot be run is refused with what to write instead', () => {
  test.each([
    [{ name: 'no spaces' }, /letters, digits, "-" and "\/"; got "no spaces"/],
    [{ nodes: 0 }, /nodes takes a whole number from 1 to 7/],
    [{ nodes: [5, 3] as const }, /got \[5,3\]/],
    [{ durationMs: -1 }, /durationMs takes a whole number of milliseconds/],
    [{ reach: ['leader-electd'] }, /there is no reach "leader-electd"/],
    [
      { process: () => ({ receive() {}, wake() {} }) },
      /has a workload, but its system "process" has no client/,
    ],
  ])('%o', (change, message) => {
    const make = (): unknown => scenario({ ...base, ...(change as Partial<ScenarioSpec>) });
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'BAD_SCENARIO' }));
  });

  test('a fault of its own that draws an episode of no length', () => {
    const late: Fault = {
      id: 'late',
      draw: () => [{ when: { atUs: 1_000 }, durationUs: -5, target: { hosts: [0] }, args: {} }],
      start() {},
      stop() {},
    };
    expect(() => scenario({ ...base, faults: [late] }).plan(1)).toThrow(
      'fault "late" drew an episode whose durationUs is -5.',
    );
  });

  test('a fault that aims at what the system cannot name', () => {
    const aimless = scenario({
      name: 'test/aimless',
      nodes: 3,
      durationMs: 5_000,
      process: () => ({ receive() {}, wake() {} }),
      faults: [partitions({ kinds: { isolatedLeader: 1 } })],
      properties: [],
    });
    expect(() => aimless.plan(1)).toThrow('aims at "leader", but the system "process" has no selectors');
  });
});
