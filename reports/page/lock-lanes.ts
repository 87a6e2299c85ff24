/** Locks as the machine has them, and as clients believe: the gap between the two is the zombie. */
import type { RunRecord } from '../run-record.ts';
import type { EntryAskers } from './entry-askers.ts';
import { tokenOf, wholeName } from './operation-table.ts';
import type { AskedOperation } from './operation-table.ts';
import type { LockLane } from './run-page.ts';
import { numberOf, textOf } from './transitions.ts';
import type { Transition } from './transitions.ts';

type Open<T> = { -readonly [K in keyof T]: T[K] };
type Holding = Open<LockLane['holdings'][number]>;
type Belief = Open<LockLane['beliefs'][number]>;

interface Lane {
  readonly name: string;
  readonly group: number;
  readonly holdings: Holding[];
  readonly queue: { readonly atUs: number; readonly waiting: readonly string[] }[];
  readonly beliefs: Belief[];
  readonly leases: { readonly atUs: number; readonly token: number; readonly ttlUs: number }[];
}

/** The locks of a run, in the order in which they were first asked for. @param isViolating whether the verdict is about it */
export function lockLanes(
  record: RunRecord,
  transitions: readonly Transition[],
  asked: readonly AskedOperation[],
  askers: EntryAskers,
  isViolating: (group: number, name: string) => boolean,
): LockLane[] {
  const lanes = new Map<string, Lane>();
  const laneOf = (group: number, name: string): Lane => {
    const key = `${group} ${name}`;
    const known = lanes.get(key);
    if (known !== undefined) return known;
    const lane = { name, group, holdings: [], queue: [], beliefs: [], leases: [] };
    lanes.set(key, lane);
    return lane;
  };
  for (const transition of transitions) {
    const name = wholeName(textOf(transition.observation, 'lock'));
    if (name !== '' && transition.observation.kind.startsWith('lock'))
      follow(laneOf(transition.group, name), transition, record.untilUs, askers);
  }
  const about = operationsByLock(asked);
  const crashes = crashesByHost(record);
  for (const [key, lane] of lanes) believe(record, lane, about.get(key) ?? [], crashes);
  return [...lanes.values()].map((lane) => ({ ...lane, violating: isViolating(lane.group, lane.name) }));
}

/** One transition of a lock. */
function follow(
  lane: Lane,
  { atUs, group, index, observation }: Transition,
  untilUs: number,
  askers: EntryAskers,
): void {
  const token = numberOf(observation, 'token');
  const session = numberOf(observation, 'session');
  const name = askers.nameOf(group, session, index);
  const waiting = lane.queue.at(-1)?.waiting ?? [];
  const leave = (): void => {
    const place = waiting.indexOf(name);
    if (place >= 0) lane.queue.push({ atUs, waiting: waiting.filter((_, i) => i !== place) });
  };
  switch (observation.kind) {
    case 'lockQueued':
      lane.queue.push({ atUs, waiting: [...waiting, name] });
      break;
    case 'lockWaitEnded':
      leave();
      break;
    case 'lockGranted': {
      const host = askers.hostOf(group, session, index);
      const nth = lane.holdings.length;
      lane.holdings.push({
        token,
        nth,
        session,
        holder: name,
        host,
        fromUs: atUs,
        toUs: untilUs,
        reason: null,
      });
      lane.leases.push({ atUs, token, ttlUs: numberOf(observation, 'ttlUs') });
      if (numberOf(observation, 'queuedAt') > 0) leave();
      break;
    }
    case 'lockRenewed':
      lane.leases.push({ atUs, token, ttlUs: numberOf(observation, 'ttlUs') });
      break;
    case 'lockFreed': {
      // Of a release session and token are those of the request: a faulty machine may free another's holding by it.
      const open = lane.holdings.filter((one) => one.reason === null);
      const ended = open.find((one) => one.token === token) ?? open.at(-1);
      if (ended === undefined) break;
      ended.toUs = atUs;
      ended.reason = textOf(observation, 'reason');
    }
  }
}

/** What clients did under tokens that they were given. */
function believe(
  record: RunRecord,
  lane: Lane,
  ofLane: readonly AskedOperation[],
  crashes: ReadonlyMap<number, readonly number[]>,
): void {
  const nths = new Map(lane.holdings.map(({ token, nth }) => [token, nth]));
  const open = new Map<string, Belief>();
  const leases = new Map<Belief, number | null>();
  const used = new Map<Belief, number>();
  const ended = (one: AskedOperation): number => (one.toUs < 0 ? record.untilUs : one.toUs);
  // An answer counts when it came, a question when it was asked.
  const moments = ofLane
    .flatMap((one) => [
      { at: one.fromUs, asks: true, one },
      ...(one.toUs >= 0 && one.outcome === 'ok' ? [{ at: one.toUs, asks: false, one }] : []),
    ])
    .sort((a, b) => a.at - b.at || Number(a.asks) - Number(b.asks));
  for (const { at, asks, one } of moments) {
    const token = tokenOf(one);
    const key = `${one.host} ${token}`;
    const f = nameOf(one.op);
    const belief = open.get(key);
    if (!asks && (f === 'acquire' || f === 'renew') && isGrant(one)) {
      const ttlUs = numberIn(one.value, 'ttlUs');
      // It reckons from when it asked: one that waited cannot know when it was granted.
      const deadlineUs = ttlUs === 0 || isQueued(one) ? null : one.fromUs + ttlUs;
      if (belief !== undefined) belief.deadlineUs = deadlineUs ?? belief.deadlineUs;
      else if (f === 'acquire') {
        const made = { host: one.host, token, nth: nths.get(token) ?? 0, fromUs: at, toUs: -1, deadlineUs };
        open.set(key, made);
        leases.set(made, ttlUs === 0 ? null : at + ttlUs);
        lane.beliefs.push(made);
      }
    } else if (asks && belief !== undefined) {
      if (f === 'release' && releases(one)) {
        belief.toUs = at;
        open.delete(key);
      } else used.set(belief, Math.max(used.get(belief) ?? 0, ended(one)));
    }
  }
  for (const belief of lane.beliefs) {
    if (belief.toUs >= 0) continue;
    const leaseUs = belief.deadlineUs ?? leases.get(belief) ?? belief.fromUs;
    const lasted = Math.max(belief.fromUs, used.get(belief) ?? 0, Math.min(leaseUs, record.untilUs));
    // A client that crashed believes nothing.
    const crash = crashes.get(belief.host)?.find((at) => at > belief.fromUs) ?? Infinity;
    belief.toUs = Math.min(lasted, crash);
  }
}

function crashesByHost({ steps, observations }: RunRecord): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const { step, observation } of observations) {
    if (observation.kind !== 'crashed') continue;
    const host = steps.host[step]!;
    found.set(host, [...(found.get(host) ?? []), steps.at[step]!]);
  }
  return found;
}

/** Operations by group and lock: those that ask about it, or name its token. */
function operationsByLock(asked: readonly AskedOperation[]): Map<string, AskedOperation[]> {
  const found = new Map<string, AskedOperation[]>();
  for (const one of asked) {
    const { guard, lock: own } = (one.op ?? {}) as { guard?: { lock?: unknown } | null; lock?: unknown };
    const lock = typeof own === 'string' ? own : typeof guard === 'object' ? guard?.lock : undefined;
    if (typeof lock !== 'string') continue;
    const key = `${one.group} ${wholeName(lock)}`;
    const all = found.get(key);
    if (all === undefined) found.set(key, [one]);
    else all.push(one);
  }
  return found;
}

function nameOf(op: unknown): unknown {
  return typeof op === 'object' && op !== null ? (op as { f?: unknown }).f : undefined;
}

function numberIn(value: unknown, field: string): number {
  if (typeof value !== 'object' || value === null) return 0;
  const found = (value as Record<string, unknown>)[field];
  return typeof found === 'number' ? found : 0;
}

function isGrant({ value }: AskedOperation): boolean {
  return numberIn(value, 'token') > 0 && numberIn(value, 'ttlUs') > 0;
}

function isQueued({ value }: AskedOperation): boolean {
  return typeof value === 'object' && value !== null && (value as { queued?: unknown }).queued === true;
}

/** A holder that entered several times and leaves once goes on. */
function releases({ value, toUs }: AskedOperation): boolean {
  return toUs < 0 || numberIn(value, 'count') === 0;
}
