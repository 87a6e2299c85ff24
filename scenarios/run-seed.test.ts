import { describe, expect, test } from 'vitest';
import { Replica } from '../core/replica.ts';
import { raftRules } from '../core/raft/rules.ts';
import type { Observation } from '../core/observe.ts';
import { raftSafety } from '../properties/index.ts';
import { damage } from '../sim/nemesis/disk-trouble.ts';
import { hosts } from '../sim/targets.ts';
import { catalogue } from './catalogue/index.ts';
import crashDuringFsync from './catalogue/crash-during-fsync.ts';
import { scenario } from './define.ts';
import type { Scenario } from './scenario.ts';
import { replica } from './replica-system.ts';
import type { ReplicaParts } from './replica-system.ts';
import { runSeed, verifySeed } from './run-seed.ts';
import type { TracedEvent } from './run-contract.ts';

/** The scenario with other replicas in it, its plans unchanged. */
function withParts(original: Scenario, parts: ReplicaParts): Scenario {
  return { ...original, system: replica({}, parts) };
}

describe('the catalogue', () => {
  test.each(catalogue.map((entry) => [entry.name, entry] as const))('%s holds', (_name, entry) => {
    expect(entry.file.endsWith(`/${entry.name}.ts`)).toBe(true);
    const result = runSeed(entry.scenario, 2);
    expect(result.findings).toEqual([]);
    expect(result.counts.operationsOk).toBeGreaterThan(50);
    expect(Object.keys(result.faults)).toEqual(entry.scenario.faults.map((fault) => fault.id));
  });
});

describe('a run', () => {
  test('comes out the same again, whether it is watched, traced, or run in slices', () => {
    const first = runSeed(crashDuringFsync, 4);
    const events: TracedEvent[] = [];
    const seconds: number[] = [];
    const again = runSeed(crashDuringFsync, 4, {
      onEvent: (event) => events.push(event),
      onProgress: (us) => seconds.push(us),
      judgeHistory: false,
    });
    expect(again.hash).toBe(first.hash);
    expect(again.checkpoints).toEqual(first.checkpoints);
    expect(events).toHaveLength(first.events);
    expect(events.at(-1)?.hash).toBe(first.hash);
    expect(seconds).toHaveLength(first.virtualUs / 1_000_000);
  });

  test('replays from its plan and pinned resolutions', () => {
    const first = runSeed(crashDuringFsync, 5);
    expect(first.resolutions.length).toBeGreaterThan(0);
    const plan = JSON.parse(JSON.stringify(crashDuringFsync.plan(5)));
    const replayed = runSeed(crashDuringFsync, 5, { plan, resolutions: first.resolutions });
    expect(replayed.hash).toBe(first.hash);
  });

  test('counts a reach and a fault whatever they are called', () => {
    const odd = ['__proto__', 'constructor', 'toString'];
    const calm = scenario({
      ...{ name: 'calm', nodes: 3, clients: 0, durationMs: 2_000, process: replica(), properties: [] },
      reach: odd.map((name) => ({
        ...{ name, sentence: 'a leader was elected' },
        watch: (hit: () => void) => ({ on: { leaderElected: hit } }),
      })),
    });
    const renamed = { ...calm, faults: odd.map((id) => ({ id, start() {}, stop() {} })) };
    const { reach, faults } = runSeed(renamed, 1);
    expect(Object.keys(reach)).toEqual(odd);
    expect(Object.values(reach).every((hits) => hits > 0)).toBe(true);
    expect(Object.entries(faults)).toEqual(odd.map((id) => [id, 0]));
  });

  test('agrees with its twin in every event', () => {
    expect(verifySeed(crashDuringFsync, 6)).toEqual({ same: true });
  });

  test('shows life while it is repeated, for what led up to a violation and for its twin', () => {
    const late = scenario({
      name: 'test/late',
      nodes: 3,
      durationMs: 90_000,
      process: replica(),
      properties: [
        {
          id: 'never',
          sentence: '',
          assumes: [],
          needs: 'nothing',
          watch: (context) => ({ on: {}, end: () => context.fail('it is over') }),
        },
      ],
    });
    const signs: number[] = [];
    const result = runSeed(late, 1, { onProgress: (us) => signs.push(us) });
    expect(result.findings).toHaveLength(1);
    const again = signs.slice(signs.lastIndexOf(90_000_000) + 1);
    expect(again.length).toBe(Math.floor(result.events / 4_096));
    expect(again.length).toBeGreaterThan(0);
    const twins: number[] = [];
    verifySeed(late, 1, null, (us) => twins.push(us));
    expect(twins.length).toBe(again.length);
  });

  test('that draws outside randomness parts from its twin, at an event that is named', () => {
    const below = (bound: number): number => Math.floor(Math.random() * bound);
    const outside = { below, between: (min: number, max: number) => min + below(max - min + 1) };
    const loose = withParts(crashDuringFsync, {
      make(ports, options) {
        const { node, group, boot, servers, clock, timers, transport, disk } = ports;
        const emit = (observation: Observation): void => ports.emit(observation);
        return new Replica(
          { node, group, boot, servers, clock, timers, transport, disk, random: outside, emit },
          options,
        );
      },
    });
    expect(verifySeed(loose, 6)).toMatchObject({ same: false, message: /^event \d+: / });
  });

  test('whose system keeps state outside the process went another way than its two twins', () => {
    let runs = 0;
    const stale = scenario({
      name: 'test/stale',
      nodes: 1,
      durationMs: 1_000,
      process: (ports) => ({
        start() {
          runs += 1;
          ports.timers.set(0, ports.clock.monotonicUs() + (runs === 1 ? 1_000 : 2_000));
        },
        receive() {},
        wake() {},
      }),
      properties: [],
    });
    const { hash } = runSeed(stale, 1);
    expect(verifySeed(stale, 1)).toEqual({ same: true });
    expect(verifySeed(stale, 1, hash)).toMatchObject({ same: false, message: /went another way/ });
    expect(verifySeed(stale, 1, runSeed(stale, 1).hash)).toEqual({ same: true });
  });

  test('says that the plan has switched off what it breaks the assumption of', () => {
    const assuming = scenario({
      name: 'test/assuming',
      nodes: 3,
      durationMs: 1_000,
      rhoPpm: 100,
      process: replica(),
      properties: [
        { id: 'never', sentence: '', assumes: ['drift<=rho'], needs: 'nothing', watch: () => ({ on: {} }) },
      ],
    });
    const plan = assuming.plan(1);
    expect(runSeed(assuming, 1).switchedOff).toEqual([]);
    const clocks = plan.world.clocks.map((clock) => ({ ...clock, driftPpm: 101 }));
    const beyond = { ...plan, world: { ...plan.world, clocks } };
    expect(runSeed(assuming, 1, { plan: beyond }).switchedOff).toEqual(['never']);
  });

  test('says so too where damage would hit more than a minority, and not where the atlas keeps it from more', () => {
    const assuming = scenario({
      name: 'test/assuming-sound-disks',
      nodes: 3,
      durationMs: 3_000,
      process: replica(),
      faults: [damage()],
      properties: [
        { id: 'never', sentence: '', assumes: ['damage<=f'], needs: 'nothing', watch: () => ({ on: {} }) },
      ],
    });
    const plan = assuming.plan(1);
    const everywhere = plan.world.episodes.map((episode) => ({ ...episode, target: hosts(0, 1, 2) }));
    const hit = { ...plan, world: { ...plan.world, episodes: everywhere } };
    expect(runSeed(assuming, 1, { plan: hit }).switchedOff).toEqual([]);
    const beyond = { ...hit, world: { ...hit.world, atlas: [0, 1] } };
    expect(runSeed(assuming, 1, { plan: beyond }).switchedOff).toEqual(['never']);
  });

  test('that violates stops there, and tells the faults and the events before it', () => {
    const eager = withParts(crashDuringFsync, {
      options: { rules: { ...raftRules, acknowledgementMayLeave: () => true } },
    });
    let seed = 1;
    while (seed < 100 && runSeed(eager, seed).findings.length === 0) seed += 1;
    const result = runSeed(eager, seed);
    const [finding] = result.findings;
    expect(raftSafety.map((property) => property.id)).toContain(finding?.property);
    expect(result.events).toBe(finding?.seq);
    expect(result.lastEvents.length).toBeGreaterThan(0);
    expect(result.lastEvents.every((event) => event.seq <= (finding?.seq ?? 0))).toBe(true);
    expect(result.lastEvents.every((event) => finding?.nodes.includes(event.host))).toBe(true);
  });
});
