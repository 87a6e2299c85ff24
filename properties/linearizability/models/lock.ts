/**
 * A fenced lock with a lease and a queue. `acquire`, `release`, `renew`, the end of a session, and what a token let through elsewhere.
 *
 * Nobody is told when a lease runs out, so the model lets it: a holding may *lapse* at or after `notBefore`, which follows from when the
 * grant or the last renewal was invoked and how long it was to last. A lapse is considered only where an answer needs one; a holding that
 * has not lapsed can still do so for any later operation, so that waiting gives nothing away.
 *
 * Some steps can have gone two ways (an acquire of unknown result entered again, or took the lock anew), so that a state of the model is
 * what may be the case: a few *cases*, none of which another stands for.
 *
 * What it does not judge, beyond what nobody can know:
 * - the registers behind a guard: they have a model of their own, and only whether the guard may have let the operation pass is judged here;
 * - where the end of a session stands among the operations of other locks: it is an operation of each lock by itself;
 * - whose an operation is of which nobody told the session: it may be any asker's of that holder's name, and a different one each time;
 * - the order of waiters who never heard that they wait, or never heard what came of it, and whether somebody was passed over who heard later
 *   that the wait was in vain: that one may have left directly before;
 * - how long somebody waited, and whether a `cancel` hit: the waiter hears what came of it;
 * - whether a queue or a holding was full, and any other answer by name than STALE_TOKEN and NOT_OWNER: these are taken as they are.
 */
import type { Operation, Waited } from '../../history.ts';
import type { Model } from '../model.ts';

/** What clients ask of locks. Times are in microseconds. */
export type LockRequest =
  | {
      readonly f: 'acquire';
      readonly lock: string;
      readonly holder: string;
      /** 0: not at all. */
      readonly waitUs: number;
      /** Absent: the service chooses, and adapts it. */
      readonly ttlUs?: number;
    }
  | { readonly f: 'release'; readonly lock: string; readonly holder: string; readonly token: number }
  | {
      readonly f: 'renew';
      readonly lock: string;
      readonly holder: string;
      readonly token: number;
      readonly roundTripUs: number;
    }
  /** Ends the session in which it is asked. */
  | { readonly f: 'close' };

/** The answer to an acquire: the whole one, or the first of two (`queued`). */
export type AcquireValue =
  | { readonly token: number; readonly ttlUs: number; readonly count: number; readonly nextTtlUs?: number }
  | { readonly queued: true }
  | { readonly busy: true }
  | { readonly cancelled: true }
  | { readonly timeout: true };

/** What a lock answers. */
export type LockValue =
  | AcquireValue
  | { readonly released: true; readonly count: number }
  | { readonly ttlUs: number; readonly nextTtlUs: number }
  /** A guard let an operation pass. */
  | { readonly passed: true }
  | { readonly error: string };

/**
 * An operation as the model judges it: `prepare` makes it of what was asked and of what the history knows. An acquire whose client heard
 * that it waits is two, `enqueue` and `grant`. `guard` is an operation elsewhere that named a token.
 */
export interface LockOp {
  readonly f: 'acquire' | 'enqueue' | 'grant' | 'release' | 'renew' | 'guard' | 'close';
  readonly lock: string;
  /** 0: not known. */
  readonly session: number;
  /** Empty where none was named. */
  readonly holder: string;
  /** 0 where none was named. */
  readonly token: number;
  /** What it was asked to wait at most; 0: not at all. */
  readonly waitUs: number;
  /** How long the lease is to last that it asks for, at least, where no answer tells. */
  readonly ttlUs: number;
  /** By one clock: not applied before, not after. −Infinity and Infinity where times are unknown. */
  readonly notBeforeUs: number;
  readonly notAfterUs: number;
  /** The session did not expire before. */
  readonly sessionUntilUs: number;
  /** Readings of the history's own clock. */
  readonly invokedAt: number;
  readonly completedAt: number;
  /** Of an enqueueing and its grant: the acquire's id; else 0. */
  readonly waiter: number;
  /** Of an enqueueing: the waiter is known to have got the lock in the end. */
  readonly served: boolean;
  /** Of an enqueueing: its place among those who are known to get the lock, from 1; 0: not known. */
  readonly turn: number;
}

/** Who holds a lock. */
export interface LockHolding {
  readonly session: number;
  readonly holder: string;
  /** 0: the grant was not heard of; any from `last` on, but those in `not`. */
  readonly token: number;
  /** Tokens that it was seen not to have, ascending. Empty where the token is known. */
  readonly not: readonly number[];
  readonly count: number;
  /** It does not lapse before. */
  readonly notBefore: number;
}

/**
 * Somebody who heard that he waits, and is known to have got the lock in the end. All others hold nobody up: who heard that the wait was in
 * vain may have left directly before somebody else was served, and what became of the rest, nobody knows.
 */
export interface LockWaiter {
  readonly id: number;
  readonly session: number;
  /** When he heard so, by the history's own clock. */
  readonly heardAt: number;
}

/** What may be the case. */
export interface LockCase {
  readonly own: LockHolding | null;
  readonly queue: readonly LockWaiter[];
  /** The greatest token so far, or the least that it can be. */
  readonly last: number;
  /** It is at least so late: of what took effect was something invoked then, or a lease ran until then. */
  readonly now: number;
  /** So many were queued of those whose turn is known. */
  readonly turns: number;
}

/** One or more cases, none of which stands for another. */
export type LockState = readonly LockCase[];

/** Fields of any answer, as they may or may not be there. */
interface Fields {
  readonly token?: number;
  readonly ttlUs?: number;
  readonly nextTtlUs?: number;
  readonly count?: number;
  readonly queued?: boolean;
  readonly busy?: boolean;
  readonly cancelled?: boolean;
  readonly timeout?: boolean;
  readonly released?: boolean;
  readonly error?: string;
}

/** A session's time to live, where nothing else is said. */
const usualSessionTtlUs = 30_000_000;
/** The lease of a holding's first version where the client names none, and the least that adapting makes of it. */
const firstTtlUs = 10_000_000;
const leastTtlUs = 2_000_000;

const start: LockState = [{ own: null, queue: [], last: 0, now: -Infinity, turns: 0 }];

const rules: Omit<Model<LockState, LockOp, LockValue>, 'prepare'> = {
  name: 'lock',
  init: () => start,
  handles: isPrepared,
  key: (op) => op.lock,

  step(state, op, value) {
    const reply = value as Fields | undefined;
    const next: LockCase[] = [];
    for (const one of state) {
      if (op.notAfterUs >= one.now) next.push(...follow(one, op, reply));
    }
    if (next.length === 0) return null;
    const kept = next.length === 1 ? next : undominated(next);
    return kept.length === 1 && state.length === 1 && kept[0] === state[0] ? state : kept;
  },

  identity: (state) => {
    const names = state.map(nameOf);
    return names.length === 1 ? names[0]! : names.sort().join(' | ');
  },

  readOnly(op, value) {
    const reply = value as Fields | undefined;
    if (op.f === 'guard' || reply?.error !== undefined || reply?.busy === true) return true;
    if (op.f === 'enqueue') return !op.served;
    return reply?.cancelled === true || reply?.timeout === true;
  },

  // Tokens rise.
  rank: (op, value) => tokenNamed(op, value),

  turn(op, value) {
    const reply = value as Fields | undefined;
    // An entry that ends sessions or waits lets the waiters go first, then grants.
    if (reply?.cancelled === true || reply?.timeout === true || reply?.busy === true) return 1;
    // A read under a guard, which has no session, saw all that the entry at its place did.
    if (op.f === 'guard' && op.session === 0) return 3;
    return op.f === 'grant' || op.f === 'acquire' ? 2 : 0;
  },

  // Whoever may have got the lock unheard could as well have got it directly before somebody finds it taken. But whose an unheard token was, the
  // first operation that names it decides.
  postponable: (op, value, follower, answer) =>
    value === undefined &&
    (op.f === 'acquire' || op.f === 'grant') &&
    tokenNamed(follower, answer) === undefined,
  foresee,
  covers: (a, b) => b.every((y) => a.some((x) => stands(x, y))),

  describe(op, value) {
    const reply = value as Fields | undefined;
    const who = `${op.holder === '' ? '' : ` as ${op.holder}`}${op.session === 0 ? '' : ` in session ${op.session}`}`;
    const asked =
      op.f === 'guard'
        ? `use token ${op.token} of ${op.lock}`
        : op.f === 'close'
          ? `end session ${op.session}`
          : op.f === 'enqueue' || op.f === 'grant' || op.f === 'acquire'
            ? `acquire ${op.lock}${who}`
            : `${op.f} ${op.lock}, token ${op.token},${who}`;
    return reply === undefined ? asked : `${asked} → ${answer(op, reply)}`;
  },

  describeState: (state) => state.map(describeCase).join(' or '),
};

/** The model `lock`: one lock a name. Sessions live for 30 s without a word. */
export const lock: Model<LockState, LockOp, LockValue> = lockWithSessionsOf(usualSessionTtlUs);

/** The same, with sessions of another length: a holding ends with its session. @param sessionTtlUs the shortest of any client */
export function lockWithSessionsOf(sessionTtlUs: number): Model<LockState, LockOp, LockValue> {
  return { ...rules, needsWhole: true, prepare: (operations) => prepare(operations, sessionTtlUs) };
}

/** The token that stands when an operation with this answer takes effect; `undefined`: any. */
function tokenNamed(op: LockOp, value: LockValue | undefined): number | undefined {
  const reply = value as Fields | undefined;
  if (reply?.token !== undefined) return reply.token;
  return reply?.error !== undefined || op.token === 0 ? undefined : op.token;
}

/** What may be the case after `op` was answered `reply`, or took effect unheard. */
function follow(s: LockCase, op: LockOp, reply: Fields | undefined): readonly LockCase[] {
  switch (op.f) {
    case 'acquire':
      if (reply === undefined) return [...entered(s, op, undefined), ...granted(s, op, undefined)];
      if (reply.token !== undefined) {
        return reply.count === 1 ? granted(s, op, reply) : entered(s, op, reply);
      }
      // Somebody owned it when the waiting began, and that is when the answer is placed.
      if (reply.busy === true || reply.timeout === true) return mustWait(s, op) ? [s] : [];
      return reply.queued === true ? [] : [s];
    case 'enqueue':
      if (reply?.queued !== true || !mustWait(s, op) || !isInTurn(s, op)) return [];
      return [op.served ? queued(s, op) : s];
    case 'grant':
      if (reply === undefined || reply.token !== undefined) return granted(s, op, reply);
      return [s];
    case 'release':
      if (reply?.error !== undefined) return refused(s, op, reply.error);
      return released(s, op, reply);
    case 'renew':
      if (reply?.error !== undefined) return refused(s, op, reply.error);
      return renewed(s, op, reply);
    case 'guard':
      if (reply === undefined) return [s];
      return reply.error === undefined ? named(s, op) : refused(s, op, reply.error);
    case 'close':
      return reply?.error === undefined ? closed(s, op) : [s];
  }
}

/** The owner acquires once more. The lease stays as it is. */
function entered(s: LockCase, op: LockOp, reply: Fields | undefined): readonly LockCase[] {
  if (s.own === null || !mayBeSame(s.own, op)) return [];
  const own = reply === undefined ? s.own : withToken(s, reply.token!);
  if (own === null || (reply !== undefined && reply.count !== own.count + 1)) return [];
  const after = moved(s, op, { ...own, count: own.count + 1 });
  return [own.token === 0 ? after : { ...after, last: own.token }];
}

/** A free lock gets an owner. */
function granted(s: LockCase, op: LockOp, reply: Fields | undefined): readonly LockCase[] {
  const free = lapsed(s, op);
  if (free === null) return [];
  const queue = queueBefore(free, op, reply !== undefined);
  if (queue === null) return [];
  const token = reply?.token ?? 0;
  if (reply !== undefined && (reply.count !== 1 || token <= s.last)) return [];
  // A queued request is granted by a later entry, not earlier than what came before that entry. If unheard, nobody knows what did.
  const from = op.f === 'grant' && reply !== undefined ? Math.max(op.notBeforeUs, free.now) : op.notBeforeUs;
  const own: LockHolding = {
    session: op.session,
    holder: op.holder,
    token,
    not: [],
    count: reply?.count ?? 1,
    notBefore: Math.min(from + (reply?.ttlUs ?? op.ttlUs), op.sessionUntilUs),
  };
  const after = moved(free, op, own);
  return [{ ...after, queue, last: token > 0 ? token : s.last + 1 }];
}

/** Who waits still once `op` has the free lock; `null` if somebody was to have it before. */
function queueBefore(s: LockCase, op: LockOp, isHeard: boolean): readonly LockWaiter[] | null {
  if (op.f === 'grant' && isHeard) return s.queue[0]?.id === op.waiter ? s.queue.slice(1) : null;
  // It was asked to wait, and may have done so without hearing of it: then before those who had not heard so when it was invoked.
  const mayHaveWaited = op.waitUs > 0 && s.queue.every((w) => op.invokedAt <= w.heardAt);
  return s.queue.length === 0 || mayHaveWaited ? s.queue : null;
}

/** A holding ends, or goes on with a smaller count. */
function released(s: LockCase, op: LockOp, reply: Fields | undefined): readonly LockCase[] {
  const own = s.own !== null && mayBeSame(s.own, op) ? withToken(s, op.token) : null;
  if (own === null || (reply !== undefined && reply.count !== own.count - 1)) return [];
  const rest = own.count === 1 ? null : { ...own, count: own.count - 1 };
  return [{ ...moved(s, op, rest), last: own.token }];
}

/** Heard: a new lease. Unheard: maybe a shorter one. */
function renewed(s: LockCase, op: LockOp, reply: Fields | undefined): readonly LockCase[] {
  const own = s.own !== null && mayBeSame(s.own, op) ? withToken(s, op.token) : null;
  if (own === null) return [];
  const until = Math.min(op.notBeforeUs + (reply?.ttlUs ?? op.ttlUs), op.sessionUntilUs);
  const notBefore = reply === undefined ? Math.min(own.notBefore, until) : until;
  return [{ ...moved(s, op, { ...own, notBefore }), last: own.token }];
}

/** A token was good. */
function named(s: LockCase, op: LockOp): readonly LockCase[] {
  const own = withToken(s, op.token);
  if (own === null) return [];
  return [own === s.own ? s : { ...s, own, last: own.token }];
}

/** A token was no good, or its bearer was not the owner. */
function refused(s: LockCase, op: LockOp, error: string): readonly LockCase[] {
  if (error === 'NOT_OWNER') return s.own !== null && !isSame(s.own, op) ? [s] : [];
  if (error !== 'STALE_TOKEN' || s.own === null) return [s];
  if (s.own.token > 0 && s.own.token !== op.token) return [s];
  const free = lapsed(s, op);
  const gone = free === null ? [] : [free];
  if (s.own.token > 0) return gone;
  // The token is unknown: it may be another one.
  if (op.token < s.last || s.own.not.includes(op.token)) return [s];
  const not = [...s.own.not, op.token].sort((a, b) => a - b);
  let last = s.last;
  while (not.includes(last)) last += 1;
  return [...gone, { ...s, own: { ...s.own, not: not.filter((t) => t > last) }, last }];
}

/** Whether all were queued before who are known to get the lock before. */
function isInTurn(s: LockCase, op: LockOp): boolean {
  return op.turn === 0 || op.turn === s.turns + 1;
}

function queued(s: LockCase, op: LockOp): LockCase {
  const { waiter: id, session, completedAt: heardAt } = op;
  const queue = [...s.queue, { id, session, heardAt }];
  return { ...moved(s, op, s.own), queue, turns: op.turn === 0 ? s.turns : op.turn };
}

/** A session ended. Where it, or the owner's, is not known, it may have been the owner's. */
function closed(s: LockCase, op: LockOp): readonly LockCase[] {
  const queue = s.queue.some((w) => w.session === op.session)
    ? s.queue.filter((w) => w.session !== op.session)
    : s.queue;
  const freed = { ...moved(s, op, null), queue };
  if (s.own === null || s.own.session === op.session || op.session === 0) return [freed];
  const kept = { ...moved(s, op, s.own), queue };
  return s.own.session === 0 ? [freed, kept] : [kept];
}

/** Whether an acquire could not have the lock at once. */
function mustWait(s: LockCase, op: LockOp): boolean {
  return s.queue.length > 0 || (s.own !== null && !isSame(s.own, op));
}

/** The case in which nobody owns it; `null` if somebody does whose lease cannot have run out. */
function lapsed(s: LockCase, op: LockOp): LockCase | null {
  if (s.own === null) return s;
  if (op.notAfterUs < s.own.notBefore) return null;
  return { ...s, own: null, now: Math.max(s.now, s.own.notBefore) };
}

function moved(s: LockCase, op: LockOp, own: LockHolding | null): LockCase {
  return { own, queue: s.queue, last: s.last, now: Math.max(s.now, op.notBeforeUs), turns: s.turns };
}

/** The holding, known to have this token; `null` if it has not, or nobody owns the lock. */
function withToken(s: LockCase, token: number): LockHolding | null {
  const { own } = s;
  if (own === null || own.token === token) return own;
  return own.token === 0 && token >= s.last && !own.not.includes(token) ? { ...own, token, not: [] } : null;
}

/** Whether the holding is certainly the asker's. */
function isSame(own: LockHolding, op: LockOp): boolean {
  return own.session === op.session && own.session !== 0 && own.holder === op.holder;
}

/** Whether it may be. */
function mayBeSame(own: LockHolding, op: LockOp): boolean {
  return own.holder === op.holder && (own.session === op.session || own.session === 0 || op.session === 0);
}

/** Whether every continuation that is legal from `b` is legal from `a`. */
function stands(a: LockCase, b: LockCase): boolean {
  if (a === b) return true;
  if (a.last > b.last || a.now > b.now || a.turns !== b.turns || !sameQueue(a.queue, b.queue)) return false;
  if (b.own === null) return a.own === null || a.own.notBefore <= b.now;
  if (a.own === null) return false;
  if (a.own.session !== b.own.session || a.own.holder !== b.own.holder) return false;
  if (a.own.count !== b.own.count || a.own.notBefore > b.own.notBefore) return false;
  if (a.own.token === b.own.token && a.own.token > 0) return true;
  if (a.own.token > 0) return false;
  if (b.own.token > 0) return b.own.token >= a.last && !a.own.not.includes(b.own.token);
  const excluded = b.own.not;
  return a.own.not.every((t) => t < b.last || excluded.includes(t));
}

function sameQueue(a: readonly LockWaiter[], b: readonly LockWaiter[]): boolean {
  return a === b || (a.length === b.length && a.every((w, i) => w.id === b[i]!.id));
}

/** The cases without those that another stands for. */
function undominated(cases: readonly LockCase[]): LockCase[] {
  const kept: LockCase[] = [];
  for (const one of cases) {
    if (kept.some((k) => stands(k, one))) continue;
    kept.splice(0, kept.length, ...kept.filter((k) => !stands(one, k)), one);
  }
  return kept;
}

function nameOf(s: LockCase): string {
  const { own } = s;
  const holding =
    own === null
      ? '-'
      : `${own.session} ${JSON.stringify(own.holder)} ${own.token}!${own.not.join(',')} ×${own.count} ${own.notBefore}`;
  return `${holding} [${s.queue.map((w) => w.id).join(' ')}] ${s.last} ${s.now} ${s.turns}`;
}

/** What is asked of a lock, or of something else under a guard; any of the fields may be missing. */
interface Raw extends Partial<Waited> {
  readonly f?: unknown;
  readonly lock?: unknown;
  readonly holder?: unknown;
  readonly token?: unknown;
  readonly waitUs?: unknown;
  readonly ttlUs?: unknown;
  readonly guard?: { readonly lock?: unknown; readonly token?: unknown };
}

function isPrepared(op: unknown): boolean {
  return typeof op === 'object' && op !== null && 'notBeforeUs' in op && 'sessionUntilUs' in op;
}

/** Makes of a history what can be judged lock by lock. Times are those of one recorder; without them, any lease may lapse at any time. */
function prepare(operations: readonly Operation[], sessionTtlUs: number): readonly Operation[] {
  if (operations.some((o) => isPrepared(o.op))) return operations;
  const history = new LockHistory(operations, sessionTtlUs);
  return operations.flatMap((o) => history.prepared(o));
}

/** Tokens rise and a queue is served in order: so the tokens of those who were granted the lock tell the order in which they were queued. */
function foresee(operations: readonly Operation[], doubted: number): readonly Operation[] {
  const tokens = new Map<number, number>();
  operations.forEach((o, position) => {
    const { f, waiter } = o.op as LockOp;
    const token = (o.value as Fields | undefined)?.token;
    if (f === 'grant' && o.outcome === 'ok' && position !== doubted && token !== undefined) {
      tokens.set(waiter, token);
    }
  });
  const tokenOf = (position: number): number => tokens.get((operations[position]!.op as LockOp).waiter)!;
  const inTurn = operations
    .flatMap((o, position) => {
      const { f, waiter } = o.op as LockOp;
      return f === 'enqueue' && o.outcome === 'ok' && tokens.has(waiter) ? [position] : [];
    })
    .sort((a, b) => tokenOf(a) - tokenOf(b) || a - b);
  if (inTurn.length < 2) return operations;
  const foreseen = [...operations];
  inTurn.forEach((position, i) => {
    const o = operations[position]!;
    foreseen[position] = { ...o, op: { ...(o.op as LockOp), turn: i + 1 } };
  });
  return foreseen;
}

/** What the whole history tells of its locks. */
class LockHistory {
  readonly #sessionTtlUs: number;
  /** Ids of acquires whose client heard that they wait, and then that they got the lock. */
  readonly #served = new Set<number>();
  /** By lock and session: the last invocation known to have been applied. */
  readonly #alive = new Map<string, number>();
  /** By lock: the sessions that are told of (0: one was not told), in order. */
  readonly #sessions = new Map<string, Set<number>>();
  /** By lock and token: answers that tell how long the next lease is to last, and renewals that nobody heard of, by time. */
  readonly #terms = new Map<
    string,
    { readonly at: number; readonly nextTtlUs: number; readonly fixed: boolean }[]
  >();

  constructor(operations: readonly Operation[], sessionTtlUs: number) {
    this.#sessionTtlUs = sessionTtlUs;
    for (const o of operations) {
      const op = rawOf(o);
      if (op === null || o.outcome === 'fail' || typeof op.lock !== 'string') continue;
      const session = o.session ?? 0;
      const sessions = this.#sessions.get(op.lock);
      if (sessions === undefined) this.#sessions.set(op.lock, new Set([session]));
      else sessions.add(session);
      const reply = o.outcome === 'ok' ? (o.value as Fields) : undefined;
      if (op.phase === 'grant' && reply?.token !== undefined) this.#served.add(op.of!);
      this.#noteTerms(op, op.lock, o, reply);
      if (reply === undefined || !wasApplied(reply)) continue;
      const name = `${session} ${op.lock}`;
      this.#alive.set(name, Math.max(this.#alive.get(name) ?? -Infinity, o.invokedUs ?? -Infinity));
    }
  }

  #noteTerms(op: Raw, lockName: string, o: Operation, reply: Fields | undefined): void {
    const token = reply?.token ?? op.token;
    if (typeof token !== 'number' || reply?.error !== undefined) return;
    const note = (at: number, nextTtlUs: number, fixed: boolean): void => {
      const name = `${token} ${lockName}`;
      const terms = this.#terms.get(name);
      if (terms === undefined) this.#terms.set(name, [{ at, nextTtlUs, fixed }]);
      else terms.push({ at, nextTtlUs, fixed });
    };
    if (op.f === 'acquire' && reply?.count === 1) {
      if (typeof op.ttlUs === 'number') note(o.invokedAt, op.ttlUs, true);
      else note(o.completedAt, reply.nextTtlUs ?? leastTtlUs, false);
    }
    if (op.f !== 'renew') return;
    if (reply === undefined) note(o.invokedAt, leastTtlUs, false);
    else note(o.completedAt, reply.nextTtlUs ?? leastTtlUs, false);
  }

  /** How long the lease is to last, at least, that a renewal asks for. */
  #renewedFor(name: string, o: Operation): number {
    const terms = this.#terms.get(name) ?? [];
    let told = { at: -Infinity, nextTtlUs: leastTtlUs };
    for (const one of terms) {
      // A client that named a time gets it every time; else the renewal before this one fixed it, and unheard it may be the least.
      if (one.fixed) return one.nextTtlUs;
      if (one.at < o.invokedAt && one.at > told.at) told = one;
    }
    return told.nextTtlUs;
  }

  prepared(o: Operation): readonly Operation[] {
    const raw = rawOf(o);
    if (raw === null || o.outcome === 'fail') return [];
    if (raw.f === 'close') return this.#close(o);
    const made: Operation[] = [];
    const guard = raw.guard;
    const error = o.outcome === 'ok' ? (o.value as Fields | undefined)?.error : undefined;
    const fenced = guard !== undefined && typeof guard.lock === 'string' && typeof guard.token === 'number';
    // A release that has a guard too does not tell which token was stale.
    const unclear = fenced && error === 'STALE_TOKEN' && (raw.f === 'release' || raw.f === 'renew');
    if (isOfLock(raw) && !unclear) made.push({ ...o, op: this.#opOf(raw, o) });
    if (fenced && !unclear && raw.phase !== 'grant' && o.outcome === 'ok' && guard.lock !== raw.lock) {
      // Another refusal may have come before the guard was looked at.
      if (error === undefined || error === 'STALE_TOKEN') {
        const op = { ...this.#blank(guard.lock as string, o), token: guard.token as number };
        made.push({ ...o, op, value: error === undefined ? { passed: true } : { error } });
      }
    }
    return made;
  }

  /** The end of a session, for each lock that it may have held. */
  #close(o: Operation): readonly Operation[] {
    const session = o.session ?? 0;
    return [...this.#sessions]
      .filter(([, sessions]) => session === 0 || sessions.has(session) || sessions.has(0))
      .map(([name]) => ({ ...o, op: { ...this.#blank(name, o), f: 'close' } }));
  }

  #opOf(raw: Raw, o: Operation): LockOp {
    const blank = this.#blank(raw.lock as string, o);
    const token = raw.f === 'acquire' ? 0 : (raw.token as number);
    const waitUs = typeof raw.waitUs === 'number' ? raw.waitUs : 0;
    const ttlUs =
      raw.f === 'renew'
        ? this.#renewedFor(`${token} ${blank.lock}`, o)
        : typeof raw.ttlUs === 'number'
          ? raw.ttlUs
          : firstTtlUs;
    const f = raw.phase ?? (raw.f as 'acquire' | 'release' | 'renew');
    return {
      ...blank,
      f,
      holder: raw.holder as string,
      token,
      waitUs,
      ttlUs,
      // Only where they matter: operations that are alike in all else are interchangeable.
      invokedAt: (f === 'acquire' || f === 'grant') && waitUs > 0 ? o.invokedAt : 0,
      completedAt: f === 'enqueue' ? o.completedAt : 0,
      waiter: raw.of ?? 0,
      served: f === 'enqueue' && this.#served.has(raw.of!),
    };
  }

  #blank(name: string, o: Operation): LockOp {
    const session = o.session ?? 0;
    const notBeforeUs = o.invokedUs ?? -Infinity;
    const alive = session === 0 ? -Infinity : (this.#alive.get(`${session} ${name}`) ?? -Infinity);
    return {
      f: 'guard',
      lock: name,
      session,
      holder: '',
      token: 0,
      waitUs: 0,
      ttlUs: 0,
      notBeforeUs,
      notAfterUs: o.outcome === 'ok' ? (o.completedUs ?? Infinity) : Infinity,
      // What was applied kept it alive, and a session that expired does not come back.
      sessionUntilUs: Math.max(alive, notBeforeUs) + this.#sessionTtlUs,
      invokedAt: 0,
      completedAt: 0,
      waiter: 0,
      served: false,
      turn: 0,
    };
  }
}

function rawOf(o: Operation): Raw | null {
  return typeof o.op === 'object' && o.op !== null ? o.op : null;
}

function isOfLock(op: Raw): boolean {
  if (typeof op.lock !== 'string' || typeof op.holder !== 'string') return false;
  return op.f === 'acquire' || ((op.f === 'release' || op.f === 'renew') && typeof op.token === 'number');
}

/** Whether the answer proves that the request was applied, which keeps its session alive. */
function wasApplied(reply: Fields): boolean {
  return reply.error === undefined || reply.error === 'STALE_TOKEN' || reply.error === 'NOT_OWNER';
}

function answer(op: LockOp, reply: Fields): string {
  if (reply.error !== undefined) return reply.error;
  if (reply.queued === true && reply.token === undefined) return 'waits';
  if (reply.busy === true) return 'busy';
  if (reply.cancelled === true) return 'cancelled';
  if (reply.timeout === true) return 'waited in vain';
  if (reply.token !== undefined) return `token ${reply.token}, held ${reply.count ?? 1}×`;
  if (reply.released === true) return `held ${reply.count ?? 0}×`;
  return op.f === 'renew' ? `for ${inSeconds(reply.ttlUs ?? 0)}` : 'done';
}

function describeCase({ own, queue, last }: LockCase): string {
  const waiting = queue.length === 0 ? '' : `, ${queue.length} waiting`;
  if (own === null) return `free (tokens up to ${last})${waiting}`;
  const token = own.token === 0 ? `a token of at least ${last}` : `token ${own.token}`;
  const until = Number.isFinite(own.notBefore) ? `, not to lapse before ${inSeconds(own.notBefore)}` : '';
  const session = own.session === 0 ? '' : ` in session ${own.session}`;
  return `held by ${own.holder}${session} (${token}, ${own.count}×${until})${waiting}`;
}

function inSeconds(us: number): string {
  return `${(us / 1_000_000).toFixed(3)} s`;
}
