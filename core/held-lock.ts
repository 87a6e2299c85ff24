/**
 * Work under a lock, without input and output of its own: acquires, renews by itself, lets work start only under a lease that was acknowledged, says when it is
 * lost *before* anybody else can have it, and releases.
 *
 * The holder's state is one of: *acquiring*; *confirming*, granted from the queue, the first renewal unanswered; *held*; *releasing*; *ended*. Renewals go out
 * at a third of what is left, one at a time, under one number until it is answered or the deadline has come.
 */
import type { ClientOperation, Sent } from './client.ts';
import { Lease } from './lease.ts';
import type { Outcome } from './observe.ts';

/** What a holder needs of its client. */
export interface LockClient {
  /**
   * Starts an operation; its completion is handed to the holder, never within this call.
   * @param giveUpAtUs when the client stops trying; left out: as usual
   * @returns the id that its completion will name, a positive one
   */
  submit(nowUs: number, op: ClientOperation, giveUpAtUs?: number): number;
  /** Until when this session is sure to live, on the client's clock; −1: it is not the client's any more. */
  sessionUntilUs(session: number): number;
}

/** Why there is no lock, or no more. */
export type LockEnd =
  /** It was asked for and not had: busy, timed out, cancelled, refused; nothing is held. */
  | 'not-granted'
  /** The lease is over, or the session; the work must stop at once. */
  | 'lost'
  /** Given up in order. */
  | 'released'
  /** Nobody knows whether it was had: a holding may stand until its lease runs out. */
  | 'unknown';

/** What a holder tells. */
export interface HolderEvents {
  /** Work may start: from now until `lost` is told. */
  held(token: number): void;
  /** The end, once. `answer`: the last one that was given. */
  ended(end: LockEnd, answer: unknown): void;
}

/** What is asked for. */
export interface HolderOptions {
  readonly lock: string;
  /** Unlike that of any other holder of the client. */
  readonly holder: string;
  readonly waitUs: number;
  readonly ttlUs?: number;
  /** Bound of the clocks' drift, in parts per million. */
  readonly rhoPpm: number;
}

type State = 'acquiring' | 'confirming' | 'held' | 'releasing' | 'ended';

interface Granted {
  readonly token?: number;
  readonly ttlUs?: number;
  readonly nextTtlUs?: number;
  readonly queued?: boolean;
}

const never = Number.MAX_SAFE_INTEGER;

/** One turn with one lock. */
export class HeldLock {
  private readonly client: LockClient;
  private readonly options: HolderOptions;
  private readonly events: HolderEvents;
  private readonly lease: Lease;
  private state: State = 'acquiring';
  private acquireId = 0;
  private renewId = 0;
  private releaseId = 0;
  /** When the next renewal is to go out. */
  private renewAtUs = never;
  /** Acquires of this holding that were not released: its own, and those of `again`. */
  private count = 0;
  /** Who waits for an acquire or a release of `again`. */
  private readonly nested = new Map<number, (granted: boolean) => void>();
  private theToken = 0;
  /** Under which it is held: another one of the client keeps nothing of it alive. */
  private session = 0;

  constructor(client: LockClient, options: HolderOptions, events: HolderEvents) {
    this.client = client;
    this.options = options;
    this.events = events;
    this.lease = new Lease(options.rhoPpm);
  }

  /** Asks for the lock. */
  start(nowUs: number): void {
    this.acquireId = this.client.submit(nowUs, this.acquireOperation());
  }

  private acquireOperation(): ClientOperation {
    const { lock, holder, waitUs, ttlUs } = this.options;
    return { f: 'acquire', lock, holder, waitUs, ...(ttlUs === undefined ? {} : { ttlUs }) };
  }

  /** The fencing token; 0 before the grant. To be named with every mutation. */
  get token(): number {
    return this.theToken;
  }

  /** Whether work may be started now. */
  mayStart(nowUs: number): boolean {
    return this.state === 'held' && this.lease.holds(nowUs, this.client.sessionUntilUs(this.session));
  }

  /** When `wake` is wanted. */
  nextWakeUs(): number {
    if (this.state !== 'held') return never;
    return Math.min(this.lease.renewing ? never : this.renewAtUs, this.lostAtUs());
  }

  private lostAtUs(): number {
    return Math.min(this.lease.untilUs, this.client.sessionUntilUs(this.session));
  }

  /** To be called when `nextWakeUs()` has come (earlier does no harm). */
  wake(nowUs: number): void {
    if (this.state !== 'held') return;
    if (nowUs >= this.lostAtUs()) {
      // Whoever comes next may have it from here on. It is given back all the same: they wait less.
      this.giveBack(nowUs);
      this.end('lost', null);
    } else if (nowUs >= this.renewAtUs && !this.lease.renewing) this.renew(nowUs);
  }

  /** Acquires once more, through the handle: the only way to re-enter. @param then told whether it was granted */
  again(nowUs: number, then: (granted: boolean) => void): void {
    if (!this.mayStart(nowUs)) {
      then(false);
      return;
    }
    this.nested.set(this.client.submit(nowUs, this.acquireOperation()), (granted) => {
      if (granted) this.count += 1;
      then(granted);
    });
  }

  /** Gives back what one `again` acquired. */
  releaseAgain(nowUs: number): void {
    if (this.count < 2 || this.state !== 'held') return;
    this.count -= 1;
    this.submitRelease(nowUs);
  }

  /** The work is done: gives the lock up. */
  release(nowUs: number): void {
    if (this.state !== 'held') return;
    this.lease.end();
    this.state = 'releasing';
    for (; this.count > 1; this.count -= 1) this.submitRelease(nowUs);
    this.releaseId = this.submitRelease(nowUs);
  }

  private submitRelease(nowUs: number): number {
    const { lock, holder } = this.options;
    return this.client.submit(nowUs, { f: 'release', lock, holder, token: this.theToken });
  }

  /** Stops asking, or working. */
  abort(nowUs: number): void {
    if (this.state === 'acquiring') {
      this.client.submit(nowUs, { f: 'cancelOf', id: this.acquireId });
    } else if (this.state === 'held') this.release(nowUs);
  }

  /** An operation of this client ended; those of others are ignored. */
  completed(nowUs: number, id: number, outcome: Outcome, value: unknown, session: number, sent: Sent): void {
    if (id === this.acquireId && this.state === 'acquiring') {
      this.session = session;
      this.acquired(nowUs, outcome, value as Granted, sent);
    } else if (id === this.renewId && this.renewId > 0) this.renewed(nowUs, outcome, value as Granted, sent);
    else if (id === this.releaseId && this.state === 'releasing') {
      this.end(outcome === 'ok' ? 'released' : 'unknown', value);
    } else {
      const then = this.nested.get(id);
      this.nested.delete(id);
      then?.(
        outcome === 'ok' && typeof (value as Granted | null)?.token === 'number' && this.state === 'held',
      );
    }
  }

  private acquired(nowUs: number, outcome: Outcome, granted: Granted | null, sent: Sent): void {
    const token = granted?.token;
    if (outcome !== 'ok' || token === undefined) {
      this.end(outcome === 'info' ? 'unknown' : 'not-granted', granted);
      return;
    }
    this.theToken = token;
    this.count = 1;
    const { ttlUs = 0, nextTtlUs = 0 } = granted!;
    if (granted!.queued === true) {
      this.state = 'confirming';
      this.lease.grantedFromQueue(nextTtlUs);
      this.renew(nowUs);
      return;
    }
    this.lease.granted(sent.firstUs, ttlUs, nextTtlUs);
    this.hold(nowUs);
  }

  /** Granted and acknowledged: held, unless the answer took longer than the lease. */
  private hold(nowUs: number): void {
    if (!this.lease.holds(nowUs, this.client.sessionUntilUs(this.session))) {
      this.state = 'confirming';
      this.renew(nowUs);
      return;
    }
    this.state = 'held';
    this.renewAtUs = nowUs + Math.floor((this.lease.untilUs - nowUs) / 3);
    this.events.held(this.theToken);
  }

  private renew(nowUs: number): void {
    const { lock, holder } = this.options;
    this.lease.renewalSent(nowUs);
    const op = { f: 'renew', lock, holder, token: this.theToken, roundTripUs: 0 } as const;
    // Tried until the lease is over; the first one of a grant from the queue as long as anything.
    const until = this.lease.untilUs;
    this.renewId = until <= nowUs ? this.client.submit(nowUs, op) : this.client.submit(nowUs, op, until);
  }

  private renewed(nowUs: number, outcome: Outcome, answer: Granted | null, sent: Sent): void {
    this.renewId = 0;
    if (this.state !== 'confirming' && this.state !== 'held') return;
    if (outcome !== 'ok' || answer?.ttlUs === undefined) {
      // Refused: the holding is gone. Unknown: the lease is over.
      if (outcome !== 'ok') this.giveBack(nowUs);
      this.end(this.state === 'held' ? 'lost' : outcome === 'ok' ? 'not-granted' : 'unknown', answer);
      return;
    }
    this.lease.renewed(sent.firstUs, answer.ttlUs, answer.nextTtlUs ?? answer.ttlUs);
    if (this.state === 'confirming') this.hold(nowUs);
    else this.renewAtUs = nowUs + Math.max(0, Math.floor((this.lease.untilUs - nowUs) / 3));
  }

  /** Nobody works under it any more; how it ends is not waited for. */
  private giveBack(nowUs: number): void {
    this.lease.end();
    for (; this.count > 0; this.count -= 1) this.submitRelease(nowUs);
  }

  private end(end: LockEnd, answer: unknown): void {
    this.lease.end();
    this.state = 'ended';
    for (const then of this.nested.values()) then(false);
    this.nested.clear();
    this.events.ended(end, answer);
  }
}
