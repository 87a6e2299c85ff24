/**
 * Networks that fall apart.
 *
 * Fault model: a cut link loses what is sent into it, silently and in one direction; what was in flight still arrives, so a deposed leader's last
 * messages come late. Cuts are counted per direction: overlapping episodes each hold their own. Clients stand on one side or the other, and
 * an isolated leader keeps some of them: it must refuse or forget what it can no longer commit.
 */
import type { DrawContext, Fault, FaultControl, Nemesis } from '../faults.ts';
import type { Episode } from '../plan.ts';
import { afterElection, atElection, drawTrigger, hosts, matched, selected } from '../targets.ts';
import { drawOrder, drawServer, storm } from './storm.ts';
import type { Span, StormKind } from './storm.ts';

/** A list in an episode's arguments; empty where there is none. */
export function listOf(episode: Episode, name: string): readonly number[] {
  const value = episode.args[name];
  return typeof value === 'number' ? [value] : (value ?? []);
}

type Change = (from: number, to: number) => void;
type Hosts = Pick<FaultControl, 'hosts'>;
/** Calls `change` for each one-way link of an episode. */
type Links = (control: Hosts, targets: readonly number[], episode: Episode, change: Change) => void;

/** By class what it cuts. */
const linksOf = new WeakMap<Fault, Links>();

/** Every one-way link from `side` to a host that is in neither list. */
export function outward(
  control: Hosts,
  side: readonly number[],
  spared: readonly number[],
  change: Change,
): void {
  for (const from of side) {
    for (let to = 0; to < control.hosts; to += 1) {
      if (!side.includes(to) && !spared.includes(to)) change(from, to);
    }
  }
}

/** Every one-way link to `side` from a host that is in neither list. */
export function inward(
  control: Hosts,
  side: readonly number[],
  spared: readonly number[],
  change: Change,
): void {
  outward(control, side, spared, (from, to) => change(to, from));
}

/** A fault that cuts what `links` names, and mends the same. */
function cutting(id: string, links: Links): Fault {
  const fault: Fault = {
    id,
    start: (control, targets, episode) =>
      links(control, targets, episode, (from, to) => control.cut(from, to)),
    stop: (control, targets, episode) =>
      links(control, targets, episode, (from, to) => control.mend(from, to)),
  };
  linksOf.set(fault, links);
  return fault;
}

/**
 * The one-way links that an episode cuts for as long as it lasts, as `[from, to]`; null where its class is none that cuts a list of links.
 * @param targets hosts that the episode hit
 * @param hosts how many there are, clients included
 */
export function linksCut(
  fault: Fault,
  targets: readonly number[],
  episode: Episode,
  hosts: number,
): readonly (readonly [from: number, to: number])[] | null {
  const links = linksOf.get(fault);
  if (links === undefined) return null;
  const cut: (readonly [number, number])[] = [];
  links({ hosts }, targets, episode, (from, to) => cut.push([from, to]));
  return cut;
}

/** Target: one side. Nothing passes between it and the rest but for the hosts in `spared`. */
function bothWays(id: string): Fault {
  return cutting(id, (control, side, episode, change) => {
    const spared = listOf(episode, 'spared');
    outward(control, side, spared, change);
    inward(control, side, spared, change);
  });
}

/** Split in two: the target is one side, clients included. */
export const partition = bothWays('partition');
/** One server alone; clients in `spared` still reach it. */
export const isolated = bothWays('isolated');
/** Whoever leads, alone with the clients in `spared`. */
export const isolatedLeader = bothWays('isolated-leader');
/** A leader alone within 60 ms of its election: its first entry is on few disks. */
export const isolatedAtElection = bothWays('isolated-at-election');

/** The target is heard by nobody (`outward` 1), or hears nobody (0). */
export const partitionOneWay = cutting('partition-one-way', (control, side, episode, change) => {
  const spared = listOf(episode, 'spared');
  if (episode.args['outward'] === 1) outward(control, side, spared, change);
  else inward(control, side, spared, change);
});

/** The servers in `left` and `right` do not see each other; the target, one server, sees both. */
export const bridge = cutting('bridge', (_control, _target, episode, change) => {
  for (const a of listOf(episode, 'left')) {
    for (const b of listOf(episode, 'right')) {
      change(a, b);
      change(b, a);
    }
  }
});

/**
 * The target is all that is not healed with the quorum. Raft without forwarding cannot serve clients that do not reach a leader outside the healed
 * quorum, so that none may stay in touch with it: nothing passes (`passing` 0), or only what the rest sends (1), or only what it hears (2).
 */
export const restCutOff = cutting('rest-cut-off', (control, rest, episode, change) => {
  if (episode.args['passing'] !== 1) outward(control, rest, [], change);
  if (episode.args['passing'] !== 2) inward(control, rest, [], change);
});

/**
 * The targets, in their order, stand in a ring; each sees its neighbours only: a majority, but everyone another one. Fewer than three have no two
 * majorities that differ: nothing is cut.
 */
export const majoritiesRing = cutting('majorities-ring', (_control, ring, _episode, change) => {
  const n = ring.length;
  if (n < 3) return;
  // Neighbours on either side: as many as make a quorum with oneself.
  const reach = ((n >>> 1) + 1) >>> 1;
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 1; j < n; j += 1) {
      const apart = Math.min(j - i, n - (j - i));
      // Of three, one pair is enough: each of the two still forms a majority with the third.
      if (n === 3 ? i === 0 && j === 1 : apart > reach) {
        change(ring[i] as number, ring[j] as number);
        change(ring[j] as number, ring[i] as number);
      }
    }
  }
});

/** The classes that cut links, for counting partitions in a run. */
export const partitionFaults: readonly string[] = [
  partition,
  isolated,
  isolatedLeader,
  isolatedAtElection,
  partitionOneWay,
  bridge,
  majoritiesRing,
].map((fault) => fault.id);

/** Each client with one chance in two. */
export function someClients(context: DrawContext): number[] {
  const chosen: number[] = [];
  for (let client = 0; client < context.clients; client += 1) {
    if (context.random.below(2) === 0) chosen.push(context.servers + client);
  }
  return chosen;
}

/** Servers (at least one, fewer than all) and clients of one side. */
function drawSide(context: DrawContext): number[] {
  const order = drawOrder(context);
  const count = context.random.between(1, Math.max(1, context.servers - 1));
  return [...order.slice(0, count), ...someClients(context)];
}

/** Storm kind: a split in two. */
export function partitionKind(weight: number): StormKind {
  return {
    fault: partition,
    weight,
    draft: (context, atUs, durationUs) => ({
      when: { atUs },
      durationUs,
      target: hosts(...drawSide(context)),
      args: {},
    }),
  };
}

/** Storm kind: a drawn server alone. */
export function isolatedKind(weight: number): StormKind {
  return {
    fault: isolated,
    weight,
    draft: (context, atUs, durationUs) => ({
      when: { atUs },
      durationUs,
      target: hosts(drawServer(context)),
      args: { spared: someClients(context) },
    }),
  };
}

function isolatedLeaderKind(weight: number): StormKind {
  return {
    fault: isolatedLeader,
    weight,
    draft: (context, atUs, durationUs) => ({
      when: { atUs },
      durationUs,
      target: selected('leader'),
      args: { spared: someClients(context) },
    }),
  };
}

function isolatedAtElectionKind(weight: number): StormKind {
  return {
    fault: isolatedAtElection,
    weight,
    draft: (context, atUs, durationUs) => ({
      // In one half its first entry stays alone with it; in the other, entries of earlier terms have begun to spread.
      when: drawTrigger(context.random.below(2) === 0 ? atElection : afterElection, atUs, context.random),
      durationUs,
      target: matched,
      args: { spared: someClients(context) },
    }),
  };
}

function oneWayKind(weight: number): StormKind {
  return {
    fault: partitionOneWay,
    weight,
    draft(context, atUs, durationUs) {
      const outwards = context.random.below(2);
      // Half of them hit whoever leads: a leader that is not heard, or hears nobody, is the hard case.
      const target = context.random.below(2) === 0 ? selected('leader') : hosts(drawServer(context));
      return {
        when: { atUs },
        durationUs,
        target,
        args: { outward: outwards, spared: someClients(context) },
      };
    },
  };
}

function bridgeKind(weight: number): StormKind {
  return {
    fault: bridge,
    weight,
    draft(context, atUs, durationUs) {
      const [middle = 0, ...rest] = drawOrder(context);
      const half = (rest.length + context.random.below(2)) >>> 1;
      return {
        when: { atUs },
        durationUs,
        target: hosts(middle),
        args: { left: rest.slice(0, half), right: rest.slice(half) },
      };
    },
  };
}

function ringKind(weight: number): StormKind {
  return {
    fault: majoritiesRing,
    weight,
    draft: (context, atUs, durationUs) => ({
      when: { atUs },
      durationUs,
      target: hosts(...drawOrder(context)),
      args: {},
    }),
  };
}

/** Relative frequencies of the kinds of partition: integers ≥ 0; a kind left out does not occur. */
export interface PartitionKinds {
  readonly split?: number;
  readonly isolated?: number;
  readonly isolatedLeader?: number;
  readonly isolatedAtElection?: number;
  readonly oneWay?: number;
  readonly bridge?: number;
  readonly ring?: number;
}

/**
 * Partitions of the kinds given (default: splits and isolated servers alike).
 * `isolatedLeader` and `oneWay` need the system's selector `leader`, `isolatedAtElection` its observation `leaderElected`.
 * @param options.everyMs start to start (default 1–3 s)
 * @param options.lastMs how long each lasts (default 0.3–1.5 s)
 * @throws BadFaultError where every kind's weight is 0.
 */
export function partitions(
  options: { readonly everyMs?: Span; readonly lastMs?: Span; readonly kinds?: PartitionKinds } = {},
): Nemesis {
  const { everyMs = [1_000, 3_000], lastMs = [300, 1_500], kinds = { split: 1, isolated: 1 } } = options;
  return storm({
    everyMs,
    lastMs,
    kinds: [
      partitionKind(kinds.split ?? 0),
      isolatedKind(kinds.isolated ?? 0),
      isolatedLeaderKind(kinds.isolatedLeader ?? 0),
      isolatedAtElectionKind(kinds.isolatedAtElection ?? 0),
      oneWayKind(kinds.oneWay ?? 0),
      bridgeKind(kinds.bridge ?? 0),
      ringKind(kinds.ring ?? 0),
    ],
  });
}
