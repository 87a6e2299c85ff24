/**
 * Which lanes there are, and in what order: a page shows what its story is about, not all that a run had. Nodes are ordered so that the partition in
 * view is one straight wall; of more than nine nodes those of the story stay, and the rest share one lane of density.
 */
import { hostName } from '../figures.ts';
import { shownOf } from './causal-columns.ts';
import { cutMarks } from './cut-links.ts';
import { nodeOrder, parts } from './node-order.ts';
import type { FaultSpan, RunPage, Timeline } from './run-page.ts';

/** Nodes with a lane of their own, clients, locks and so on: at most. */
export const nodesMax = 9;
const clientsMax = 8;
const objectsMax = { locks: 3, barriers: 3, keys: 4 } as const;
/** Of each kind, where the verdict names none: a few that changed meanwhile, as a setting. */
const unnamedMax = 2;
/** Partitions that may bend the order of lanes; the longest in view. */
const partitionsMax = 8;

/** What has a lane. Objects and partitions are places in their lists. */
export interface LaneChoice {
  /** From top to bottom. */
  readonly nodes: readonly number[];
  /** Nodes that share one lane. */
  readonly folded: readonly number[];
  readonly clients: readonly number[];
  readonly locks: readonly number[];
  readonly barriers: readonly number[];
  readonly keys: readonly number[];
  /** Places of faults that are partitions and touch the slice. */
  readonly partitions: readonly number[];
  /** Nodes at which a link was cut in the slice that no wall stands for. */
  readonly cut: readonly number[];
  /** The group whose roles and objects are shown. */
  readonly group: number;
}

/**
 * Chooses lanes.
 * @param wanted words of the search: a host or an object of such a name has a lane even where the story does not name it
 */
export function chooseLanes(page: RunPage, wanted: readonly string[] = []): LaneChoice {
  const { timeline, about } = page;
  const { fromUs, toUs } = sliceTimes(timeline);
  const weights = hostWeights(page);
  for (let host = 0; host < about.hosts; host += 1)
    if (wanted.includes(hostName(host, about.servers))) weights[host]! += 1e9;
  const servers = Array.from({ length: about.servers }, (_, host) => host);
  const shown = heaviest(servers, weights, nodesMax);
  const lengthOf = wallLength(page);
  const partitions = partitionsOf(timeline.faults, shown, { fromUs, toUs, lengthOf });
  const order = nodeOrder(
    shown,
    partitions.map((place) => {
      const fault = timeline.faults[place]!;
      return { sides: fault.sides!, weight: 1 + lengthOf(fault) };
    }),
  );
  const clients = Array.from(
    { length: Math.max(0, about.hosts - about.servers) },
    (_, i) => about.servers + i,
  );
  return {
    nodes: order,
    folded: servers.filter((host) => !shown.includes(host)),
    clients: heaviest(clients, weights, clientsMax),
    ...chooseObjects(timeline, fromUs, toUs, wanted),
    partitions,
    cut: order.filter((host) => cutAt(page, host, fromUs, toUs)),
    group: groupOf(timeline),
  };
}

/** From the first to the last event of the slice; the window where there is no slice. */
export function sliceTimes({ slice, events, window }: Timeline): { fromUs: number; toUs: number } {
  if (slice.length === 0) return window;
  return { fromUs: events.atUs[slice[0]!]!, toUs: events.atUs[slice.at(-1)!]! };
}

/** Whether a link was cut at a host meanwhile. */
function cutAt({ timeline, about }: RunPage, host: number, fromUs: number, toUs: number): boolean {
  return timeline.faults.some(
    (fault) =>
      fault.fromUs <= toUs &&
      fault.toUs >= fromUs &&
      cutMarks(fault, about.servers).some((mark) => mark.host === host),
  );
}

/** How much each host has to do with it: steps of the story, then events of the slice. */
function hostWeights({ timeline, storyEvents, about }: RunPage): Float64Array {
  const weights = new Float64Array(about.hosts);
  const add = (event: number, weight: number) => {
    const host = timeline.events.host[event] ?? -1;
    if (host >= 0 && host < about.hosts) weights[host]! += weight;
  };
  for (const event of storyEvents) add(event, 1e6);
  for (const event of timeline.slice) add(event, 1);
  return weights;
}

/** The heaviest, rising by number; of equal ones the lowest. */
function heaviest(hosts: readonly number[], weights: Float64Array, max: number): number[] {
  if (hosts.length <= max) return [...hosts];
  const ranked = [...hosts].sort((a, b) => weights[b]! - weights[a]! || a - b);
  return ranked.slice(0, max).sort((a, b) => a - b);
}

/** How long a partition's wall is drawn: columns of the causal slice, in which seconds may be one gap; of a run without a slice, microseconds. */
function wallLength(page: RunPage): (fault: FaultSpan) => number {
  const { timeline } = page;
  const { slice, events } = timeline;
  const { fromUs, toUs } = sliceTimes(timeline);
  if (slice.length === 0)
    return (fault) => Math.max(0, Math.round(Math.min(toUs, fault.toUs) - Math.max(fromUs, fault.fromUs)));
  const columns = shownOf(page, false).shown.map((event) => events.atUs[event]!);
  return (fault) => columns.filter((us) => us >= fault.fromUs && us <= fault.toUs).length;
}

/** Partitions that part two of these nodes and touch the slice, the longest first. */
function partitionsOf(
  faults: readonly FaultSpan[],
  nodes: readonly number[],
  { fromUs, toUs, lengthOf }: { fromUs: number; toUs: number; lengthOf: (fault: FaultSpan) => number },
): number[] {
  return [...faults.keys()]
    .filter((place) => {
      const { sides, ...fault } = faults[place]!;
      if (sides === null || fault.fromUs > toUs || fault.toUs < fromUs) return false;
      return nodes.some((a) => nodes.some((b) => parts(sides, a, b)));
    })
    .sort((a, b) => lengthOf(faults[b]!) - lengthOf(faults[a]!) || a - b)
    .slice(0, partitionsMax);
}

/** The group of the entry that the verdict is about; else of the first object, else the first that has roles. */
function groupOf({ log, locks, barriers, keys, roles }: Timeline): number {
  if (log.violating > 0) return log.violatingGroup;
  const accused = keys.find((key) => key.values.some((value) => value.violating));
  return (locks[0] ?? barriers[0] ?? accused ?? roles[0])?.group ?? 0;
}

function chooseObjects(
  timeline: Timeline,
  fromUs: number,
  toUs: number,
  wanted: readonly string[],
): Pick<LaneChoice, 'locks' | 'barriers' | 'keys'> {
  const { operations, locks, barriers, keys } = timeline;
  const accused = new Set(operations.violating.map((place) => operations.object[place]!));
  const named = ({ name, violating }: { readonly name: string; readonly violating: boolean }) => {
    if (wanted.includes(name.toLowerCase())) return 8;
    return violating || accused.has(operations.objects.indexOf(name)) ? 4 : 0;
  };
  const near = (from: number, to: number) => from <= toUs && to >= fromUs;
  const tokens = new Set(operations.violating.map((place) => operations.token[place]!));
  tokens.delete(0);
  return {
    locks: best(
      locks.map((lock) => {
        const { holdings } = lock;
        const touched = holdings.some((held) => near(held.fromUs, held.toUs)) ? 1 : 0;
        return named(lock) + touched + (holdings.some((held) => tokens.has(held.token)) ? 2 : 0);
      }),
      objectsMax.locks,
    ),
    barriers: best(
      barriers.map(
        (barrier) => named(barrier) + (barrier.generations.some((one) => near(one.fromUs, one.toUs)) ? 1 : 0),
      ),
      objectsMax.barriers,
    ),
    keys: best(
      keys.map((key) => {
        const { values } = key;
        const violating = values.some((value) => value.violating) ? 4 : 0;
        return named(key) + violating + (values.some((value) => near(value.fromUs, value.fromUs)) ? 1 : 0);
      }),
      objectsMax.keys,
    ),
  };
}

/** Places of those that score, the best ones, rising. Where some are accused or asked for, what merely changed meanwhile is left out but for one. */
function best(scores: readonly number[], max: number): number[] {
  const ranked = [...scores.keys()]
    .filter((place) => scores[place]! > 0)
    .sort((a, b) => scores[b]! - scores[a]! || a - b);
  const strong = ranked.filter((place) => scores[place]! >= 2).length;
  return ranked
    .slice(0, strong > 0 ? Math.min(max, strong + 1) : Math.min(max, unnamedMax))
    .sort((a, b) => a - b);
}
