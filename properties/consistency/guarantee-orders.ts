/**
 * What each session guarantee demands of the order of writes, as steps of a graph. Every demand is one of: a write may be in what an
 * answer rests on, and so stands no later than the write that the answer shows; or one write must stand before another.
 */
import type { Operation } from '../history.ts';
import { OrderGraph } from './order-graph.ts';
import type { Access, ReadsFrom } from './reads-from.ts';
import type { Doings, Session, Sessions } from './session-order.ts';
import { completedBefore, placesBelow } from './session-order.ts';

/** The four of Terry et al. (1994). */
export type Guarantee = 'readYourWrites' | 'monotonicReads' | 'monotonicWrites' | 'writesFollowReads';

/** Why one version stands no later than another, or earlier. */
export type Reason =
  /** The first step of a demand: what was written, or the answer that showed it. */
  | { readonly why: 'wrote' | 'had read'; readonly operation: Operation }
  /** `operation` showed the later one, and its session had written or read the earlier one. */
  | { readonly why: 'read'; readonly operation: Operation }
  /** `operation` is the later one, and its session had written or read the earlier one. */
  | { readonly why: 'then wrote'; readonly operation: Operation }
  /** `operation` showed the later one, and its session had seen (by `by`) a write that the earlier one precedes. */
  | { readonly why: 'saw'; readonly operation: Operation; readonly by: Access }
  /** `operation` wrote in place of what it showed. */
  | { readonly why: 'replaced'; readonly operation: Operation }
  | { readonly why: 'version' | 'initial'; readonly operation: Operation | null };

/** The demands of a guarantee on the versions of a history. */
export type Orders = OrderGraph<Reason>;

/** A history, and its sessions. */
export interface Observed {
  readonly history: ReadsFrom;
  readonly sessions: Sessions;
}

/** Chains of groups: what a session wrote, or read, of one object, up to each operation. */
type Chains = ReadonlyMap<Doings, readonly number[]>;

/** Entries of the clocks of `writesFollowReads` at most, sessions times reads: 64 MB. */
const clockEntriesMax = 16_777_216;

/** What holds whatever is guaranteed: the first state is the first version, told versions ascend, and what is replaced is older. */
function givenOrders({ versions, accesses }: ReadsFrom): Orders {
  const graph: Orders = new OrderGraph(versions.length);
  const initials = new Map<number, number>();
  const ranked = new Map<number, number[]>();
  versions.forEach((version, v) => {
    if (version.initial) initials.set(version.object, v);
    else graph.earlier(initials.get(version.object)!, v, { why: 'initial', operation: null });
    if (version.rank === undefined) return;
    const list = ranked.get(version.object);
    if (list === undefined) ranked.set(version.object, [v]);
    else list.push(v);
  });
  for (const list of ranked.values()) {
    list.sort((a, b) => versions[a]!.rank! - versions[b]!.rank! || a - b);
    for (let i = 1; i < list.length; i += 1) {
      const [before, after] = [list[i - 1]!, list[i]!];
      // Two of one rank would be a mistake of the recorder's; nothing is concluded from it.
      if (versions[before]!.rank === versions[after]!.rank) continue;
      graph.earlier(before, after, { why: 'version', operation: versions[after]!.operation });
    }
  }
  for (const { operation, read, wrote } of accesses) {
    if (read >= 0 && wrote >= 0) graph.earlier(read, wrote, { why: 'replaced', operation });
  }
  return graph;
}

/** An answer shows no version older than its own session's writes. */
export function readYourWritesOrders(observed: Observed): Orders {
  const graph = givenOrders(observed.history);
  const chains = chainsOf(graph, observed.sessions, 'writes');
  for (const access of observed.history.accesses) {
    if (access.read < 0) continue;
    const before = groupBefore(observed, chains, access, 'writes');
    if (before >= 0) graph.notLater(before, access.read, { why: 'read', operation: access.operation });
  }
  return graph;
}

/** An answer shows no version older than what its session has seen. */
export function monotonicReadsOrders(observed: Observed): Orders {
  const graph = givenOrders(observed.history);
  addMonotonicReads(graph, observed, chainsOf(graph, observed.sessions, 'reads'), new Set());
  return graph;
}

/**
 * A session's writes stand in its order; and whoever saw one of them sees nothing older than those before it.
 *
 * @param torn objects on which reads are not monotonic whatever the order of writes: what was seen there is not used
 */
export function monotonicWritesOrders(observed: Observed, torn: ReadonlySet<number>): Orders {
  const graph = givenOrders(observed.history);
  addMonotonicReads(graph, observed, chainsOf(graph, observed.sessions, 'reads'), torn);
  const chains = chainsOf(graph, observed.sessions, 'writes');
  addWritesAfter(graph, observed, chains, 'writes');
  const { history, sessions } = observed;
  // One for all: it is looked at before the next is asked for.
  const clock = new Int32Array(sessions.all.length);
  addSeen(graph, observed, torn, chains, 'writes', (access) => {
    const { operation } = history.versions[access.read]!;
    if (operation === null) return null;
    const writer = sessions.of(operation);
    clock.fill(0);
    clock[writer] = completedBefore(sessions.all[writer]!.writes, operation.invokedAt);
    return clock;
  });
  return graph;
}

/**
 * What a session wrote stands after what it had seen; and whoever saw it sees nothing older than that.
 *
 * @param torn as for `monotonicWritesOrders`
 * @returns `null` if there are too many sessions and reads
 */
export function writesFollowReadsOrders(observed: Observed, torn: ReadonlySet<number>): Orders | null {
  const clocks = clocksOf(observed);
  if (clocks === null) return null;
  const graph = givenOrders(observed.history);
  const chains = chainsOf(graph, observed.sessions, 'reads');
  addMonotonicReads(graph, observed, chains, torn);
  addWritesAfter(graph, observed, chains, 'reads');
  addSeen(graph, observed, torn, chains, 'reads', (access) => {
    const { operation } = observed.history.versions[access.read]!;
    return operation === null ? null : clocks(operation);
  });
  return graph;
}

/** Groups by session and object: the k-th holds what the first k + 1 reads showed, or the first k + 1 writes. */
function chainsOf(graph: Orders, sessions: Sessions, kind: 'reads' | 'writes'): Chains {
  const chains = new Map<Doings, readonly number[]>();
  for (const session of sessions.all) {
    for (const doings of session.byObject.values()) {
      const groups: number[] = [];
      for (const { operation, read, wrote } of doings[kind]) {
        const group = graph.group();
        const before = groups.at(-1);
        if (before !== undefined) graph.notLater(before, group, null);
        const reason = { why: kind === 'reads' ? 'had read' : 'wrote', operation } as const;
        graph.notLater(kind === 'reads' ? read : wrote, group, reason);
        groups.push(group);
      }
      chains.set(doings, groups);
    }
  }
  return chains;
}

/** The group of all that the access's session had read, or written, of the object when the access was invoked; −1: nothing. */
function groupBefore(
  { sessions }: Observed,
  chains: Chains,
  { operation, object }: Access,
  kind: 'reads' | 'writes',
): number {
  const doings = sessions.all[sessions.of(operation)]!.byObject.get(object);
  if (doings === undefined) return -1;
  const count = completedBefore(doings[kind], operation.invokedAt);
  return count === 0 ? -1 : chains.get(doings)![count - 1]!;
}

function addMonotonicReads(
  graph: Orders,
  observed: Observed,
  chains: Chains,
  torn: ReadonlySet<number>,
): void {
  for (const access of observed.history.accesses) {
    if (access.read < 0 || torn.has(access.object)) continue;
    const before = groupBefore(observed, chains, access, 'reads');
    if (before >= 0) graph.notLater(before, access.read, { why: 'read', operation: access.operation });
  }
}

/** A write stands after what its session had written, or seen, of the object. */
function addWritesAfter(graph: Orders, observed: Observed, chains: Chains, kind: 'reads' | 'writes'): void {
  for (const access of observed.history.accesses) {
    if (access.wrote < 0) continue;
    const before = groupBefore(observed, chains, access, kind);
    if (before >= 0) graph.earlier(before, access.wrote, { why: 'then wrote', operation: access.operation });
  }
}

/**
 * An answer shows nothing older than what precedes the writes that its session has seen. What precedes is a clock: of each session, how
 * many of its reads, or writes, in order of completion.
 */
function addSeen(
  graph: Orders,
  { history, sessions }: Observed,
  torn: ReadonlySet<number>,
  chains: Chains,
  kind: 'reads' | 'writes',
  clockOf: (access: Access) => Int32Array | null,
): void {
  const active = activeOn(history.objects.length, sessions, kind);
  for (const session of readersOf(history, sessions)) {
    const known = new Clock(sessions.all.length);
    const last = new Map<number, { access: Access; counts: Int32Array }>();
    let completed = 0;
    for (const access of session.reads) {
      while (completed < session.completed.length) {
        const earlier = session.completed[completed]!;
        if (earlier.operation.completedAt >= access.operation.invokedAt) break;
        known.join(clockOf(earlier), earlier);
        completed += 1;
      }
      if (torn.has(access.object)) continue;
      const own = clockOf(access);
      const before = last.get(access.object);
      // What an earlier answer rested on stands no later than what it showed, and that no later than what this one shows.
      const isLater =
        before !== undefined && before.access.operation.completedAt < access.operation.invokedAt;
      const counts = new Int32Array(active[access.object]!.length);
      last.set(access.object, { access, counts });
      active[access.object]!.forEach(({ number, doings }, i) => {
        const mine = own?.[number] ?? 0;
        const heard = known.counts[number]!;
        const places = kind === 'reads' ? doings.readPlaces : doings.writePlaces;
        const count = placesBelow(places, Math.max(mine, heard));
        counts[i] = count;
        if (count === 0 || (isLater && before.counts[i] === count)) return;
        const by = mine > heard ? access : known.by[number]!;
        graph.notLater(chains.get(doings)![count - 1]!, access.read, {
          why: 'saw',
          operation: access.operation,
          by,
        });
      });
    }
  }
}

/** By object: the sessions that read, or wrote, it. */
function activeOn(
  objects: number,
  sessions: Sessions,
  kind: 'reads' | 'writes',
): readonly (readonly { number: number; doings: Doings }[])[] {
  const active: { number: number; doings: Doings }[][] = Array.from({ length: objects }, () => []);
  sessions.all.forEach((session, number) => {
    for (const [object, doings] of session.byObject) {
      if (doings[kind].length > 0) active[object]!.push({ number, doings });
    }
  });
  return active;
}

/** Each session's reads in order of invocation and in order of completion. */
function readersOf(
  { accesses }: ReadsFrom,
  sessions: Sessions,
): readonly { readonly reads: readonly Access[]; readonly completed: readonly Access[] }[] {
  const readers = sessions.all.map((session) => ({ reads: [] as Access[], completed: session.reads }));
  for (const access of accesses) {
    if (access.read >= 0) readers[sessions.of(access.operation)]!.reads.push(access);
  }
  return readers;
}

/** How much of each session is known of, and which answer told. */
class Clock {
  readonly counts: Int32Array;
  readonly by: (Access | null)[];

  constructor(sessions: number) {
    this.counts = new Int32Array(sessions);
    this.by = Array.from({ length: sessions }, () => null);
  }

  join(other: Int32Array | null, by: Access): void {
    if (other === null) return;
    for (let i = 0; i < other.length; i += 1) {
      if (other[i]! <= this.counts[i]!) continue;
      this.counts[i] = other[i]!;
      this.by[i] = by;
    }
  }
}

/**
 * By write: how many reads of each session it follows, those of its own session before it and what their writes follow in turn. In order
 * of completion one pass suffices, unless an answer shows what was not yet invoked; then until nothing changes.
 */
function clocksOf({ history, sessions }: Observed): ((write: Operation) => Int32Array) | null {
  const width = sessions.all.length;
  const reads = sessions.all
    .flatMap((session, number) => session.reads.map((access, i) => ({ access, number, count: i + 1 })))
    .sort((a, b) => a.access.operation.completedAt - b.access.operation.completedAt);
  if (reads.length * width > clockEntriesMax) return null;
  const nothing = new Int32Array(width);
  const after = sessions.all.map((session: Session) => session.reads.map(() => new Int32Array(width)));
  const clockOf = (write: Operation): Int32Array => {
    const number = sessions.of(write);
    const count = completedBefore(sessions.all[number]!.reads, write.invokedAt);
    return count === 0 ? nothing : after[number]![count - 1]!;
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const { access, number, count } of reads) {
      const clock = after[number]![count - 1]!;
      const { operation } = history.versions[access.read]!;
      const before = count === 1 ? nothing : after[number]![count - 2]!;
      const seen = operation === null ? nothing : clockOf(operation);
      for (let i = 0; i < width; i += 1) {
        const most = Math.max(before[i]!, seen[i]!, i === number ? count : 0);
        if (most <= clock[i]!) continue;
        clock[i] = most;
        changed = true;
      }
    }
  }
  return clockOf;
}
