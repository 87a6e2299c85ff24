/**
 * Which steps of the causal past matter to a violation. Each rule names some and says how much; a step that several rules name counts with the one that
 * says most. What no rule names is noise: heartbeats, other clients' work, entries that have nothing to do with it.
 *
 * The rules, the strongest first:
 * - `conflict`: the steps that the finding's evidence names.
 * - `operation`: what clients asked and heard in the operations of the conflict.
 * - `entry`: the life of the log entries that the conflict is about: appended, removed, durable, committed, in a snapshot, applied.
 * - `election`: who became leader in the terms of the conflict, and last before it; who stepped down; where the conflict is about an election,
 *   votes and candidacies of those terms.
 * - `host`: crashes, restarts, pauses, damage and stops of the hosts of the conflict.
 * - `fault`: faults of the plan in force around it. They are no steps, and in nobody's past.
 * - `object`: transitions of the lock, barrier or key that the conflict is about; those of its token, session and generation first.
 * - `message`: whoever sent what the conflict's hosts received in it; the last message, heartbeats apart, by which the last
 *   of them heard of each other.
 * - `near`: the last steps before the conflict, only to fill up a story of fewer than five.
 */
import type { KnownObservation, Observation, ObservationOf } from '../core/observe.ts';
import type { Subject } from './story-conflict.ts';
import type { StoryRule } from './story-step.ts';

/** How much a step matters: more goes first. */
export interface Weighed {
  readonly rule: StoryRule;
  readonly weight: number;
}

type Weigh = {
  readonly [K in KnownObservation['kind']]?: (
    o: ObservationOf<K>,
    mine: boolean,
    s: Subject,
  ) => Weighed | null;
};

const as = (rule: StoryRule, weight: number): Weighed => ({ rule, weight });

/** Whether an index from `from` to `to` is one of the conflict's. */
function covers(s: Subject, from: number, to: number): boolean {
  for (const index of s.indexes) if (from <= index && index <= to) return true;
  return false;
}

const entry: Weigh = {
  logTruncated: (o, mine, s) => (covers(s, o.from, o.last) ? as('entry', 84) : mine ? as('entry', 34) : null),
  entryAppended: (o, mine, s) => {
    if (!s.indexes.has(o.index)) return null;
    // Another entry of that index: it matters where it was in the way.
    const another = s.terms.size > 0 && !s.terms.has(o.term);
    if (s.ofMachine) return as('entry', o.leading ? 55 : 20);
    return as('entry', (o.leading ? 78 : 66) + (mine ? 3 : 0) - (another ? 20 : 0));
  },
  committed: (o, mine, s) =>
    s.indexes.has(o.index) ? as('entry', (o.leading ? 76 : mine ? 60 : 40) - (s.ofMachine ? 25 : 0)) : null,
  recordsWritten: (o, mine, s) =>
    mine && s.indexes.has(o.lastIndex) ? as('entry', s.ofMachine ? 20 : 52) : null,
  applied: (o, mine, s) => (s.indexes.has(o.index) && !s.ofMachine ? as('entry', mine ? 50 : 30) : null),
  snapshotTaken: (_, mine) => (mine ? as('entry', 44) : null),
  snapshotRestored: (o, mine) => (mine ? as('entry', o.from === 'leader' ? 70 : 58) : null),
};

const election: Weigh = {
  leaderElected: (o, mine, s) => as('election', s.terms.has(o.term) ? 77 : mine ? 48 : 40),
  voted: (o, mine, s) => (s.ofElection && s.terms.has(o.term) ? as('election', mine ? 64 : 56) : null),
  campaigned: (o, mine, s) =>
    s.ofElection && s.terms.has(o.term) && !o.pre ? as('election', mine ? 57 : 47) : null,
  steppedDown: (o, mine, s) =>
    as('election', (mine ? 49 : 38) + (s.terms.has(o.term) ? 8 : 0) + (o.uncommitted > 0 ? 4 : 0)),
  transferStarted: (_, mine) => as('election', mine ? 46 : 36),
};

const host: Weigh = {
  crashed: (_, mine) => (mine ? as('host', 63) : null),
  // At its first boot a host recovers nothing.
  recovered: (o, mine) =>
    mine && o.term + o.base + o.terms.length > 0 ? as('host', o.repairing ? 72 : 59) : null,
  started: (_, mine) => (mine ? as('host', 28) : null),
  paused: (_, mine) => (mine ? as('host', 62) : null),
  resumed: (_, mine) => (mine ? as('host', 61) : null),
  stopped: (_, mine) => (mine ? as('host', 73) : as('host', 35)),
  damaged: (_, mine) => (mine ? as('host', 74) : as('host', 30)),
  damageFound: (_, mine) => (mine ? as('host', 72) : as('host', 32)),
  snapshotRewritten: (_, mine) => (mine ? as('host', 40) : null),
  rejoined: (_, mine) => (mine ? as('host', 62) : null),
  diskRefused: (_, mine) => (mine ? as('host', 71) : null),
  threw: () => as('host', 79),
};

/** Transitions of objects, by how much they decide; what else bears the conflict's name counts half. */
const transitions: { readonly [kind: string]: number } = {
  ...{
    lockGranted: 60,
    lockFreed: 60,
    lockRenewed: 42,
    lockReentered: 44,
    lockQueued: 40,
    lockWaitEnded: 46,
  },
  ...{ fenceChecked: 54, barrierTripped: 60, barrierBroken: 60, barrierMoved: 58, barrierArrived: 50 },
  ...{ barrierCreated: 52, barrierDestroyed: 56, barrierJoined: 46, barrierLeft: 50, barrierAnswered: 40 },
  ...{ siblingsWritten: 52, sessionEnded: 58, sessionOpened: 24, answeredLate: 30 },
};

function ofObject(observation: Observation, s: Subject): Weighed | null {
  const base = transitions[observation.kind];
  if (base === undefined || !Object.hasOwn(transitions, observation.kind)) return null;
  const { lock, barrier, key, session, token, generation, index } = observation as Record<string, unknown>;
  const named = [lock, barrier, key].some((name) => typeof name === 'string' && s.names.has(name));
  const inSession = typeof session === 'number' && s.sessions.has(session);
  if (!named && !(inSession && observation.kind.startsWith('session'))) return null;
  let weight = base;
  if (typeof token === 'number' && s.tokens.has(token)) weight += 12;
  if (inSession) weight += 4;
  if (typeof generation === 'number' && s.generations.has(generation)) weight += 12;
  if (typeof index === 'number' && s.indexes.has(index)) weight += 8;
  return as('object', weight);
}

/** What a client asked and heard. Others' operations on the same object count, but little: there are many. Those of its clients, and under its token, count more. */
function ofClient(observation: Observation, mine: boolean, s: Subject): Weighed | null {
  const { kind, id, op } = observation as { kind: string; id?: unknown; op?: unknown };
  if (kind !== 'invoked' && kind !== 'completed') return null;
  if (typeof id === 'number' && s.operations.has(id)) {
    // The last one is what does not fit; what the others asked their answers say.
    return as('operation', id === [...s.operations].at(-1) ? 82 : 66);
  }
  if (typeof op !== 'object' || op === null) return null;
  const { key, lock, barrier, guard, token } = op as Record<string, unknown>;
  const guarded = typeof guard === 'object' && guard !== null ? (guard as Record<string, unknown>) : {};
  const names = [key, lock, barrier, guarded['lock']];
  if (!names.some((name) => typeof name === 'string' && s.names.has(name))) return null;
  const fenced = [token, guarded['token']].some((one) => typeof one === 'number' && s.tokens.has(one));
  return as('operation', mine ? (fenced ? 57 : 48) : 26);
}

/** The table by kind. */
const byKind: Weigh = { ...entry, ...election, ...host };

/**
 * How much an observation of the causal past matters, by the rules `operation`, `entry`, `election`, `host` and `object`; null: not at all.
 * @param mine whether the host that made it is one of the conflict
 */
export function weigh(observation: Observation, mine: boolean, subject: Subject): Weighed | null {
  const { kind } = observation;
  const known = Object.hasOwn(byKind, kind)
    ? (byKind[kind as keyof Weigh] as (o: Observation, mine: boolean, s: Subject) => Weighed | null)(
        observation,
        mine,
        subject,
      )
    : null;
  return known ?? ofObject(observation, subject) ?? ofClient(observation, mine, subject);
}

/**
 * What a host went through matters less the longer it was over when the conflict began; a pause does not end where it begins. In weight a second,
 * and at most.
 */
const fadingPerSecond = 4;
const fadingMax = 30;
const fading = new Set([
  'crashed',
  'recovered',
  'started',
  'snapshotTaken',
  'snapshotRestored',
  'steppedDown',
]);

/** How much of its weight an observation has lost. @param beforeUs how long before the conflict's first step it was made; negative: after it */
export function faded({ kind }: Observation, beforeUs: number): number {
  if (!fading.has(kind) || beforeUs <= 0) return 0;
  return Math.min(fadingMax, (fadingPerSecond * beforeUs) / 1_000_000);
}

/** Steps that matter less than this are told only where a story has fewer than five without them. */
export const weightMin = 35;

/** Steps of one rule in a story at most: what is left goes to others. */
export const ruleMax: { readonly [R in StoryRule]: number } = {
  conflict: 4,
  operation: 4,
  entry: 5,
  election: 4,
  host: 4,
  fault: 2,
  object: 5,
  message: 3,
  near: 5,
};
