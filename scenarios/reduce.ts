/**
 * From a plan to smaller ones: the steps by which a failing run is brought down to its story. Pure and lazy, the largest steps first; every plan that
 * comes out is one that could have been drawn, or a part of one. What a smaller plan means is found by running it: fewer faults may well hold.
 *
 * | step | takes away |
 * |---|---|
 * | episodes | all faults, halves, quarters … single ones |
 * | operations | of each client: all, halves … from the end and from the beginning |
 * | groups | one of several, with what is asked of it |
 * | hosts | the last client; the last server, where no fault speaks of it, and no group |
 * | durations | weather after the last fault, half of it; the healed phases; half of a fault |
 * | weather | drifting clocks, losses, copies, overtaking, slow links and disks |
 */
import { restCutOff } from '../sim/nemesis/partitions.ts';
import type { ClockPlan, DelaySpec, Episode, PhasePlan } from '../sim/plan.ts';
import type { ClientPlan, ScenarioPlan } from './scenario.ts';

/** A fault shorter than this is not made any shorter, in microseconds. */
const shortestEpisodeUs = 2_000;
/** Nor weather shorter than this. */
const shortestWeatherUs = 200_000;

/**
 * Smaller plans, each one step from `plan`; none where nothing can be taken away. The order is the same each time.
 * @param plan as `scenario.plan(seed)` gives it; it is not changed
 */
export function* reduce(plan: ScenarioPlan): Generator<ScenarioPlan> {
  yield* fewerEpisodes(plan);
  yield* fewerOperations(plan);
  yield* fewerGroups(plan);
  yield* fewerHosts(plan);
  yield* shorter(plan);
  yield* kinder(plan);
}

/** How large a plan is, for people and for tests: what `reduce` makes smaller. */
export function sizeOf(plan: ScenarioPlan): {
  readonly servers: number;
  readonly clients: number;
  readonly episodes: number;
  readonly operations: number;
  readonly virtualUs: number;
} {
  const { servers, clients, episodes, phases } = plan.world;
  return {
    servers,
    clients,
    episodes: drawn(episodes).length,
    operations: plan.clients.reduce((sum, client) => sum + client.operations.length, 0),
    virtualUs: phases.weatherUs + phases.quorumUs + phases.allUs,
  };
}

/** The faults without the one that the phases of healing need. */
function drawn(episodes: readonly Episode[]): readonly Episode[] {
  return episodes.filter((episode) => episode.fault !== restCutOff.id);
}

function withWorld(plan: ScenarioPlan, change: Partial<ScenarioPlan['world']>): ScenarioPlan {
  return { ...plan, world: { ...plan.world, ...change } };
}

/** Parts to leave out: everything, then halves, quarters … down to single ones; of many, down to a 64th: what is left is fewer then. */
function* parts(length: number): Generator<{ readonly from: number; readonly to: number }> {
  const smallest = Math.max(1, Math.ceil(length / 64));
  for (let size = length; size >= smallest; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < length; from += size) yield { from, to: Math.min(length, from + size) };
  }
}

function* fewerEpisodes(plan: ScenarioPlan): Generator<ScenarioPlan> {
  const { episodes } = plan.world;
  const faults = drawn(episodes);
  for (const { from, to } of parts(faults.length)) {
    const left = new Set(faults.slice(from, to));
    yield withWorld(plan, { episodes: episodes.filter((episode) => !left.has(episode)) });
  }
}

function* fewerOperations(plan: ScenarioPlan): Generator<ScenarioPlan> {
  for (const [i, client] of plan.clients.entries()) {
    const { operations } = client;
    for (const { from, to } of parts(operations.length)) {
      const rest = [...operations.slice(0, from), ...operations.slice(to)];
      const clients: readonly ClientPlan[] = plan.clients.map((other, j) =>
        j === i ? { ...client, operations: rest } : other,
      );
      yield { ...plan, clients };
    }
  }
}

function* fewerGroups(plan: ScenarioPlan): Generator<ScenarioPlan> {
  const { groups = [] } = plan;
  if (groups.length < 2) return;
  for (const { id } of groups) {
    const clients = plan.clients.map((client) => ({
      ...client,
      operations: client.operations.filter(({ group = 0 }) => group !== id),
    }));
    yield { ...plan, groups: groups.filter((group) => group.id !== id), clients };
  }
}

/** Takes the host `gone` out of a plan: those after it move up. Null where a fault speaks of it, or of hosts in a way that cannot be followed. */
function withoutHost(plan: ScenarioPlan, gone: number): ScenarioPlan | null {
  const { world, groups } = plan;
  const isClient = gone >= world.servers;
  if (!isClient && groups?.some(({ voters }) => voters.includes(gone)) === true) return null;
  const moved = (host: number): number => (host > gone ? host - 1 : host);
  const episodes: Episode[] = [];
  for (const episode of world.episodes) {
    const { target, when, args } = episode;
    const lists = Object.values(args).filter((value) => typeof value !== 'number');
    const isRest = episode.fault === restCutOff.id;
    if ('match' in when && when.match.host === gone) return null;
    if (lists.some((list) => list.includes(gone))) return null;
    // Numbers in arguments that are no lists of hosts stay as they are; a server more or less could change what they mean.
    if (!isClient && lists.length > 0) return null;
    if (!('hosts' in target)) {
      episodes.push(episode);
      continue;
    }
    if (target.hosts.includes(gone) && !isRest) return null;
    const hosts = target.hosts.filter((host) => host !== gone).map(moved);
    if (isRest && hosts.length === 0) continue;
    const moving = Object.fromEntries(
      Object.entries(args).map(([name, value]) => [
        name,
        typeof value === 'number' ? value : value.map(moved),
      ]),
    );
    episodes.push({ ...episode, target: { hosts }, args: moving });
  }
  const quorum = world.phases.quorum.filter((host) => host !== gone).map(moved);
  const servers = world.servers - (isClient ? 0 : 1);
  if (
    !isClient &&
    groups === undefined &&
    quorum.filter((host) => host < servers).length < (servers >>> 1) + 1
  )
    return null;
  const regrouped = groups?.map(({ id, voters }) => ({ id, voters: voters.map(moved) }));
  return {
    ...plan,
    ...(regrouped !== undefined && { groups: regrouped }),
    world: {
      ...world,
      servers,
      clients: world.clients - (isClient ? 1 : 0),
      clocks: world.clocks.filter((_, host) => host !== gone),
      episodes,
      phases: { ...world.phases, quorum },
      ...(world.atlas !== undefined && { atlas: world.atlas.filter((host) => host !== gone).map(moved) }),
    },
    clients: isClient ? plan.clients.filter((_, i) => world.servers + i !== gone) : plan.clients,
  };
}

function* fewerHosts(plan: ScenarioPlan): Generator<ScenarioPlan> {
  const { servers, clients } = plan.world;
  for (let client = servers + clients - 1; client > servers; client -= 1) {
    const smaller = withoutHost(plan, client);
    if (smaller !== null) yield smaller;
  }
  for (let server = servers - 1; server > 0; server -= 1) {
    const smaller = withoutHost(plan, server);
    if (smaller !== null) yield smaller;
  }
}

function withPhases(plan: ScenarioPlan, change: Partial<PhasePlan>): ScenarioPlan {
  const phases = { ...plan.world.phases, ...change };
  const episodes = plan.world.episodes.flatMap((episode): readonly Episode[] => {
    if (episode.fault === restCutOff.id) {
      if (phases.quorumUs === 0) return [];
      return [{ ...episode, when: { atUs: phases.weatherUs - 1 }, durationUs: phases.quorumUs + 1 }];
    }
    const { when } = episode;
    return ('atUs' in when ? when.atUs : when.afterUs) < phases.weatherUs ? [episode] : [];
  });
  return withWorld(plan, { phases, episodes });
}

function* shorter(plan: ScenarioPlan): Generator<ScenarioPlan> {
  const { phases, episodes } = plan.world;
  for (const weatherUs of [Math.floor(phases.weatherUs / 4), Math.floor(phases.weatherUs / 2)]) {
    if (weatherUs >= shortestWeatherUs) yield withPhases(plan, { weatherUs });
  }
  if (phases.allUs > 0) yield withPhases(plan, { allUs: 0 });
  if (phases.quorumUs > 0) yield withPhases(plan, { quorumUs: 0 });
  for (const episode of drawn(episodes)) {
    if (episode.durationUs < 2 * shortestEpisodeUs) continue;
    const durationUs = Math.floor(episode.durationUs / 2);
    yield withWorld(plan, {
      episodes: episodes.map((other) => (other === episode ? { ...episode, durationUs } : other)),
    });
  }
}

function steady(delay: DelaySpec): DelaySpec {
  return { minUs: delay.minUs, maxUs: delay.minUs, tailPpm: 0, tailMaxUs: 0 };
}

function isSteady({ minUs, maxUs, tailPpm }: DelaySpec): boolean {
  return minUs === maxUs && tailPpm === 0;
}

function* kinder(plan: ScenarioPlan): Generator<ScenarioPlan> {
  const { network, disk, clocks, wire } = plan.world;
  if (wire === 'bytes') yield withWorld(plan, { wire: 'structured' });
  if (clocks.some((clock) => clock.driftPpm !== 0)) {
    const still = clocks.map((clock): ClockPlan => ({ ...clock, driftPpm: 0 }));
    yield withWorld(plan, { clocks: still });
  }
  for (const rate of ['lossPpm', 'duplicationPpm', 'reorderPpm'] as const) {
    if (network[rate] > 0) yield withWorld(plan, { network: { ...network, [rate]: 0 } });
  }
  if (!isSteady(network.delay)) {
    yield withWorld(plan, { network: { ...network, delay: steady(network.delay) } });
  }
  if (!isSteady(disk.fsync)) yield withWorld(plan, { disk: { ...disk, fsync: steady(disk.fsync) } });
}
