/**
 * Fenced locks with leases and queues. A lock is free, and takes no memory, or held: by a (session, holder), `count` times, under a token and a lease
 * whose version is the index of the entry that granted or last renewed it. Others wait in line, each for its own time at most.
 *
 * Time is not looked at: leases and waits are told to the deadlines of every replica, and come back as entries that name what is over. An entry that ends
 * things goes in phases, so that nothing is granted to a session that ends in the same entry, and a lock is granted once: `removeWaitersOf` for all sessions
 * that end, `timeOut` for waits, `endHoldingsOf` and `endLease`, then one `settle`.
 *
 * @remarks The owner's view of its lease is core/lease.ts.
 */
import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { leaseTtl, limits } from '../../errors.ts';
import type { DeadlineSink, Effects } from '../contract.ts';
import { mixInteger, mixText } from '../digest.ts';
import { readText, textBytes, writeText } from '../plain-data.ts';
import type { RoundTrips } from './adaptive-lease.ts';
import type { LockOperation } from './operations.ts';
import type { LockRules } from './rules.ts';

/** The session that asks, as the locks need to know it. */
export interface Asker {
  readonly id: number;
  readonly ttlUs: number;
}

/** An answer, and whether it is only that the request waits. */
export interface LockAnswer {
  readonly value: unknown;
  readonly waits: boolean;
}

interface Owner {
  readonly session: number;
  readonly holder: string;
  /** The number of the request that acquired it. */
  readonly number: number;
  readonly token: number;
  count: number;
  version: number;
  ttlUs: number;
  /** What the next renewal's lease will be. */
  nextTtlUs: number;
  /** The lease follows the client's round trips. */
  readonly adaptive: boolean;
}

interface Waiter {
  readonly session: number;
  readonly sessionTtlUs: number;
  readonly holder: string;
  readonly number: number;
  /** Log index of the entry by which it queued. */
  readonly queuedAt: number;
  readonly waitUs: number;
  /** The lease asked for; 0: adaptive. */
  readonly ttlUs: number;
}

interface Lock {
  readonly name: string;
  owner: Owner | null;
  readonly queue: Waiter[];
  /** Its part of the digest. */
  hash: number;
}

const busy: LockAnswer = { value: { busy: true }, waits: false };
const queued: LockAnswer = { value: { queued: true }, waits: true };
const timedOut = { timeout: true } as const;
const cancelled = { cancelled: true } as const;

function done(value: unknown): LockAnswer {
  return { value, waits: false };
}

function refused(error: string, values: object): LockAnswer {
  return { value: { error, ...values }, waits: false };
}

/** The locks of a group. */
export class Locks {
  private readonly rules: LockRules;
  private readonly sessionIsOpen: (session: number) => boolean;
  private readonly locks = new Map<string, Lock>();
  /** By the index at which it queued. */
  private readonly waiting = new Map<number, Lock>();
  private readonly roundTrips = new Map<number, RoundTrips>();
  /** Locks that may have lost their owner in this entry, in that order. */
  private readonly touched: Lock[] = [];
  private held = 0;
  private sum = 0;

  /** @param sessionIsOpen asked before each grant from a queue */
  constructor(rules: LockRules, sessionIsOpen: (session: number) => boolean) {
    this.rules = rules;
    this.sessionIsOpen = sessionIsOpen;
  }

  /** 32 bits of the whole state. */
  digest(): number {
    return this.sum;
  }

  /** The token of the holding that stands; 0: the lock is free. */
  tokenOf(lock: string): number {
    return this.locks.get(lock)?.owner?.token ?? 0;
  }

  /** Whether a mutation may pass that names this token. */
  fenceHolds(lock: string, token: number): boolean {
    return this.rules.fenceHolds(this.tokenOf(lock), token);
  }

  /** Carries out one operation, `cancel` excepted, as the entry at `index`. */
  apply(
    index: number,
    session: Asker,
    number: number,
    op: Exclude<LockOperation, { readonly f: 'cancel' }>,
    effects: Effects,
  ): LockAnswer {
    if (!fitsName(op.lock) || !fitsName(op.holder))
      return refused('NAME_TOO_LONG', { limit: limits.keyBytes });
    switch (op.f) {
      case 'acquire':
        return this.acquire(index, session, number, op, effects);
      case 'release':
        return this.release(index, session, op, effects);
      case 'renew':
        return this.renew(index, session, op, effects);
    }
  }

  private acquire(
    index: number,
    session: Asker,
    number: number,
    op: Extract<LockOperation, { readonly f: 'acquire' }>,
    effects: Effects,
  ): LockAnswer {
    const { rules } = this;
    const { holder, waitUs } = op;
    const ttlUs = op.ttlUs ?? 0;
    if (op.ttlUs !== undefined && !rules.ttlIsAllowed(ttlUs, session.ttlUs)) {
      return refused('LEASE_TTL_OUT_OF_RANGE', {
        ttlUs,
        minUs: leaseTtl.minUs,
        maxUs: Math.min(leaseTtl.maxUs, session.ttlUs),
      });
    }
    if (!rules.waitIsAllowed(waitUs))
      return refused('WAIT_OUT_OF_RANGE', { waitUs, maxUs: leaseTtl.waitMaxUs });
    const lock = this.locks.get(op.lock);
    const waiter: Waiter = {
      session: session.id,
      sessionTtlUs: session.ttlUs,
      holder,
      number,
      queuedAt: index,
      waitUs,
      ttlUs,
    };
    if (lock === undefined || (lock.owner === null && lock.queue.length === 0)) {
      if (!rules.mayHold(this.held)) return refused('TOO_MANY_LOCKS', { limit: limits.locksHeld });
      return done(this.grant(index, lock ?? this.add(op.lock), waiter, false, effects));
    }
    const { owner } = lock;
    if (owner !== null && rules.isOwner(owner, session.id, holder))
      return this.reenter(index, lock, owner, effects);
    if (waitUs === 0 && rules.failedTryLeaves()) return busy;
    if (lock.queue.some((other) => other.session === session.id && other.holder === holder)) {
      return refused('ALREADY_QUEUED', { lock: lock.name, holder });
    }
    const evicted = rules.evictedByNewcomer(lock.queue.length);
    if (evicted >= 0) this.removeWaiter(lock, lock.queue[evicted]!, effects);
    if (!rules.mayQueue(lock.queue.length))
      return refused('QUEUE_FULL', { lock: lock.name, limit: limits.lockQueue });
    this.enqueue(index, lock, waiter, effects);
    return waitUs === 0 ? busy : queued;
  }

  private reenter(index: number, lock: Lock, owner: Owner, effects: Effects): LockAnswer {
    if (!this.rules.mayReenter(owner.count)) {
      return refused('REENTRY_LIMIT', { lock: lock.name, count: owner.count, limit: limits.lockReentries });
    }
    owner.count += 1;
    this.rehash(lock);
    const { token, count, ttlUs, nextTtlUs, session } = owner;
    effects.observe({ kind: 'lockReentered', index, lock: lock.name, session, token, count });
    return done({ token, count, ttlUs, nextTtlUs });
  }

  private enqueue(index: number, lock: Lock, waiter: Waiter, effects: Effects): void {
    const { session, holder, number } = waiter;
    lock.queue.push(waiter);
    this.waiting.set(waiter.queuedAt, lock);
    this.rehash(lock);
    effects.arm('wait', waiter.queuedAt, waiter.queuedAt, waiter.waitUs);
    effects.observe({ kind: 'lockQueued', index, lock: lock.name, session, holder, number });
  }

  private grant(index: number, lock: Lock, to: Waiter, fromQueue: boolean, effects: Effects): unknown {
    const { session, holder, number } = to;
    const token = this.rules.tokenOf(index, to.queuedAt);
    const adaptive = to.ttlUs === 0;
    const ttlUs = adaptive ? Math.min(leaseTtl.defaultUs, to.sessionTtlUs) : to.ttlUs;
    const known = this.roundTrips.get(session);
    const nextTtlUs = adaptive && known !== undefined ? this.rules.leaseFor(known, to.sessionTtlUs) : ttlUs;
    lock.owner = { session, holder, number, token, count: 1, version: index, ttlUs, nextTtlUs, adaptive };
    this.held += 1;
    this.rehash(lock);
    effects.arm('lease', lock.name, index, ttlUs);
    effects.observe({
      kind: 'lockGranted',
      index,
      lock: lock.name,
      session,
      holder,
      number,
      token,
      ttlUs,
      queuedAt: fromQueue ? to.queuedAt : 0,
    });
    return fromQueue
      ? { token, count: 1, ttlUs, nextTtlUs, queued: true }
      : { token, count: 1, ttlUs, nextTtlUs };
  }

  /** The holding that a release or renewal means, or its refusal. */
  private holdingOf(
    session: number,
    op: { readonly lock: string; readonly holder: string; readonly token: number },
  ): { readonly lock: Lock; readonly owner: Owner } | LockAnswer {
    const lock = this.locks.get(op.lock);
    const owner = lock?.owner ?? null;
    if (lock === undefined || owner === null || !this.rules.namesHolding(owner, op.token)) {
      return refused('STALE_TOKEN', {
        lock: op.lock,
        token: op.token,
        current: owner === null ? 0 : owner.token,
      });
    }
    if (!this.rules.mayEnd(owner, session, op.holder))
      return refused('NOT_OWNER', { lock: op.lock, holder: op.holder });
    return { lock, owner };
  }

  private release(
    index: number,
    session: Asker,
    op: Extract<LockOperation, { readonly f: 'release' }>,
    effects: Effects,
  ): LockAnswer {
    const found = this.holdingOf(session.id, op);
    if ('value' in found) return found;
    const { lock, owner } = found;
    owner.count -= 1;
    if (owner.count > 0) {
      this.rehash(lock);
      return done({ released: true, count: owner.count });
    }
    // Told is what was asked for: that it is the holding that stands is for others to judge.
    this.free(index, lock, 'released', effects, { session: session.id, token: op.token });
    this.settle(index, effects);
    return done({ released: true, count: 0 });
  }

  private renew(
    index: number,
    session: Asker,
    op: Extract<LockOperation, { readonly f: 'renew' }>,
    effects: Effects,
  ): LockAnswer {
    const found = this.holdingOf(session.id, op);
    if ('value' in found) return found;
    const { lock, owner } = found;
    owner.version = index;
    owner.ttlUs = owner.nextTtlUs;
    const trips = this.noteRoundTrip(session.id, op.roundTripUs);
    if (owner.adaptive) owner.nextTtlUs = this.rules.leaseFor(trips, session.ttlUs);
    this.rehash(lock);
    const { token, ttlUs, nextTtlUs } = owner;
    effects.arm('lease', lock.name, index, ttlUs);
    effects.observe({
      kind: 'lockRenewed',
      index,
      lock: lock.name,
      session: session.id,
      token: op.token,
      ttlUs,
    });
    return done({ token, ttlUs, nextTtlUs });
  }

  private noteRoundTrip(session: number, roundTripUs: number): RoundTrips {
    const before = this.roundTrips.get(session) ?? null;
    const after = this.rules.withRoundTrip(before, roundTripUs);
    if (before !== null) this.sum ^= tripsHash(session, before);
    this.sum ^= tripsHash(session, after);
    this.roundTrips.set(session, after);
    return after;
  }

  /** Takes a waiter out of the queue whose request it is; whether there was one. It is answered here. */
  cancel(index: number, session: number, number: number, effects: Effects): boolean {
    for (const lock of this.locks.values()) {
      const waiter = lock.queue.find((one) => one.session === session && one.number === number);
      if (waiter === undefined) continue;
      this.removeWaiter(lock, waiter, effects);
      this.waitEnded(index, lock, waiter, 'cancelled', effects);
      effects.answer(session, number, cancelled, index);
      return true;
    }
    return false;
  }

  /** First phase of an end: the waiters of a session leave; nobody is granted anything yet. */
  removeWaitersOf(index: number, session: number, effects: Effects): void {
    if (!this.rules.waitersEndWithSession()) return;
    for (const lock of this.locks.values()) {
      for (const waiter of lock.queue.filter((one) => one.session === session)) {
        this.removeWaiter(lock, waiter, effects);
        this.waitEnded(index, lock, waiter, 'session-ended', effects);
      }
    }
  }

  /** Second phase: a waiter's time is over. Nothing where it was granted or left before. @param queuedAt index at which it queued */
  timeOut(index: number, queuedAt: number, effects: Effects): void {
    const lock = this.waiting.get(queuedAt);
    const waiter = lock?.queue.find((one) => one.queuedAt === queuedAt);
    if (lock === undefined || waiter === undefined) return;
    if (this.rules.timedOutWaiterLeaves()) this.removeWaiter(lock, waiter, effects);
    this.waitEnded(index, lock, waiter, 'timeout', effects);
    effects.answer(waiter.session, waiter.number, timedOut, index);
  }

  /** Third phase: the holdings of a session end, in the order in which the locks came to be held. @param closed by its own wish */
  endHoldingsOf(index: number, session: number, closed: boolean, effects: Effects): void {
    const trips = this.roundTrips.get(session);
    if (trips !== undefined) {
      this.sum ^= tripsHash(session, trips);
      this.roundTrips.delete(session);
    }
    if (!this.rules.holdingsEndWithSession(closed)) return;
    for (const lock of this.locks.values()) {
      if (lock.owner?.session === session) this.free(index, lock, 'session-ended', effects);
    }
  }

  /** Third phase: a lease is over, if the version named still stands. */
  endLease(index: number, name: string, version: number, effects: Effects): void {
    const lock = this.locks.get(name);
    const owner = lock?.owner ?? null;
    if (lock === undefined || owner === null || !this.rules.expiryHolds(owner, version)) return;
    this.free(index, lock, 'expired', effects);
  }

  /** Last phase: one look at each lock that lost its owner, or a waiter. */
  settle(index: number, effects: Effects): void {
    for (const lock of this.touched) {
      while (lock.owner === null && lock.queue.length > 0) {
        const next = lock.queue[this.rules.nextInLine(lock.queue.length)]!;
        this.removeWaiter(lock, next, effects);
        if (!this.rules.mayGrantTo(this.sessionIsOpen(next.session))) {
          this.waitEnded(index, lock, next, 'session-ended', effects);
          continue;
        }
        const value = this.grant(index, lock, next, true, effects);
        effects.answer(next.session, next.number, value, index);
      }
      if (lock.owner === null && lock.queue.length === 0) this.remove(lock);
    }
    while (this.touched.length > 0) this.touched.pop();
  }

  private free(
    index: number,
    lock: Lock,
    reason: 'released' | 'expired' | 'session-ended',
    effects: Effects,
    { session, token }: { readonly session: number; readonly token: number } = lock.owner!,
  ): void {
    const { version } = lock.owner!;
    lock.owner = null;
    this.held -= 1;
    this.rehash(lock);
    this.touched.push(lock);
    effects.disarm('lease', lock.name);
    effects.observe({ kind: 'lockFreed', index, lock: lock.name, session, token, version, reason });
  }

  private removeWaiter(lock: Lock, waiter: Waiter, effects: DeadlineSink): void {
    lock.queue.splice(lock.queue.indexOf(waiter), 1);
    this.waiting.delete(waiter.queuedAt);
    effects.disarm('wait', waiter.queuedAt);
    this.rehash(lock);
  }

  private waitEnded(
    index: number,
    lock: Lock,
    { session, number }: Waiter,
    reason: 'timeout' | 'cancelled' | 'session-ended',
    effects: Effects,
  ): void {
    effects.observe({ kind: 'lockWaitEnded', index, lock: lock.name, session, number, reason });
  }

  private add(name: string): Lock {
    const lock: Lock = { name, owner: null, queue: [], hash: 0 };
    this.locks.set(name, lock);
    return lock;
  }

  private remove(lock: Lock): void {
    this.sum ^= lock.hash;
    lock.hash = 0;
    this.locks.delete(lock.name);
  }

  private rehash(lock: Lock): void {
    const { owner } = lock;
    let hash = mixText(0x6c6f636b, lock.name);
    if (owner !== null) {
      hash = mixText(mixInteger(mixInteger(hash, owner.session), owner.number), owner.holder);
      hash = mixInteger(mixInteger(mixInteger(hash, owner.token), owner.count), owner.version);
      hash = mixInteger(mixInteger(mixInteger(hash, owner.ttlUs), owner.nextTtlUs), owner.adaptive ? 1 : 0);
    }
    for (let i = 0; i < lock.queue.length; i += 1) {
      const { session, holder, number, queuedAt, waitUs, ttlUs } = lock.queue[i]!;
      hash = mixText(mixInteger(mixInteger(hash, session), number), holder);
      hash = mixInteger(mixInteger(mixInteger(hash, queuedAt), waitUs), ttlUs);
    }
    this.sum ^= lock.hash ^ hash;
    lock.hash = hash;
  }

  /** Writes the whole state: the locks in the order in which they came to be held, the sessions' round trips by session. */
  save(writer: ByteWriter): void {
    writer.u32(this.locks.size);
    for (const { name, owner, queue } of this.locks.values()) {
      writeText(writer, name);
      writer.flag(owner !== null);
      if (owner !== null) {
        writer.u53(owner.session);
        writeText(writer, owner.holder);
        writer.u53(owner.number);
        writer.u53(owner.token);
        writer.u32(owner.count);
        writer.u53(owner.version);
        writer.u53(owner.ttlUs);
        writer.u53(owner.nextTtlUs);
        writer.flag(owner.adaptive);
      }
      writer.u32(queue.length);
      for (const waiter of queue) {
        writer.u53(waiter.session);
        writer.u53(waiter.sessionTtlUs);
        writeText(writer, waiter.holder);
        writer.u53(waiter.number);
        writer.u53(waiter.queuedAt);
        writer.u53(waiter.waitUs);
        writer.u53(waiter.ttlUs);
      }
    }
    const sessions = [...this.roundTrips.keys()].sort((a, b) => a - b);
    writer.u32(sessions.length);
    for (const session of sessions) {
      const { s8, v4 } = this.roundTrips.get(session)!;
      writer.u53(session);
      writer.u53(s8);
      writer.u53(v4);
    }
  }

  /** Replaces the whole state by one that was saved. @throws RangeError where the bytes hold none. */
  restore(reader: ByteReader): void {
    this.clear();
    for (let left = reader.u32(); left > 0; left -= 1) this.restoreLock(reader);
    for (let left = reader.u32(); left > 0; left -= 1) {
      const session = reader.u53();
      const trips = { s8: reader.u53(), v4: reader.u53() };
      this.roundTrips.set(session, trips);
      this.sum ^= tripsHash(session, trips);
    }
  }

  private restoreLock(reader: ByteReader): void {
    const lock = this.add(readText(reader));
    if (reader.flag()) {
      lock.owner = {
        session: reader.u53(),
        holder: readText(reader),
        number: reader.u53(),
        token: reader.u53(),
        count: reader.u32(),
        version: reader.u53(),
        ttlUs: reader.u53(),
        nextTtlUs: reader.u53(),
        adaptive: reader.flag(),
      };
      this.held += 1;
    }
    for (let left = reader.u32(); left > 0; left -= 1) {
      const waiter: Waiter = {
        session: reader.u53(),
        sessionTtlUs: reader.u53(),
        holder: readText(reader),
        number: reader.u53(),
        queuedAt: reader.u53(),
        waitUs: reader.u53(),
        ttlUs: reader.u53(),
      };
      lock.queue.push(waiter);
      this.waiting.set(waiter.queuedAt, lock);
    }
    this.rehash(lock);
  }

  /** Arms the deadlines of all leases and waits. */
  armAll(deadlines: DeadlineSink): void {
    for (const { name, owner, queue } of this.locks.values()) {
      if (owner !== null) deadlines.arm('lease', name, owner.version, owner.ttlUs);
      for (const { queuedAt, waitUs } of queue) deadlines.arm('wait', queuedAt, queuedAt, waitUs);
    }
  }

  /** Disarms all leases and waits but those that stand in `others` as well. */
  disarmAllBut(others: Locks, deadlines: DeadlineSink): void {
    for (const { name, owner, queue } of this.locks.values()) {
      if (owner !== null && (others.locks.get(name)?.owner ?? null) === null) deadlines.disarm('lease', name);
      for (const { queuedAt } of queue) {
        if (!others.waiting.has(queuedAt)) deadlines.disarm('wait', queuedAt);
      }
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.locks.clear();
    this.waiting.clear();
    this.roundTrips.clear();
    this.held = 0;
    this.sum = 0;
  }
}

function fitsName(name: string): boolean {
  return name.length <= 85 || textBytes(name) <= limits.keyBytes;
}

function tripsHash(session: number, { s8, v4 }: RoundTrips): number {
  return mixInteger(mixInteger(mixInteger(0x74726970, session), s8), v4);
}
