/** Several groups on the same hosts, through the world: what is apart, what is shared, and that mistakes are caught in the group that makes them. */
import { describe, expect, test } from 'vitest';
import { GroupHost } from '../core/group-host.ts';
import { raftRules } from '../core/raft/rules.ts';
import { Replica } from '../core/replica.ts';
import { linearizable, progress, property, raftSafety } from '../properties/index.ts';
import type { Property } from '../properties/index.ts';
import { crashes } from '../sim/nemesis/crashes.ts';
import { damage } from '../sim/nemesis/disk-trouble.ts';
import { followerAcksBeforeFsync } from './bugs/follower-acks-before-fsync.ts';
import { plant } from './bugs/bug.ts';
import threeGroups from './catalogue/three-groups.ts';
import { scenario } from './define.ts';
import { isMinority } from './draw-plan.ts';
import { lockTurns } from './lock-workload.ts';
import { reduce } from './reduce.ts';
import { replicaGroups } from './replica-groups-system.ts';
import { replica, ReplicaClient } from './replica-system.ts';
import type { ReplicaConfiguration, ReplicaSystem } from './replica-system.ts';
import { makeRepro, pinnedOf } from './repro-file.ts';
import { misfit } from './repro-fit.ts';
import { runSeed, verifySeed } from './run-seed.ts';
import { ScenarioError } from './scenario-error.ts';
import type { ScenarioSpec, System } from './scenario.ts';
import { acrossGroups, mix } from './workload.ts';

const safety = [...raftSafety, linearizable('register')];

const calm: ScenarioSpec = {
  name: 'test/groups',
  nodes: 5,
  clients: 2,
  durationMs: 4_000,
  process: replicaGroups([
    { id: 1, voters: [0, 1, 2] },
    { id: 2, voters: [1, 2, 3] },
    { id: 5, voters: [0, 3, 4] },
  ]),
  workload: acrossGroups(mix({ put: 3, get: 2 }, { thinkMs: 20, keys: 2 })),
  properties: safety,
};

/** A property that judges nothing, and tells what it heard of all groups. */
function listener(kind: string, heard: (group: number, node: number, observation: object) => void): Property {
  return property(`hears-${kind}`, {
    scope: 'world',
    acrossGroups: true,
    start: () => null,
    on: {
      [kind]: (state: null, o: object, _fail: unknown, e: { group: number; node: number }) => {
        heard(e.group, e.node, o);
        return state;
      },
    },
  });
}

describe('groups on the same hosts', () => {
  test('each elect a leader among their voters, and serve under sessions of their own', () => {
    const led = new Map<number, Set<number>>();
    const ok = new Map<number, number>();
    const sessions: string[] = [];
    const heard = [
      listener('leaderElected', (group, node) => {
        led.set(group, (led.get(group) ?? new Set()).add(node));
      }),
      listener('completed', (group, _, o) => {
        if ((o as { outcome: string }).outcome === 'ok') ok.set(group, (ok.get(group) ?? 0) + 1);
      }),
      listener('sessionOpened', (group, _, o) => {
        sessions.push(`${group}: ${(o as { session: number }).session}`);
      }),
    ];
    const result = runSeed(scenario({ ...calm, properties: [...safety, ...heard] }), 3);
    expect(result.findings).toEqual([]);
    expect([...led.keys()].sort()).toEqual([1, 2, 5]);
    for (const node of led.get(5) ?? []) expect([0, 3, 4]).toContain(node);
    for (const group of [1, 2, 5]) expect(ok.get(group)).toBeGreaterThan(10);
    // Sessions are numbered by the log's index, so those of different groups bear the same numbers.
    const numbers = new Set(sessions.map((one) => one.split(': ')[1]));
    expect(numbers.size).toBeLessThan(new Set(sessions).size);
  });

  test('go down and come back together', () => {
    const events: string[] = [];
    const heard = [
      listener('crashed', (_, node) => void events.push(`crash n${node}`)),
      listener('recovered', (group, node) => void events.push(`group ${group} n${node}`)),
    ];
    const stormy = { ...calm, faults: [crashes({ downMax: 1, downMs: [200, 400] })] };
    runSeed(scenario({ ...stormy, properties: heard }), 1);
    const groupsOf = [[1, 5], [1, 2], [1, 2], [2, 5], [5]];
    const crashed = events.findIndex((event) => event.startsWith('crash'));
    const node = Number(events[crashed]?.slice('crash n'.length));
    expect(events.slice(crashed + 1, crashed + 1 + (groupsOf[node]?.length ?? 0))).toEqual(
      groupsOf[node]?.map((group) => `group ${group} n${node}`),
    );
  });

  test('run the same again, also where messages travel as bytes', () => {
    const { plan } = scenario(calm);
    const seeds = Array.from({ length: 60 }, (_, i) => i + 1);
    const wires = ['structured', 'bytes'].map((wire) => seeds.find((seed) => plan(seed).world.wire === wire));
    for (const seed of wires) {
      const result = runSeed(scenario(calm), seed as number);
      expect(result.findings).toEqual([]);
      expect(verifySeed(scenario(calm), seed as number, result.hash)).toEqual({ same: true });
    }
  });

  test('hash alike whatever the wire', () => {
    const plan = scenario(calm).plan(7);
    const as = (wire: 'bytes' | 'structured'): string =>
      runSeed(scenario(calm), 7, { plan: { ...plan, world: { ...plan.world, wire } } }).hash;
    expect(as('bytes')).toBe(as('structured'));
  });

  test('are watched apart by reaches too: leaders of two groups are not two leaders of one', () => {
    const reach = ['two-leaders', 'groups-led-apart', 'leader-elected'];
    const result = runSeed(scenario({ ...calm, properties: [], reach }), 3);
    expect(result.reach['two-leaders']).toBe(0);
    expect(result.reach['groups-led-apart']).toBeGreaterThan(0);
    expect(result.reach['leader-elected']).toBeGreaterThanOrEqual(3);
  });

  test('grant the same lock each for itself', () => {
    const locked = {
      ...calm,
      durationMs: 8_000,
      workload: acrossGroups(lockTurns({ locks: 1, thinkMs: 20 })),
    };
    const holders = new Set<string>();
    const heard = listener('lockGranted', (group, _, o) => {
      holders.add(`${group}/${(o as { lock: string }).lock}/${(o as { token: number }).token}`);
    });
    const result = runSeed(scenario({ ...locked, properties: [...raftSafety, heard] }), 2);
    expect(result.findings).toEqual([]);
    for (const group of [1, 2, 5])
      expect([...holders].some((one) => one.startsWith(`${group}/l0/`))).toBe(true);
  });
});

describe('a mistake', () => {
  const oneGroup = (of: number): ReplicaSystem =>
    (threeGroups.system as ReplicaSystem).planted({
      make: (ports, options) =>
        new Replica(
          ports,
          ports.group === of
            ? { ...options, rules: { ...raftRules, acknowledgementMayLeave: () => true } }
            : options,
        ),
    });

  test.each([1, 2, 3])('in group %i alone is caught there, and named with its group', (of) => {
    const [finding] = runSeed({ ...threeGroups, system: oneGroup(of) }, 2).findings;
    expect(finding?.property).toBe('committed-durable');
    expect(finding?.message).toMatch(new RegExp(`^Group ${of}: An acknowledged entry is not safe`));
    for (const { text } of finding?.evidence ?? []) expect(text).toMatch(new RegExp(`^group ${of}: `));
  });

  test('of the bug catalogue is planted in all groups like in one', () => {
    const [finding] = runSeed(plant(threeGroups, followerAcksBeforeFsync), 1).findings;
    expect(finding?.property).toBe('committed-durable');
  });

  test('of the host, which tells one member of the fsync of another, is caught', () => {
    const { system } = threeGroups;
    const mixedUp: System = {
      ...system,
      process(ports, configuration, groups) {
        const host = system.process(ports, configuration, groups) as GroupHost;
        const { synced } = host;
        host.synced = (token, error) => synced.call(host, token + 1, error);
        return host;
      },
    };
    // The member's log is told that its batch is durable, or of a write that it never made.
    for (const seed of [1, 2, 3, 4]) {
      const [finding] = runSeed({ ...threeGroups, system: mixedUp }, seed).findings;
      expect(['committed-durable', 'process-alive']).toContain(finding?.property);
    }
  });

  test('of a client, which takes one group for another, is answered WRONG_GROUP', () => {
    const answers: unknown[] = [];
    const { process } = calm;
    const system = process as ReplicaSystem;
    const lost: System = {
      ...system,
      client(ports, configuration, done, waits, ask, groups) {
        const everywhere = groups.map(({ id }) => ({ id, voters: [4] }));
        const host = new GroupHost(
          ports,
          everywhere,
          (own) => new ReplicaClient(own, configuration as ReplicaConfiguration, done, waits, ask),
        );
        return Object.assign(host, {
          invoke: (id: number, op: unknown, group: number) => host.member(group)?.invoke(id, op),
        });
      },
    };
    const heard = listener('completed', (group, _, o) => {
      const { outcome, value } = o as { outcome: string; value: { error?: string } | null };
      if (group !== 5) answers.push([outcome, value?.error]);
    });
    // Reads need no session; and where nothing is lost, the client knows of each attempt that it entered no log.
    const reads = acrossGroups(mix({ get: 1 }, { thinkMs: 20 }));
    const network = { lossPpm: 0, duplicationPpm: 0, reorderPpm: 0 };
    const long = { ...calm, durationMs: 12_000, process: lost, workload: reads, network };
    runSeed(scenario({ ...long, properties: [heard] }), 2);
    expect(answers.length).toBeGreaterThan(1);
    expect(new Set(answers.map(String))).toEqual(new Set(['fail,WRONG_GROUP']));
  });
});

describe('a plan of groups', () => {
  const drawn = scenario({
    ...calm,
    nodes: [3, 7],
    process: replicaGroups({ count: [1, 5], voters: [1, 7] }),
    faults: [damage()],
    properties: [...safety, progress],
    healMs: { quorum: 1_000, all: 1_000 },
  });
  const plans = Array.from({ length: 150 }, (_, i) => drawn.plan(i + 1));

  test('draws voters among the servers, and is the same each time', () => {
    expect(drawn.plan(9)).toEqual(plans[8]);
    const sizes = new Set(plans.flatMap(({ groups }) => groups?.map(({ voters }) => voters.length)));
    expect(sizes).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    for (const { groups = [], world } of plans) {
      for (const { voters } of groups) expect(voters.every((host) => host < world.servers)).toBe(true);
    }
  });

  test('damages no more than a minority of any group', () => {
    const damaged = plans.filter(({ world }) => (world.atlas ?? []).length > 0);
    expect(damaged.length).toBeGreaterThan(20);
    for (const { groups, world } of damaged)
      expect(isMinority(world.atlas ?? [], world.servers, groups)).toBe(true);
    // And is not spread so thin that it hits one host only.
    expect(damaged.some(({ world }) => (world.atlas ?? []).length > 1)).toBe(true);
  });

  test('first heals undamaged hosts, a majority of each group, and none that could stay away', () => {
    for (const { groups = [], world } of plans) {
      const healed = world.phases.quorum.filter((host) => host < world.servers);
      const majorities = (hosts: readonly number[]): boolean =>
        groups.every(
          ({ voters }) => 2 * voters.filter((host) => hosts.includes(host)).length > voters.length,
        );
      expect(healed.some((host) => world.atlas?.includes(host))).toBe(false);
      expect(majorities(healed)).toBe(true);
      for (const host of healed) expect(majorities(healed.filter((other) => other !== host))).toBe(false);
    }
  });

  test('gives each operation a group of the run', () => {
    const plan = scenario(calm).plan(4);
    const asked = new Set(plan.clients.flatMap(({ operations }) => operations.map(({ group }) => group)));
    expect(asked).toEqual(new Set([1, 2, 5]));
  });

  test('refuses groups that its servers cannot hold', () => {
    const of = (voters: number[], id = 1): (() => unknown) => {
      const one = scenario({ ...calm, process: replicaGroups([{ id, voters }]) });
      return () => one.plan(1);
    };
    expect(of([0, 1, 5])).toThrow('hosts of 0 to 4');
    expect(of([1, 0])).toThrow('ascending');
    expect(of([])).toThrow(ScenarioError);
    expect(of([0], -1)).toThrow(ScenarioError);
    const none = scenario({ ...calm, process: replicaGroups([]) });
    expect(() => none.plan(1)).toThrow('no group');
  });

  test('is kept whole by a repro, which no system of one group can replay', () => {
    const broken = plant(threeGroups, followerAcksBeforeFsync);
    const plan = broken.plan(1);
    const result = runSeed(broken, 1);
    const ref = { from: 'catalogue', name: 'three-groups', file: '', exportName: 'default' } as const;
    const pinned = pinnedOf(makeRepro(ref, result, plan, 2, true));
    expect(pinned.plan.groups).toEqual(plan.groups);
    expect(misfit(threeGroups, pinned)).toBeNull();
    expect(runSeed(broken, 1, { plan: pinned.plan, resolutions: pinned.resolutions }).hash).toBe(result.hash);
    expect(misfit({ ...threeGroups, system: replica() }, pinned)).toContain('names groups');
    const { groups: _, ...without } = pinned.plan;
    expect(misfit(threeGroups, { ...pinned, plan: without })).toContain('names no groups');
  });

  test('is reduced by a group with all that was asked of it, and by hosts that vote in none', () => {
    const one = scenario({ ...calm, nodes: 7 }).plan(3);
    const smaller = [...reduce(one)];
    const without = smaller.find((plan) => plan.groups?.length === 2);
    expect(without?.groups?.map(({ id }) => id)).toEqual([2, 5]);
    expect(without?.clients.flatMap(({ operations }) => operations).some(({ group }) => group === 1)).toBe(
      false,
    );
    const servers = smaller.map((plan) => plan.world.servers);
    expect(new Set(servers)).toEqual(new Set([7, 6]));
    for (const plan of smaller) {
      const voters = plan.groups?.flatMap((group) => group.voters) ?? [];
      expect(Math.max(...voters)).toBeLessThan(plan.world.servers);
    }
    const kept = smaller.find((plan) => plan.world.servers === 6);
    expect(runSeed(scenario(calm), 3, { plan: kept as typeof one }).findings).toEqual([]);
  });
});
