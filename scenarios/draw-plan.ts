/**
 * From a seed to a plan: everything about a run that is decided before it starts. Each part draws from a stream of its own, so that a change
 * to one (a client more, another fault) does not shift what the others draw.
 *
 * | stream | decides |
 * |---|---|
 * | `plan/cluster` | servers, clients, how messages travel |
 * | `plan/system` | the system's configuration |
 * | `plan/groups` | who votes in which group, where the system runs several |
 * | `plan/network`, `plan/clocks` | the base weather |
 * | `plan/load`, `plan/clients/i` | what the clients do: shared, and each by itself |
 * | `plan/faults/i` | the episodes of the ith item of the scenario's faults |
 * | `plan/atlas` | whose durable data may be damaged, where a fault does that |
 * | `plan/phases` | which quorum is healed first, and how the rest is cut off from it |
 */
import type { Group } from '../core/group-host.ts';
import type { Fault, Nemesis } from '../sim/faults.ts';
import { driftOf } from '../sim/nemesis/clocks.ts';
import { restCutOff } from '../sim/nemesis/partitions.ts';
import type { ClockPlan, DelaySpec, Episode, NetworkPlan } from '../sim/plan.ts';
import { streamOf } from '../sim/random.ts';
import type { Stream } from '../sim/random.ts';
import { selectorOf } from '../sim/targets.ts';
import type { ClientPlan, Range, ScenarioPlan, System, Workload } from './scenario.ts';
import { drawFrom } from './faults.ts';
import { ScenarioError } from './scenario-error.ts';

/** Rises whenever the same seed draws another plan than before; scenarios/golden/plans.txt guards it. */
export const seedEpoch = 4;

/** What a plan is drawn from: a scenario's fields, checked and complete. */
export interface PlanSource {
  readonly name: string;
  readonly system: System;
  readonly nodes: Range;
  readonly clients: Range;
  readonly weatherUs: number;
  readonly quorumUs: number;
  readonly allUs: number;
  readonly workload: Workload | undefined;
  readonly nemeses: readonly (Fault | Nemesis)[];
  readonly network: Partial<NetworkPlan>;
  readonly fsync: DelaySpec | undefined;
  readonly rhoPpm: number;
}

/** What an fsync takes where the scenario does not say: 0.1–1 ms, one in 200 up to 20 ms more. */
const usualFsync: DelaySpec = { minUs: 100, maxUs: 1_000, tailPpm: 5_000, tailMaxUs: 20_000 };
/** What a message takes where the scenario does not say: 0.3–1 ms, one in 50 up to 20 ms more. */
const usualDelay: DelaySpec = { minUs: 300, maxUs: 1_000, tailPpm: 20_000, tailMaxUs: 20_000 };
/** Wall clocks start near this instant, as far apart as they like. */
const EPOCH_US = 1_700_000_000_000_000;

function drawRange(range: Range, random: Stream): number {
  return typeof range === 'number' ? range : random.between(range[0], range[1]);
}

/** Loss, copies and overtaking that are there at all times: up to 2 % each. The three draws are made in any case. */
function drawNetwork(given: Partial<NetworkPlan>, random: Stream): NetworkPlan {
  const lossPpm = random.between(0, 20_000);
  const duplicationPpm = random.between(0, 20_000);
  const reorderPpm = random.between(0, 20_000);
  return { delay: usualDelay, lossPpm, duplicationPpm, reorderPpm, reorderMaxUs: 20_000, ...given };
}

/** Leaves room within ρ for the episodes that will change a clock's rate. */
function drawClocks(
  hosts: number,
  rhoPpm: number,
  episodes: readonly Episode[],
  random: Stream,
): ClockPlan[] {
  let change = 0;
  for (const episode of episodes) change = Math.max(change, Math.abs(driftOf(episode)));
  const bound = Math.max(0, rhoPpm - change);
  const clocks: ClockPlan[] = [];
  for (let host = 0; host < hosts; host += 1) {
    const driftPpm = random.between(-bound, bound);
    const wallOffsetUs = EPOCH_US + random.between(-500_000_000, 500_000_000);
    clocks.push({ driftPpm, wallOffsetUs });
  }
  return clocks;
}

function drawOrder(servers: number, random: Stream): number[] {
  const order: number[] = [];
  for (let host = 0; host < servers; host += 1) order.push(host);
  for (let i = servers - 1; i > 0; i -= 1) {
    const j = random.below(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}

/** Whether these hosts are a minority of every group, or of all servers where there are no groups: without them the others can go on. */
export function isMinority(
  hosts: readonly number[],
  servers: number,
  groups: readonly Group[] | undefined,
): boolean {
  if (groups === undefined) return hosts.length <= (servers - 1) >>> 1;
  return groups.every(
    ({ voters }) => voters.filter((host) => hosts.includes(host)).length <= (voters.length - 1) >>> 1,
  );
}

/**
 * Servers whose durable data may be damaged in this run: from one to as many as the others are a majority without, in every group; nobody, where no fault
 * damages any.
 */
function drawAtlas(
  source: PlanSource,
  seed: number,
  servers: number,
  groups: readonly Group[] | undefined,
): readonly number[] {
  const damages = source.nemeses.some((one) =>
    'drawEpisodes' in one ? one.faults.some((fault) => fault.damages === true) : one.damages === true,
  );
  const spare = (servers - 1) >>> 1;
  if (!damages || spare === 0) return [];
  const random = streamOf(seed, 'plan/atlas');
  const order = drawOrder(servers, random);
  const most = random.between(1, spare);
  const atlas: number[] = [];
  for (const host of order) {
    if (atlas.length < most && isMinority([...atlas, host], servers, groups)) atlas.push(host);
  }
  return atlas.sort((a, b) => a - b);
}

/** Undamaged servers, drawn, so few that one less would leave a group without a majority. */
function drawServersOfQuorum(
  servers: number,
  groups: readonly Group[] | undefined,
  atlas: readonly number[],
  random: Stream,
): number[] {
  const order = drawOrder(servers, random);
  if (groups === undefined) {
    return order.filter((host) => !atlas.includes(host)).slice(0, (servers >>> 1) + 1);
  }
  const away = [...atlas];
  for (const host of order) {
    if (!away.includes(host) && isMinority([...away, host], servers, groups)) away.push(host);
  }
  return order.filter((host) => !away.includes(host));
}

/** A majority, of each group where there are several, of the undamaged servers; and each client with three chances in four: at least the first. */
function drawQuorum(
  servers: number,
  groups: readonly Group[] | undefined,
  clients: number,
  atlas: readonly number[],
  random: Stream,
): number[] {
  const quorum = drawServersOfQuorum(servers, groups, atlas, random).sort((a, b) => a - b);
  for (let client = 0; client < clients; client += 1) {
    const healed = random.below(4) !== 0;
    if (healed || client === 0) quorum.push(servers + client);
  }
  return quorum;
}

function drawEpisodes(
  source: PlanSource,
  seed: number,
  servers: number,
  clients: number,
  atlas: readonly number[],
): Episode[] {
  const episodes: Episode[] = [];
  for (const [position, nemesis] of source.nemeses.entries()) {
    const random = streamOf(seed, `plan/faults/${position}`);
    for (const draft of drawFrom(nemesis, { servers, clients, weatherUs: source.weatherUs, random, atlas })) {
      const selector = selectorOf(draft.target);
      if (selector !== null && source.system.selectors === undefined) {
        throw new ScenarioError(
          `scenario "${source.name}": fault "${draft.fault}" aims at "${selector}", but the system "${source.system.name}" has no selectors.`,
          'Give the system selectors(), or aim at hosts.',
        );
      }
      const { fault, ...rest } = draft;
      episodes.push({ id: episodes.length + 1, fault, ...rest });
    }
  }
  return episodes;
}

/** Cuts off, as the healing of a quorum begins, whatever is not healed with it; healing a quorum leaves its links to the rest as they are. */
function cutOffRest(
  id: number,
  source: PlanSource,
  hosts: number,
  quorum: readonly number[],
  random: Stream,
): Episode {
  const rest: number[] = [];
  for (let host = 0; host < hosts; host += 1) if (!quorum.includes(host)) rest.push(host);
  return {
    id,
    fault: restCutOff.id,
    when: { atUs: source.weatherUs - 1 },
    durationUs: source.quorumUs + 1,
    target: { hosts: rest },
    args: { passing: random.below(3) },
  };
}

/** @throws ScenarioError for groups that this many servers cannot hold */
function checkGroups(name: string, groups: readonly Group[], servers: number): void {
  const wrong = (what: string, next: string): never => {
    throw new ScenarioError(`scenario "${name}": ${what}.`, next);
  };
  if (groups.length === 0) wrong('it has no group', 'Give it one.');
  const ids = new Set<number>();
  for (const { id, voters } of groups) {
    if (!Number.isSafeInteger(id) || id < 0 || ids.has(id)) {
      wrong(`group ${id} is no integer from 0, or another's number`, 'Number the groups 1, 2, 3.');
    }
    ids.add(id);
    const known = voters.every((host, i) => host >= 0 && host < servers && host > (voters[i - 1] ?? -1));
    if (voters.length === 0 || !known) {
      wrong(
        `group ${id} has the voters ${JSON.stringify(voters)}, which are no hosts of 0 to ${servers - 1} in ascending order`,
        'Name servers, each once, ascending.',
      );
    }
  }
}

/**
 * Draws the plan of a seed.
 * @throws ScenarioError where a fault aims at what the system cannot name
 */
export function drawPlan(source: PlanSource, seed: number): ScenarioPlan {
  const { system, weatherUs, quorumUs, allUs } = source;
  const cluster = streamOf(seed, 'plan/cluster');
  const servers = drawRange(source.nodes, cluster);
  const clients = drawRange(source.clients, cluster);
  const bytes = cluster.below(16) === 0;
  const canTravel = system.codec?.encode !== undefined && system.codec.decode !== undefined;
  const configuration = system.configure?.(streamOf(seed, 'plan/system'), servers) ?? null;
  const groups = system.groups?.(streamOf(seed, 'plan/groups'), servers);
  if (groups !== undefined) checkGroups(source.name, groups, servers);
  const atlas = drawAtlas(source, seed, servers, groups);
  const episodes = drawEpisodes(source, seed, servers, clients, atlas);
  const phases = streamOf(seed, 'plan/phases');
  const quorum = drawQuorum(servers, groups, clients, atlas, phases);
  if (quorumUs > 0 && quorum.length < servers + clients) {
    episodes.push(cutOffRest(episodes.length + 1, source, servers + clients, quorum, phases));
  }
  const plans: ClientPlan[] = [];
  for (let client = 0; client < clients; client += 1) {
    plans.push(
      source.workload?.draw({
        servers,
        ...(groups !== undefined && { groups }),
        client,
        clients,
        weatherUs,
        totalUs: weatherUs + quorumUs + allUs,
        random: streamOf(seed, `plan/clients/${client}`),
        common: streamOf(seed, 'plan/load'),
      }) ?? { mode: 'closed', operations: [] },
    );
  }
  return {
    world: {
      seed,
      servers,
      clients,
      wire: bytes && canTravel ? 'bytes' : 'structured',
      network: drawNetwork(source.network, streamOf(seed, 'plan/network')),
      disk: {
        fsync: source.fsync ?? usualFsync,
        ...(atlas.length > 0 && { rotsAtOnce: system.rotsAtOnce ?? '' }),
      },
      clocks: drawClocks(servers + clients, source.rhoPpm, episodes, streamOf(seed, 'plan/clocks')),
      episodes,
      phases: {
        weatherUs,
        quorumUs,
        allUs,
        quorum,
      },
      ...(atlas.length > 0 && { atlas }),
    },
    configuration,
    ...(groups !== undefined && { groups }),
    clients: plans,
  };
}
