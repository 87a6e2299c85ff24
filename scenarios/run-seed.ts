/**
 * One seed, from its plan to a verdict: builds the world of the plan, watches it with the scenario's properties, stops at the first violation,
 * counts. A violating run is repeated, with every event in words, to tell what led up to it: recording costs more than running, and most
 * runs hold.
 */
import type { Envelope, Observation } from '../core/observe.ts';
import type { Ports, Process } from '../core/ports.ts';
import { perGroup, routed } from '../properties/per-group.ts';
import { Watchers } from '../properties/property.ts';
import type { Assumption, Finding, Handlers, Property } from '../properties/property.ts';
import { plainCodec } from '../sim/digest.ts';
import { tellStory } from '../reports/story.ts';
import type { Story } from '../reports/story-step.ts';
import { lockstep } from '../sim/lockstep.ts';
import type { Divergence } from '../sim/lockstep.ts';
import { driftOf } from '../sim/nemesis/clocks.ts';
import { linksCut, partitionFaults } from '../sim/nemesis/partitions.ts';
import { planLengthUs } from '../sim/plan.ts';
import type { Episode, WorldPlan } from '../sim/plan.ts';
import { streamOf } from '../sim/random.ts';
import { selectorOf } from '../sim/targets.ts';
import { World } from '../sim/world.ts';
import type { Scenario, ScenarioPlan } from './scenario.ts';
import { isMinority } from './draw-plan.ts';
import { Load } from './load-driver.ts';
import { RunMeasures } from './run-measures.ts';
import { RunRecorder } from './run-recorder.ts';
import type { FaultInForce, RunCounts, RunOptions, SeedResult, TracedEvent } from './run-contract.ts';
import { withPlace } from './thrown.ts';

/** Budget of a search for a linearization, in states looked at: about two seconds. */
export const STATES_MAX = 8_000_000;
/** Last events of each host involved that a violation tells. */
const LAST_EVENTS = 6;
/** Steps of a run that is repeated between two signs of life. */
const STEPS_PER_SIGN = 4_096;
/** More hosts than any run has. */
const HOSTS_BOUND = 1_024;

type Observe = (observation: Observation, envelope: Envelope) => void;

/** A world at its first event, of this scenario and plan. */
function makeWorld(
  scenario: Scenario,
  plan: ScenarioPlan,
  options: RunOptions,
  observe: Observe,
  recorder: RunRecorder | undefined = options.recorder,
  onEvent: RunOptions['onEvent'] = options.onEvent,
): World {
  const { system } = scenario;
  const { servers, clients } = plan.world;
  const groups = plan.groups ?? [];
  const loads = plan.clients.map((client, i) => new Load(client, i, clients));
  let world: World | null = null;
  const { onEntering } = options;
  const entering = (host: number): void => {
    if (world !== null) onEntering?.(world.events, world.nowUs, host);
  };
  const boot = (ports: Ports): Process => {
    if (ports.node < servers) return system.process(ports, plan.configuration, groups);
    const load = loads[ports.node - servers];
    if (load === undefined) throw new Error(`the plan has no load for host ${ports.node}`);
    return load.boot(ports, (done, waits, ask) => {
      if (system.client === undefined) throw new Error(`the system "${system.name}" has no client`);
      return system.client(ports, plan.configuration, done, waits, ask, groups);
    });
  };
  const factory =
    onEntering === undefined
      ? boot
      : (ports: Ports): Process => {
          entering(ports.node);
          return announced(boot(ports), () => entering(ports.node));
        };
  // Selectors read every observation: only worth it where an episode asks them.
  const selectors = plan.world.episodes.some((episode) => selectorOf(episode.target) !== null)
    ? system.selectors?.(groups)
    : undefined;
  const watch: Observe =
    recorder === undefined
      ? observe
      : (observation, envelope) => {
          recorder.observe(observation, envelope);
          observe(observation, envelope);
        };
  world = new World({
    plan: plan.world,
    factory,
    codec: system.codec ?? plainCodec,
    faults: scenario.faults,
    ...(selectors === undefined ? {} : { selectors }),
    observe:
      selectors === undefined
        ? watch
        : (observation, envelope) => {
            selectors.observe(observation, envelope);
            watch(observation, envelope);
          },
    ...(options.decisions === undefined ? {} : { decisions: options.decisions }),
    ...(options.resolutions === undefined ? {} : { resolutions: options.resolutions }),
    ...(options.reseedAt === undefined ? {} : { reseedAt: options.reseedAt }),
    ...(recorder === undefined
      ? { onEvent }
      : {
          onEvent: (event, delivered) => {
            recorder.event(event, delivered);
            onEvent?.(event);
          },
          onSend: (sent) => recorder.sent(sent),
        }),
  });
  return world;
}

/** The process, telling before each event that is handed to it. */
function announced(process: Process, entering: () => void): Process {
  const tells: Process = {
    start() {
      process.start?.();
    },
    receive(from, message) {
      entering();
      process.receive(from, message);
    },
    wake(key) {
      entering();
      process.wake(key);
    },
    describe: () => process.describe?.(),
  };
  const { synced, drain } = process;
  if (synced !== undefined) {
    tells.synced = (token, error) => {
      entering();
      synced.call(process, token, error);
    };
  }
  if (drain !== undefined) tells.drain = () => drain.call(process);
  return tells;
}

/** A recorder for runs of this plan. */
export function recorderOf(scenario: Scenario, { world }: ScenarioPlan): RunRecorder {
  const codec = scenario.system.codec ?? plainCodec;
  const hosts = world.servers + world.clients;
  const episodes = new Map(world.episodes.map((episode) => [episode.id, episode]));
  const faults = new Map(scenario.faults.map((fault) => [fault.id, fault]));
  return new RunRecorder(
    hosts,
    (message) => codec.describe?.(message) ?? '',
    (id, targets) => {
      const episode = episodes.get(id);
      const fault = faults.get(episode?.fault ?? '');
      return episode === undefined || fault === undefined ? null : linksCut(fault, targets, episode, hosts);
    },
  );
}

/** Whether the plan keeps every clock within ρ. */
function driftStaysWithin(plan: WorldPlan, rhoPpm: number): boolean {
  const drifts = plan.episodes.filter((episode) => driftOf(episode) !== 0);
  return plan.clocks.every((clock, host) => {
    // A selector may come to any server, a trigger at any time from when it listens on.
    const mine = drifts.filter(({ target }) =>
      'hosts' in target ? target.hosts.includes(host) : host < plan.servers,
    );
    return [null, ...mine].every((start) => {
      let up = clock.driftPpm;
      let down = clock.driftPpm;
      for (const episode of mine) {
        if (start === null || !overlaps(episode, startOf(start))) continue;
        up += Math.max(0, driftOf(episode));
        down += Math.min(0, driftOf(episode));
      }
      return up <= rhoPpm && down >= -rhoPpm;
    });
  });
}

function startOf({ when }: Episode): number {
  return 'atUs' in when ? when.atUs : when.afterUs;
}

function overlaps(episode: Episode, instant: number): boolean {
  const from = startOf(episode);
  const to = 'atUs' in episode.when ? from + episode.durationUs : Infinity;
  return from <= instant && instant < to;
}

/** Whether damage hits no more than a minority, of each group: a plan made by hand may say otherwise. */
function damageStaysWithin(scenario: Scenario, { world: plan, groups }: ScenarioPlan): boolean {
  const damaging = scenario.faults.filter((fault) => fault.damages === true).map((fault) => fault.id);
  const episodes = plan.episodes.filter((episode) => damaging.includes(episode.fault));
  const all = [...Array(plan.servers).keys()];
  const hit = new Set(episodes.flatMap(({ target }) => ('hosts' in target ? target.hosts : all)));
  return isMinority(
    [...hit].filter((host) => plan.atlas?.includes(host)),
    plan.servers,
    groups,
  );
}

/** Which of a scenario's properties watch this plan, and which it switches off by breaking what they assume. */
function propertiesFor(
  scenario: Scenario,
  plan: ScenarioPlan,
  options: RunOptions,
): { readonly on: readonly Property[]; readonly off: readonly string[] } {
  const broken = new Set<Assumption>();
  if (!driftStaysWithin(plan.world, scenario.rhoPpm)) broken.add('drift<=rho');
  if (!damageStaysWithin(scenario, plan)) broken.add('damage<=f');
  const on: Property[] = [];
  const off: string[] = [];
  for (const property of scenario.properties) {
    if (property.assumes.some((assumption) => broken.has(assumption))) off.push(property.id);
    else if (options.judgeHistory !== false || !property.id.startsWith('linearizable-')) on.push(property);
  }
  return { on, off };
}

/** What happened in a run, in numbers. */
class Tally {
  readonly counts = { ok: 0, fail: 0, info: 0, snapshotsInstalled: 0 };
  /** By group and host. */
  readonly #terms = new Map<number, number>();
  readonly inForce: { fault: string; hosts: readonly number[]; fromUs: number; toUs: number }[] = [];
  readonly #active = new Map<number, number>();

  readonly on: Handlers = {
    completed: (o) => {
      this.counts[o.outcome] += 1;
    },
    termChanged: (o, e) => {
      this.#terms.set(e.group * HOSTS_BOUND + e.node, o.term);
    },
    recovered: (o, e) => {
      this.#terms.set(e.group * HOSTS_BOUND + e.node, o.term);
    },
    snapshotRestored: (o) => {
      if (o.from === 'leader') this.counts.snapshotsInstalled += 1;
    },
    faultStarted: (o, e) => {
      this.#active.set(o.episode, this.inForce.length);
      this.inForce.push({ fault: o.fault, hosts: [...o.targets], fromUs: e.at, toUs: Infinity });
    },
    faultEnded: (o, e) => {
      const at = this.#active.get(o.episode);
      const ended = at === undefined ? undefined : this.inForce[at];
      if (ended !== undefined) ended.toUs = e.at;
    },
  };

  finalTerms(): number {
    let sum = 0;
    for (const term of this.#terms.values()) sum += term;
    return sum;
  }
}

/** What led to a finding, by running the same plan again: the last events of each host involved, and the story. */
function whatLedTo(
  scenario: Scenario,
  plan: ScenarioPlan,
  options: RunOptions,
  finding: Finding,
): { readonly lastEvents: readonly TracedEvent[]; readonly story: Story } {
  const { servers } = plan.world;
  const { nodes, seq } = finding;
  const untilUs = happenedAtUs(finding);
  const involved = nodes.length > 0 ? nodes : [...Array(servers).keys()];
  const kept = new Map<number, TracedEvent[]>(involved.map((node) => [node, []]));
  const recorder = recorderOf(scenario, plan);
  let reached = false;
  const world = makeWorld(
    scenario,
    plan,
    options,
    () => {},
    recorder,
    (event) => {
      if (event.seq >= seq || event.at > untilUs) reached = true;
      const events = kept.get(event.host);
      if (events === undefined || event.seq > seq || event.at > untilUs) return;
      events.push(event);
      if (events.length > LAST_EVENTS) events.shift();
    },
  );
  for (let steps = 1; !reached && world.step(); steps += 1) {
    if (steps % STEPS_PER_SIGN === 0) options.onProgress?.(world.nowUs);
  }
  return {
    lastEvents: [...kept.values()].flat().sort((a, b) => a.seq - b.seq),
    story: tellStory(recorder.record(scenario.name, plan.world.seed, servers), finding),
  };
}

/** When what a finding tells happened: of one that was made after the run, its last evidence. */
function happenedAtUs(finding: Finding): number {
  return finding.evidence.at(-1)?.at ?? finding.at;
}

/** Faults in force at an instant, or in the two seconds before it. */
function forceAround(faults: readonly FaultInForce[], atUs: number): FaultInForce[] {
  return faults.filter((fault) => fault.fromUs <= atUs && fault.toUs >= atUs - 2_000_000);
}

/** Steps up to event `until`, or to the run's end, which a violation is too. */
function runUntil(world: World, until: number, { onProgress, onBeforeLast }: RunOptions): void {
  while (world.events < until - 1 && world.step()) {
    if (world.events % STEPS_PER_SIGN === 0) onProgress?.(world.nowUs);
  }
  if (world.isStopped || world.events >= until) return;
  onBeforeLast?.();
  world.step();
}

/**
 * Runs one seed of a scenario and judges it.
 * @param seed 1 … 2^53−1; with `options.plan` the seed of the streams
 * @throws whatever the scenario's own plan drawing throws; what its processes throw is a violation of `process-alive`
 */
export function runSeed(scenario: Scenario, seed: number, options: RunOptions = {}): SeedResult {
  const startedAt = performance.now();
  const plan = options.plan ?? scenario.plan(seed);
  const { world: worldPlan } = plan;
  const hosts = worldPlan.servers + worldPlan.clients;
  const { on, off } = propertiesFor(scenario, plan, options);
  const tally = new Tally();
  const measured = new RunMeasures();
  const listeners: Handlers[] = [
    tally.on,
    measured.on(plan.groups),
    ...(options.listener === undefined ? [] : [options.listener]),
  ];
  // Without a prototype: a name such as `__proto__` is a name like others.
  const reach = Object.create(null) as Record<string, number>;
  for (const item of scenario.reach) {
    reach[item.name] = 0;
    const watch = (): Handlers =>
      item.watch(() => {
        reach[item.name] = (reach[item.name] as number) + 1;
      }).on as Handlers;
    const apart = plan.groups !== undefined && item.acrossGroups !== true;
    listeners.push(apart ? routed(plan.groups, watch) : watch());
  }
  // A property that fails as it begins to watch has no world to stop yet.
  let running: World | null = null;
  const watchers = new Watchers(
    on.map(perGroup),
    {
      servers: [...Array(worldPlan.servers).keys()],
      hosts,
      firstClient: worldPlan.servers,
      ...(plan.groups === undefined ? {} : { groups: plan.groups }),
      progressBoundUs: scenario.progressBoundUs,
      rhoPpm: scenario.rhoPpm,
      maxStates: STATES_MAX,
      searchAnyway: streamOf(seed, 'judge/search').below(16) === 0,
      onProgress: () => options.onProgress?.(running?.nowUs ?? 0),
    },
    () => running?.stop(),
  );
  watchers.alsoShow(listeners);
  const world = makeWorld(scenario, plan, options, (observation, envelope) =>
    watchers.observe(observation, envelope),
  );
  running = world;
  if (watchers.findings.length > 0) world.stop();
  const lengthUs = Math.min(planLengthUs(worldPlan), options.untilUs ?? Infinity);
  if (options.until !== undefined) runUntil(world, options.until, options);
  else if (options.onProgress === undefined) world.run(lengthUs);
  else {
    for (let untilUs = 1_000_000; ; untilUs += 1_000_000) {
      world.run(Math.min(untilUs, lengthUs));
      options.onProgress(world.nowUs);
      if (untilUs >= lengthUs || watchers.findings.length > 0) break;
    }
  }
  const judgedFrom = performance.now();
  options.onEntering?.(0, world.nowUs, 0);
  if (watchers.findings.length === 0 && options.until === undefined) {
    watchers.end({ at: world.nowUs, node: 0, group: 0, boot: 0, seq: world.events });
  }
  const judgeMs = performance.now() - judgedFrom;

  const first = watchers.findings[0];
  const led =
    first === undefined || options.tellStory === false ? null : whatLedTo(scenario, plan, options, first);
  const faults = Object.create(null) as Record<string, number>;
  for (const fault of scenario.faults) faults[fault.id] = world.fired[fault.id] ?? 0;
  const { stats } = world;
  const counts: RunCounts = {
    observations: watchers.observations,
    operationsOk: tally.counts.ok,
    operationsFail: tally.counts.fail,
    operationsInfo: tally.counts.info,
    messagesSent: stats.messagesSent,
    messagesLost: stats.messagesLost,
    crashes: stats.crashes,
    crashesInFsync: stats.crashesInFsync,
    partitions: partitionFaults.reduce((sum, id) => sum + (faults[id] ?? 0), 0),
    finalTerm: tally.finalTerms(),
    snapshotsInstalled: tally.counts.snapshotsInstalled,
    bytesWritten: stats.bytesWritten,
  };
  return {
    scenario: scenario.name,
    seed,
    hash: world.hash,
    checkpoints: world.checkpoints,
    events: world.events,
    virtualUs: world.nowUs,
    elapsedMs: performance.now() - startedAt,
    judgeMs,
    findings: withPlace(watchers.findings, world.thrown),
    undecided: watchers.undecided,
    switchedOff: off,
    faults,
    reach,
    counts,
    measures: measured.taken(),
    resolutions: world.resolutions,
    inForce: first === undefined ? [] : forceAround(tally.inForce, happenedAtUs(first)),
    lastEvents: led?.lastEvents ?? [],
    ...(led !== null && { story: led.story }),
    ...(options.dump !== undefined && { views: options.dump.map((host) => world.inspect(host)) }),
  };
}

/**
 * Whether two worlds of a seed did the same, event by event; else the first event that differs. `divergence` is null where the two agree, and
 * the run that was judged does not.
 */
export type Verification =
  | { readonly same: true }
  | { readonly same: false; readonly message: string; readonly divergence: Divergence | null };

/**
 * Steps two worlds of the same seed in lockstep: what draws on anything but the seed shows itself. State that outlives a run (a counter of the
 * module) may treat both alike, so they are compared with the run that was judged as well.
 * @param judged hash of that run, where it came to its end; null: there is none to compare with
 * @param onProgress told the virtual time now and then, so that a worker can show life
 */
export function verifySeed(
  scenario: Scenario,
  seed: number,
  judged: string | null = null,
  onProgress?: (virtualUs: number) => void,
): Verification {
  const plan = scenario.plan(seed);
  let twin: World | null = null;
  const make = (): World => (twin = makeWorld(scenario, plan, {}, () => {}));
  const divergence = lockstep(make, make, onProgress);
  if (divergence !== null) return { same: false, message: divergence.message, divergence };
  const { hash } = twin as unknown as World;
  if (judged === null || judged === hash) return { same: true };
  const message = `the first run in this worker went another way (hash ${judged}, twice ${hash} afterwards): state is kept outside the process.`;
  return { same: false, message, divergence: null };
}
