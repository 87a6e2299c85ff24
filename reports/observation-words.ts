/** What a host observed, as the rest of a sentence that begins with its name: `n2` "appended entry 118 (term 3)". */
import type { KnownObservation, Observation, ObservationOf } from '../core/observe.ts';
import { exact, hostName } from './figures.ts';

/** Values and names are cut at this length. */
const valueMax = 40;

type Name = (host: number) => string;
type Words = { readonly [K in KnownObservation['kind']]: (o: ObservationOf<K>, name: Name) => string };

const us = (value: number): string => `${exact(value / 1_000)} ms`;
const span = (from: number, last: number): string =>
  from === last ? `entry ${from}` : `entries ${from}–${last}`;

/** A text without line breaks and what a terminal would obey. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

/** A value of anybody's, in a line of at most 40 characters. */
export function shortValue(value: unknown): string {
  const plain = oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined'));
  return plain.length <= valueMax ? plain : `${plain.slice(0, valueMax - 1)}…`;
}

const raft = {
  recovered: (o) =>
    `recovered term ${o.term} and a log up to ${o.base + o.terms.length}${o.repairing ? ', less than it had acknowledged' : ''}`,
  damageFound: (o) => `found its disk damaged (${shortValue(o.code)})`,
  snapshotRewritten: (o) => `wrote its snapshot of ${o.index} anew`,
  rejoined: (o) => `rejoined with its log durable up to ${o.index}`,
  campaigned: (o) =>
    `stood ${o.pre ? 'for a pre-vote' : 'for election'} in term ${o.term}${o.byTransfer ? ', told to by the leader' : ''}`,
  termChanged: (o) => `moved to term ${o.term}`,
  voted: (o, name) => `voted for ${name(o.candidate)} in term ${o.term}`,
  appendRefused: (o, name) =>
    `was refused an append after ${o.prev} by ${name(o.by)}, which holds its log up to ${o.match}`,
  leaderElected: (o) => `became leader of term ${o.term}, last entry ${o.lastIndex} (term ${o.lastTerm})`,
  steppedDown: (o) =>
    `stepped down in term ${o.term} (${o.reason}), ${o.uncommitted === 0 ? 'nothing' : exact(o.uncommitted)} uncommitted`,
  readServed: (o) =>
    `answered a read from what it had applied, up to ${o.index}${o.leading ? ', as leader' : ''}`,
  transferStarted: (o, name) => `began to hand its leadership of term ${o.term} to ${name(o.target)}`,
  transferGivenUp: (o, name) => `gave up handing its leadership of term ${o.term} to ${name(o.target)}`,
  entryAppended: (o) => `appended entry ${o.index} (term ${o.term})${o.leading ? ' as leader' : ''}`,
  logTruncated: (o) => `removed ${span(o.from, o.last)} from its log`,
  committed: (o) => `${o.leading ? 'committed' : 'heard committed'} up to ${o.index} in term ${o.term}`,
  applied: (o) => `applied entry ${o.index} (term ${o.term})${o.repeated ? ', a repeated request' : ''}`,
  snapshotTaken: (o) => `made its snapshot at ${o.index} durable`,
  snapshotRestored: (o) =>
    `restored the snapshot at ${o.index} from ${o.from === 'disk' ? 'its disk' : 'the leader'}`,
  snapshotAttempt: (o, name) => `sent ${name(o.to)} the snapshot at ${o.index} from byte ${exact(o.offset)}`,
  snapshotSuperseded: (o) => `gave up the arriving snapshot at ${o.index} for the one at ${o.by}`,
  recordsWritten: (o) => `wrote its log up to entry ${o.lastIndex}, not durable yet`,
  stopped: (o) => `stopped for good (${shortValue(o.code)})`,
  refused: (o, name) => `refused a request of ${name(o.client)} (${shortValue(o.code)})`,
} satisfies Partial<Words>;

const locks = {
  sessionOpened: (o) => `opened session ${o.session}, for ${us(o.ttlUs)}`,
  sessionEnded: (o) => `ended session ${o.session} (${o.reason})`,
  lockQueued: (o) => `put session ${o.session} in line for ${shortValue(o.lock)}`,
  lockGranted: (o) =>
    `granted ${shortValue(o.lock)} to session ${o.session}, token ${o.token}, for ${us(o.ttlUs)}`,
  lockReentered: (o) =>
    `let session ${o.session} into ${shortValue(o.lock)} again, token ${o.token}, ${o.count}×`,
  lockRenewed: (o) => `renewed the lease of ${shortValue(o.lock)}, token ${o.token}, for ${us(o.ttlUs)}`,
  lockFreed: (o) => `freed ${shortValue(o.lock)}, token ${o.token}, session ${o.session} (${o.reason})`,
  lockWaitEnded: (o) => `ended session ${o.session}'s wait for ${shortValue(o.lock)} (${o.reason})`,
  answeredLate: (o) => `answered request ${o.number} of session ${o.session}, which had waited`,
  fenceChecked: (o) =>
    `${o.passed ? 'let through' : 'refused'} a write under token ${o.token} of ${shortValue(o.lock)}, whose token was ${o.current}`,
} satisfies Partial<Words>;

const at = (o: { barrier: string; generation: number }): string =>
  `generation ${o.generation} of ${shortValue(o.barrier)}`;

const barriers = {
  barrierCreated: (o) => `created barrier ${shortValue(o.barrier)}, generation ${o.generation}`,
  barrierDestroyed: (o) => `destroyed barrier ${shortValue(o.barrier)}`,
  barrierJoined: (o) => `registered ${shortValue(o.participant)} at ${shortValue(o.barrier)}`,
  barrierLeft: (o) => `took ${shortValue(o.participant)} off ${shortValue(o.barrier)}`,
  barrierArrived: (o) => `counted ${shortValue(o.participant)}, arrived for ${at(o)}`,
  barrierTripped: (o) => `tripped ${at(o)}: ${o.arrived} of ${o.participants} had arrived`,
  barrierBroken: (o) => `broke ${at(o)} (${o.reason})`,
  barrierMoved: (o) =>
    `moved ${shortValue(o.barrier)} to generation ${o.generation}${o.broken ? ', broken' : ''}`,
  barrierAnswered: (o) => `told session ${o.session} that ${at(o)} was ${o.outcome}`,
  siblingsWritten: (o) =>
    `${o.operation === 'delete' ? 'deleted' : 'wrote'} ${shortValue(o.key)} as ${o.actor}:${o.counter}${o.value === null ? '' : ` = ${shortValue(o.value)}`}, ${o.kept.length} beside it`,
} satisfies Partial<Words>;

const clients = {
  invoked: (o) => `asked: ${operationWords(o.op)}`,
  queued: (o) => `heard that operation ${o.id} waits`,
  completed: (o) =>
    o.outcome === 'ok'
      ? `was answered: ${shortValue(o.value)}`
      : o.outcome === 'fail'
        ? `heard that operation ${o.id} failed`
        : `gave up on operation ${o.id}: its outcome is unknown`,
} satisfies Partial<Words>;

const world = {
  started: () => 'started',
  crashed: (o) => (o.power ? 'lost power' : 'crashed'),
  paused: () => 'stood still from here',
  resumed: () => 'ran on after its pause',
  fsyncStarted: (o) => `began an fsync of ${shortValue(o.file)}`,
  fsynced: (o) => `had ${exact(o.length)} bytes of ${shortValue(o.file)} durable`,
  folderSynced: (o) => `had the names in ${shortValue(o.folder === '' ? '/' : o.folder)} durable`,
  damaged: (o) => `had bytes ${exact(o.from)}–${exact(o.to - 1)} of ${shortValue(o.file)} damaged`,
  diskRefused: (o) => `was refused by its disk (${shortValue(o.code)})`,
  faultStarted: (o) => `saw ${shortValue(o.fault)} begin`,
  faultEnded: (o) => `saw ${shortValue(o.fault)} end`,
  healed: (o) => `saw ${o.phase === 'all' ? 'everything' : 'a quorum'} healed`,
  threw: (o) => `threw: ${shortValue(o.message)}`,
} satisfies Partial<Words>;

const words: Words = { ...raft, ...locks, ...barriers, ...clients, ...world };

/**
 * Tells an observation, without its host's name; one of an unknown kind by its fields. Values are cut at 40 characters and hold no control characters.
 * @param servers how many of the hosts serve: they are named n0, n1 …, the others c0, c1 …
 */
export function tellObservation(observation: Observation, servers: number): string {
  const { kind, ...fields } = observation;
  const tell = Object.hasOwn(words, kind)
    ? (words[kind as KnownObservation['kind']] as (o: Observation, name: Name) => string)
    : null;
  if (tell !== null) {
    try {
      return tell(observation, (host) => hostName(host, servers));
    } catch {
      // A process of one's own may give a known kind another shape: then its fields say what it is.
    }
  }
  const said = Object.entries(fields).map(([key, value]) => `${shortValue(key)} ${shortValue(value)}`);
  return `observed ${shortValue(kind)}${said.length === 0 ? '' : `: ${said.join(', ')}`}`;
}

/** `put k7 = 41`, `acquire l0 with token 5`: an operation of the package's clients, or anybody's as it is. */
export function operationWords(op: unknown): string {
  if (typeof op !== 'object' || op === null || typeof (op as { f?: unknown }).f !== 'string')
    return shortValue(op);
  const { f, key, value, lock, barrier, token, generation, guard } = op as Record<string, unknown>;
  const on = key ?? lock ?? barrier;
  const guarded = typeof guard === 'object' && guard !== null ? (guard as { token?: unknown }).token : token;
  return [
    shortValue(f),
    ...(on === undefined ? [] : [` ${shortValue(on)}`]),
    ...(value === undefined ? [] : [` = ${shortValue(value)}`]),
    ...(generation === undefined ? [] : [` for generation ${shortValue(generation)}`]),
    ...(guarded === undefined ? [] : [` under token ${shortValue(guarded)}`]),
  ].join('');
}
