/**
 * The decisions about locks, one function each; the machine calls the rules that it was created with. The meaning is that of Hazelcast's FencedLock
 * and of Chubby's sequencers (Burrows 2006, section 2.4): a holding has a token, tokens rise, and what a lock protects looks at the token.
 */
import { leaseTtl, limits } from '../../errors.ts';
import { leaseFor, withRoundTrip } from './adaptive-lease.ts';

/** Who holds a lock, as far as decisions need it. */
export interface Holding {
  readonly session: number;
  readonly holder: string;
  readonly token: number;
  /** Log index of the entry that granted or last renewed it. */
  readonly version: number;
}

/** The decisions about locks. */
export const lockRules = {
  /**
   * The fencing token of a grant: the index of the entry that grants. It rises with every grant of the lock, whoever waited how long; the index at
   * which the waiter queued rises only as long as the queue is served in order.
   */
  tokenOf(grantedAt: number, _queuedAt: number): number {
    return grantedAt;
  },

  /** Which waiter is granted next: the first. */
  nextInLine(_waiting: number): number {
    return 0;
  },

  /** Whether the owner acquires once more. By session alone, two concurrent tasks of one client would both "re-enter". */
  isOwner(owner: Holding, session: number, holder: string): boolean {
    return owner.session === session && owner.holder === holder;
  },

  /** Whether a release or renewal names the holding that stands: its token, not just the lock (etcd#22082). */
  namesHolding(owner: Holding, token: number): boolean {
    return owner.token === token;
  },

  /** Whether the one who releases or renews is the owner: the token alone is a bearer's, for guards. */
  mayEnd(owner: Holding, session: number, holder: string): boolean {
    return owner.session === session && owner.holder === holder;
  },

  /**
   * Whether an expiry ends a holding: only if it names the version that stands. A renewal that applied first has moved it on, whoever proposed the expiry
   * (etcd#12528, etcd#15247).
   */
  expiryHolds(owner: Holding, version: number): boolean {
    return owner.version === version;
  },

  /** Whether a waiter may be granted, after another look at its session (etcd#11456). */
  mayGrantTo(sessionIsOpen: boolean): boolean {
    return sessionIsOpen;
  },

  /** Whether the holdings of a session end with it. */
  holdingsEndWithSession(_closed: boolean): boolean {
    return true;
  },

  /** Whether the waiters of a session leave the queue with it. */
  waitersEndWithSession(): boolean {
    return true;
  },

  /** Whether a mutation that names a token is let through. @param current the token that stands; 0: the lock is free. */
  fenceHolds(current: number, token: number): boolean {
    return current !== 0 && current === token;
  },

  /** Whether a waiter whose time is over leaves the queue. */
  timedOutWaiterLeaves(): boolean {
    return true;
  },

  /** Whether an acquire that will not wait leaves nothing in the queue. */
  failedTryLeaves(): boolean {
    return true;
  },

  /** Which waiter is dropped to make room, with so many in the queue: none, ever; a full queue refuses (redisson#3004). */
  evictedByNewcomer(_waiting: number): number {
    return -1;
  },

  /** Whether one more may queue behind so many. */
  mayQueue(waiting: number): boolean {
    return waiting < limits.lockQueue;
  },

  /** Whether one more lock may be held beside so many. */
  mayHold(held: number): boolean {
    return held < limits.locksHeld;
  },

  /** Whether an owner that holds it `count` times may acquire it once more. */
  mayReenter(count: number): boolean {
    return count < limits.lockReentries;
  },

  /** Whether a lease of this length may be asked for: 1 s … 60 s, and no longer than its session lives without a word. */
  ttlIsAllowed(ttlUs: number, sessionTtlUs: number): boolean {
    return ttlUs >= leaseTtl.minUs && ttlUs <= Math.min(leaseTtl.maxUs, sessionTtlUs);
  },

  /** Whether one may wait so long: up to 10 min. */
  waitIsAllowed(waitUs: number): boolean {
    return waitUs <= leaseTtl.waitMaxUs;
  },

  withRoundTrip,
  leaseFor,
};

/** What a planted mistake replaces one of. */
export type LockRules = typeof lockRules;
