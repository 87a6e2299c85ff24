/** Random small histories of a lock, right ones and broken ones, and what a lock does, spelled out: for comparing checkers. */
import type { Operation, Waited } from '../../history.ts';
import type { Relation } from '../brute-force.test-support.ts';
import type { Draws } from '../random-history.test-support.ts';

/** What a client asks: see `LockRequest`; `put` is something else under a guard. */
export interface Asked extends Partial<Waited> {
  readonly f: 'acquire' | 'release' | 'renew' | 'close' | 'put';
  readonly lock?: string;
  readonly holder?: string;
  readonly token?: number;
  readonly waitUs?: number;
  readonly ttlUs?: number;
  readonly guard?: { readonly lock: string; readonly token: number };
}

/** Any answer. */
export interface Answer {
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
  readonly version?: number;
}

type LockOperation = Operation<Asked, Answer>;
type Mutable = { -readonly [K in keyof LockOperation]: LockOperation[K] };

const second = 1_000_000;
const sessionTtlUs = 30 * second;
const defaultTtlUs = 10 * second;
const leastTtlUs = 2 * second;

/** What a history is drawn from. */
export interface LockShape {
  readonly operations: number;
  readonly concurrency: number;
  readonly infoPercent: number;
  /** How long an event takes. */
  readonly tickUs: number;
  /** Tell the places, as a simulation does. */
  readonly places?: boolean;
  /** Nobody gives up waiting. */
  readonly patient?: boolean;
  /** What the lock does wrong. */
  readonly fault?: Fault | undefined;
}

/** The last waiter first; leases that end too early; somebody new before those who wait; tokens that another lock had. */
export type Fault = 'unfair' | 'early' | 'barging' | 'tokens';

interface Running {
  readonly operation: Mutable;
  readonly session: number;
  applied: boolean;
  waits: boolean;
  heard: boolean;
  answer: Answer | undefined;
  place: number;
}

/** A lock that works, but for a fault: one owner, a queue, leases and sessions that end some time after they may. */
class SmallLock {
  readonly #fault: Fault | undefined;
  own: { s: number; h: string; t: number; n: number; ttl: number; next: number; until: number } | null = null;
  queue: Running[] = [];
  index = 0;
  readonly #alive = new Map<number, number>();
  readonly #dead = new Set<number>();

  constructor(fault: Fault | undefined) {
    this.#fault = fault;
  }

  /** The session of one of three clients: a new one after each that ended. */
  sessionOf(client: number): number {
    let session = client;
    while (this.#dead.has(session)) session += 3;
    return session;
  }

  apply(r: Running, us: number): void {
    this.index += 1;
    r.place = this.index;
    r.applied = true;
    const o = r.operation.op;
    if (this.#dead.has(r.session)) {
      r.answer = { error: 'SESSION_EXPIRED' };
      return;
    }
    this.#alive.set(r.session, us);
    const { own } = this;
    const mine = own !== null && own.s === r.session && own.h === o.holder;
    switch (o.f) {
      case 'acquire':
        if (own === null) this.#grant(r, us);
        else if (this.#fault === 'barging' && this.queue.length > 0 && us >= own.until - own.ttl / 2) {
          this.#grant(r, us);
        } else if (mine) {
          own.n += 1;
          r.answer = { token: own.t, ttlUs: own.ttl, count: own.n };
        } else if (o.waitUs === 0) r.answer = { busy: true };
        else if (this.queue.some((w) => w.session === r.session && w.operation.op.holder === o.holder)) {
          r.answer = { error: 'ALREADY_QUEUED' };
        } else {
          r.waits = true;
          this.queue.push(r);
        }
        return;
      case 'release':
      case 'renew':
        if (own === null || own.t !== o.token) r.answer = { error: 'STALE_TOKEN' };
        else if (!mine) r.answer = { error: 'NOT_OWNER' };
        else if (o.f === 'release') {
          own.n -= 1;
          r.answer = { released: true, count: own.n };
          if (own.n === 0) this.#free(us);
        } else {
          own.ttl = own.next;
          own.until = us + own.ttl;
          r.answer = { ttlUs: own.ttl, nextTtlUs: own.next };
        }
        return;
      case 'put':
        r.answer = own?.t === o.guard!.token ? { version: this.index } : { error: 'STALE_TOKEN' };
        return;
      case 'close':
        r.answer = {};
        this.#end(r.session, us);
    }
  }

  giveUp(r: Running, answer: Answer): void {
    this.index += 1;
    r.place = this.index;
    this.queue.splice(this.queue.indexOf(r), 1);
    r.waits = false;
    r.answer = answer;
  }

  /** Ends what may end by now; the first session, or else the lease. */
  expire(us: number): void {
    for (const [session, at] of this.#alive) {
      if (us >= at + sessionTtlUs && !this.#dead.has(session)) {
        this.index += 1;
        this.#end(session, us);
        return;
      }
    }
    if (this.own === null) return;
    if (us < this.own.until - (this.#fault === 'early' ? this.own.ttl / 2 : 0)) return;
    this.index += 1;
    this.#free(us);
  }

  #end(session: number, us: number): void {
    this.#dead.add(session);
    this.queue = this.queue.filter((w) => w.session !== session);
    if (this.own?.s === session) this.#free(us);
  }

  #free(us: number): void {
    this.own = null;
    const head = this.#fault === 'unfair' ? this.queue.pop() : this.queue.shift();
    if (head === undefined) return;
    head.waits = false;
    head.place = this.index;
    this.#grant(head, us);
  }

  #grant(r: Running, us: number): void {
    const { holder, ttlUs } = r.operation.op;
    const ttl = ttlUs ?? defaultTtlUs;
    const token = this.#fault === 'tokens' ? Math.max(1, this.index - 3 * (this.index & 1)) : this.index;
    this.own = { s: r.session, h: holder!, t: token, n: 1, ttl, next: ttl, until: us + ttl };
    r.answer = { token, ttlUs: ttl, count: 1 };
  }
}

/** A history of a lock, right if the lock is: each operation takes effect at an instant within its interval (unknown ones maybe later, or never). */
export function lockHistory(draws: Draws, shape: LockShape): LockOperation[] {
  const lock = new SmallLock(shape.fault);
  const operations: Mutable[] = [];
  let running: Running[] = [];
  const late: Running[] = [];
  const gone: Running[] = [];
  let clock = 0;
  let invoked = 0;
  const tick = (): number => (clock += 1);
  const us = (): number => clock * shape.tickUs;
  const isDone = (r: Running): boolean => r.applied && !r.waits;
  const leave = (r: Running): void => void (running = running.filter((x) => x !== r));
  while (invoked < shape.operations || running.length > 0) {
    tick();
    if (draws.chance(25)) lock.expire(us());
    if (late.length > 0 && draws.chance(30)) lock.apply(late.shift()!, us());
    if (running.length < shape.concurrency && invoked < shape.operations && draws.chance(45)) {
      const session = lock.sessionOf(1 + draws.below(3));
      const { op, by } = drawAsked(draws, lock, session, shape.tickUs);
      const operation: Mutable = {
        id: invoked,
        process: by,
        op,
        invokedAt: clock,
        completedAt: Infinity,
        outcome: 'info',
        value: undefined,
        place: 0,
        session: by,
        invokedUs: us(),
        completedUs: Infinity,
      };
      invoked += 1;
      operations.push(operation);
      running.push({
        operation,
        session: by,
        applied: false,
        waits: false,
        heard: false,
        answer: undefined,
        place: 0,
      });
      continue;
    }
    if (running.length === 0) continue;
    const r = running[draws.below(running.length)]!;
    const { operation } = r;
    if (draws.chance(shape.infoPercent / 2)) {
      // Its client is gone.
      if (!r.applied && draws.chance(50)) late.push(r);
      if (!r.heard && draws.chance(40)) operation.session = 0;
      gone.push(r);
      leave(r);
    } else if (!r.applied) lock.apply(r, us());
    else if (operation.op.f === 'acquire' && r.waits && !r.heard && draws.chance(80)) {
      r.heard = true;
      const { id, op } = operation;
      operations.push({
        ...operation,
        id: -1 - id,
        op: { ...op, phase: 'enqueue', of: id },
        completedAt: clock,
        completedUs: us(),
        outcome: 'ok',
        value: { queued: true },
        place: shape.places === true ? r.place : 0,
      });
      operation.op = { ...op, phase: 'grant', of: id };
    } else if (r.waits) {
      if (shape.patient !== true && draws.chance(25))
        lock.giveUp(r, draws.chance(50) ? { timeout: true } : { cancelled: true });
    } else if (isDone(r) && r.answer !== undefined) {
      operation.outcome = 'ok';
      operation.completedAt = clock;
      operation.completedUs = us();
      operation.value = r.answer;
      if (shape.places === true) operation.place = r.place;
      leave(r);
    }
    // A waiter whose session ended hears nothing any more.
    for (const w of running) {
      if (w.waits && !lock.queue.includes(w)) {
        gone.push(w);
        leave(w);
      }
    }
  }
  if (shape.places === true) {
    // As a recorder does: where an unheard request was applied, or its wait ended.
    for (const r of gone) if (r.applied && !r.waits) r.operation.place = r.place;
  }
  return operations.sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
}

function drawAsked(
  draws: Draws,
  lock: SmallLock,
  session: number,
  tickUs: number,
): { op: Asked; by: number } {
  const kind = draws.below(20);
  const holder = draws.chance(70) ? `h${session % 3}` : 'h';
  const { own } = lock;
  if (kind < 9 || own === null) {
    const waitUs = draws.chance(35) ? 0 : 60 * second;
    const asked = { f: 'acquire', lock: 'L', holder, waitUs } as const;
    return {
      op: draws.chance(70)
        ? { ...asked, ttlUs: Math.min(sessionTtlUs, (3 + draws.below(6)) * Math.max(second, tickUs)) }
        : asked,
      by: session,
    };
  }
  const token = draws.chance(80) ? own.t : Math.max(1, own.t - 1 - draws.below(3));
  if (kind < 12) return { op: { f: 'put', guard: { lock: 'L', token } }, by: session };
  if (kind < 13) return { op: { f: 'close' }, by: session };
  const asked = { f: kind < 17 ? 'release' : 'renew', lock: 'L', token } as const;
  return draws.chance(85)
    ? { op: { ...asked, holder: own.h }, by: own.s }
    : { op: { ...asked, holder }, by: session };
}

/** The history with one answer made another. */
export function flipped(draws: Draws, history: readonly LockOperation[]): LockOperation[] {
  const heard = history.filter((o) => o.outcome === 'ok' && o.op.f !== 'close' && o.op.phase !== 'enqueue');
  if (heard.length === 0) return [...history];
  const victim = heard[draws.below(heard.length)]!;
  const value = otherAnswer(draws, victim, history);
  return history.map((o) => (o === victim ? { ...o, value } : o));
}

function otherAnswer(draws: Draws, { op, value }: LockOperation, history: readonly LockOperation[]): Answer {
  const told = history.flatMap((o) => (o.value?.token === undefined ? [] : [o.value.token]));
  const token = (told[draws.below(Math.max(1, told.length))] ?? 1) + draws.below(2);
  const { count = 1, ...rest } = value!;
  switch (op.f) {
    case 'acquire':
      if (rest.token === undefined) return { token, ttlUs: op.ttlUs ?? defaultTtlUs, count: 1 };
      if (draws.chance(50)) return { ...rest, count, token: token === rest.token ? token + 1 : token };
      if (draws.chance(40)) return { ...rest, count: count === 1 ? 2 : count - 1 };
      return op.phase === 'grant' ? { timeout: true } : { busy: true };
    case 'release':
      if (rest.error !== undefined) return { released: true, count: 0 };
      return draws.chance(60) ? { error: 'STALE_TOKEN' } : { released: true, count: count + 1 };
    case 'renew':
      if (rest.error !== undefined) return { ttlUs: defaultTtlUs, nextTtlUs: defaultTtlUs };
      return draws.chance(60) ? { error: 'STALE_TOKEN' } : { error: 'NOT_OWNER' };
    default:
      return rest.error === undefined ? { error: 'STALE_TOKEN' } : { version: 1 };
  }
}

/** A lock in full: a token is a number, and what may happen unseen happens before any operation. */
export interface ConcreteLock {
  readonly own: {
    readonly s: number;
    readonly h: string;
    readonly t: number;
    readonly n: number;
    readonly nb: number;
  } | null;
  readonly q: readonly {
    readonly id: number;
    readonly s: number;
    readonly heard: number;
  }[];
  readonly last: number;
  readonly now: number;
}

/** The times and facts that the relation needs, by operation as asked. */
interface Known {
  readonly o: LockOperation;
  readonly inv: number;
  readonly ret: number;
  readonly s: number;
  readonly lease: number;
  readonly sessionEnd: number;
  /** It heard that it waits, and then that it got the lock. Nobody else counts as a waiter. */
  readonly served: boolean;
}

/** One lock, tokens up to `tokenMax`, for one history: the times at which it was recorded are part of what is allowed. */
export function concreteLock(history: readonly LockOperation[], tokenMax: number): Relation<ConcreteLock> {
  const known = new Map<unknown, Known>(history.map((o) => [o.op, know(o, history)]));
  return {
    init: { own: null, q: [], last: 0, now: 0 },
    next(state, op, value) {
      const k = known.get(op)!;
      if (k.ret < state.now) return [];
      const free = { ...state, own: null, now: Math.max(state.now, state.own?.nb ?? 0) };
      const unseen = state.own !== null && k.ret >= state.own.nb ? [state, free] : [state];
      return unseen.flatMap((s) => steps(s, k, value as Answer | undefined, tokenMax));
    },
  };
}

function steps(
  s: ConcreteLock,
  k: Known,
  value: Answer | undefined,
  tokenMax: number,
): readonly ConcreteLock[] {
  const { op, id } = k.o;
  const { own } = s;
  const same = own !== null && own.h === op.holder && (own.s === k.s || own.s === 0 || k.s === 0);
  const other = own !== null && (own.h !== op.holder || own.s !== k.s || own.s === 0);
  const results: { answer: Answer; next: ConcreteLock }[] = [];
  const now = Math.max(s.now, k.inv);
  const result = (answer: Answer, next: Partial<ConcreteLock> | null): void => {
    results.push({ answer, next: next === null ? s : { ...s, now, ...next } });
  };
  const grant = (q: ConcreteLock['q'], from: number): void => {
    for (let t = s.last + 1; t <= tokenMax; t += 1) {
      const lease = value?.ttlUs ?? k.lease;
      const nb = Math.min(from + lease, k.sessionEnd);
      const holding = { s: k.s, h: op.holder!, t, n: 1, nb };
      result({ token: t, ttlUs: lease, count: 1 }, { own: holding, q, last: t });
    }
  };
  if (op.f === 'acquire' && op.phase === 'enqueue') {
    if (other || s.q.length > 0) {
      const waiter = { id: op.of!, s: k.s, heard: k.o.completedAt };
      result({ queued: true }, k.served ? { q: [...s.q, waiter] } : null);
    }
  } else if (op.f === 'acquire' && op.phase === 'grant') {
    const mayBeFirst = s.q.every((w) => k.o.invokedAt <= w.heard);
    if (own === null && value === undefined && mayBeFirst) grant(s.q, k.inv);
    if (own === null && value !== undefined && s.q[0]?.id === id) grant(s.q.slice(1), now);
    if (value !== undefined && value.token === undefined) result(value, null);
  } else if (op.f === 'acquire') {
    if (same) {
      const lease = value?.ttlUs ?? 0;
      result({ token: own.t, ttlUs: lease, count: own.n + 1 }, { own: { ...own, n: own.n + 1 } });
    }
    const mayHaveWaited = op.waitUs! > 0 && s.q.every((w) => k.o.invokedAt <= w.heard);
    if (own === null && (s.q.length === 0 || mayHaveWaited)) grant(s.q, k.inv);
    if (other || s.q.length > 0) {
      result({ busy: true }, null);
      result({ timeout: true }, null);
    }
    result({ cancelled: true }, null);
    if (value?.error !== undefined) result({ error: value.error }, null);
  } else if (op.f === 'release' || op.f === 'renew') {
    if (same && own.t === op.token) {
      if (op.f === 'release') {
        const after = own.n === 1 ? null : { ...own, n: own.n - 1 };
        result({ released: true, count: own.n - 1 }, { own: after });
      } else {
        const lease = value?.ttlUs ?? k.lease;
        const nb = Math.min(k.inv + lease, k.sessionEnd);
        const answer = { ttlUs: lease, nextTtlUs: value?.nextTtlUs ?? 0 };
        result(answer, { own: { ...own, nb } });
      }
    }
    if (own?.t !== op.token) result({ error: 'STALE_TOKEN' }, null);
    if (other) result({ error: 'NOT_OWNER' }, null);
    result({ error: 'SESSION_EXPIRED' }, null);
  } else if (op.f === 'put') {
    if (own?.t === op.guard!.token) result({ version: value?.version ?? 0 }, null);
    else result({ error: 'STALE_TOKEN' }, null);
    result({ error: 'SESSION_EXPIRED' }, null);
  } else if (value === undefined || value.error === undefined) {
    const q = s.q.filter((w) => w.s !== k.s);
    if (own !== null && (own.s === k.s || own.s === 0 || k.s === 0)) result({}, { own: null, q });
    if (own === null || own.s !== k.s) result({}, { q });
  } else result(value, null);
  return results
    .filter((r) => value === undefined || JSON.stringify(r.answer) === JSON.stringify(value))
    .map((r) => r.next);
}

function know(o: LockOperation, history: readonly LockOperation[]): Known {
  const inv = o.invokedUs!;
  const s = o.session!;
  const isHere = (x: LockOperation): boolean => x.op.lock !== undefined;
  const acknowledged = history.filter((x) => x.outcome === 'ok' && x.value!.error !== 'SESSION_EXPIRED');
  const applied = acknowledged.filter((x) => isHere(x) && x.session === s && s !== 0);
  const refusedByName = ['ALREADY_QUEUED'];
  const alive = applied.filter((x) => !refusedByName.includes(x.value!.error ?? '')).map((x) => x.invokedUs!);
  return {
    o,
    inv,
    ret: o.outcome === 'ok' ? o.completedUs! : Infinity,
    s,
    lease: o.op.f === 'renew' ? renewedFor(o, history) : (o.op.ttlUs ?? defaultTtlUs),
    sessionEnd: Math.max(inv, ...alive) + sessionTtlUs,
    served: history.some(
      (x) => x.op.phase === 'grant' && x.op.of === o.op.of && x.value?.token !== undefined,
    ),
  };
}

/** The least that an unheard renewal can have been for. */
function renewedFor(o: LockOperation, history: readonly LockOperation[]): number {
  const { token } = o.op;
  const grant = history.find(
    (x) => x.outcome === 'ok' && x.op.f === 'acquire' && x.value!.token === token && x.value!.count === 1,
  );
  if (grant?.op.ttlUs !== undefined) return grant.op.ttlUs;
  const before = history
    .filter((x) => x.op.f === 'renew' && x.op.token === token && x.value?.error === undefined)
    .map((x) => ({ at: x.outcome === 'ok' ? x.completedAt : x.invokedAt, ttl: x.value?.nextTtlUs }))
    .filter((x) => x.at < o.invokedAt)
    .sort((a, b) => b.at - a.at);
  return before[0]?.ttl ?? leastTtlUs;
}
