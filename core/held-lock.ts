/**
 * Work under a lock, without input and output of its own: acquires, renews by itself, lets work start only under a lease that was acknowledged, says that it is
 * lost as soon as it is told the time, and releases. Woken in time it says so *before* anybody else can have the lock; a process that slept hears of it with the first thing that it does.
 *
 * The holder's state is one of: *acquiring*; *confirming*, granted from the queue, the first renewal unanswered; *held*; *releasing*; *ended*. Renewals go out
 * at a third of what is left, one at a time, under one number until it is answered or the deadline has come. What `again` has asked for is waited for before the lock is given
 * up, and given back where it comes after the end: else it would be a holding that nobody knows of.
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

/** Renewals that may come too late before the first that does not. The adaptive lease has grown to the round trips with the second. */
const confirmationsMax = 3;

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

interface Released {
  readonly released?: boolean;
  /** How often it is still held. */
  readonly count?: number;
}

/** Told whether `again` was granted; `answer`: what was heard, null where nothing was. */
export type AgainAnswered = (granted: boolean, answer: unknown) => void;

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
  private confirmations = 0;
  /** Acquires and releases of `again` that were not answered; with who waits for an acquire. */
  private readonly nested = new Map<number, AgainAnswered | null>();
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
    this.acquireId = this.client.submit(nowUs, this.acquireOperation(this.options.waitUs));
  }

  private acquireOperation(waitUs: number): ClientOperation {
    const { lock, holder, ttlUs } = this.options;
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
    this.lookAtDeadline(nowUs);
    if (this.state === 'held' && nowUs >= this.renewAtUs && !this.lease.renewing) this.renew(nowUs);
  }

  /** Before anything else is done: a process that slept may hear of anything before it is woken. */
  private lookAtDeadline(nowUs: number): void {
    if (this.state !== 'held' || nowUs < this.lostAtUs()) return;
    // Whoever comes next may have it from here on. It is given back all the same: they wait less.
    this.giveBack(nowUs);
    this.end('lost', null);
  }

  /** Whether it has ended and nothing of it is under way: until then completions concern it. */
  get isOver(): boolean {
    return this.state === 'ended' && this.nested.size === 0;
  }

  /** Acquires once more, through the handle: the only way to re-enter. It never waits in line: where it is no longer the owner, there is nothing to re-enter. */
  again(nowUs: number, then: AgainAnswered): void {
    this.lookAtDeadline(nowUs);
    if (this.mayStart(nowUs)) this.nested.set(this.client.submit(nowUs, this.acquireOperation(0)), then);
    else then(false, null);
  }

  /** Gives back what one `again` acquired. */
  releaseAgain(nowUs: number): void {
    this.lookAtDeadline(nowUs);
    if (this.count < 2 || this.state !== 'held') return;
    this.count -= 1;
    this.nested.set(this.submitRelease(nowUs, this.theToken), null);
  }

  /** The work is done: gives the lock up. Where its deadline has come, it ends as *lost*. */
  release(nowUs: number): void {
    this.lookAtDeadline(nowUs);
    if (this.state !== 'held') return;
    this.lease.end();
    this.state = 'releasing';
    this.releaseOnce(nowUs);
  }

  /** One at a time, until the answer says that it is held no more; after all of `again` is answered, so that none of it comes behind. */
  private releaseOnce(nowUs: number): void {
    if (this.nested.size === 0) this.releaseId = this.submitRelease(nowUs, this.theToken);
  }

  private submitRelease(nowUs: number, token: number): number {
    const { lock, holder } = this.options;
    return this.client.submit(nowUs, { f: 'release', lock, holder, token });
  }

  /** Stops asking, or working. */
  abort(nowUs: number): void {
    if (this.state === 'acquiring') {
      this.client.submit(nowUs, { f: 'cancelOf', id: this.acquireId });
    } else if (this.state === 'confirming') {
      this.giveBack(nowUs);
      this.end('not-granted', { cancelled: true });
    } else this.release(nowUs);
  }

  /** An operation of this client ended; those of others are ignored. */
  completed(nowUs: number, id: number, outcome: Outcome, value: unknown, session: number, sent: Sent): void {
    if (id === this.acquireId && this.state === 'acquiring') {
      this.session = session;
      this.acquired(nowUs, outcome, value as Granted, sent);
    } else if (id === this.renewId && this.renewId > 0) this.renewed(nowUs, outcome, value as Granted, sent);
    else if (id === this.releaseId && this.state === 'releasing')
      this.releaseAnswered(nowUs, outcome, value as Released);
    else if (this.nested.has(id)) this.nestedAnswered(nowUs, id, outcome, value as Granted);
  }

  private releaseAnswered(nowUs: number, outcome: Outcome, answer: Released | null): void {
    if (outcome !== 'ok') this.end('unknown', answer);
    else if (answer?.released !== true)
      this.end('lost', answer); // The token is stale: others may have had it while the work went on.
    else if ((answer.count ?? 0) > 0)
      this.releaseOnce(nowUs); // One of `again` of which nothing was heard.
    else this.end('released', answer);
  }

  private nestedAnswered(nowUs: number, id: number, outcome: Outcome, answer: Granted | null): void {
    this.lookAtDeadline(nowUs);
    const then = this.nested.get(id) ?? null;
    this.nested.delete(id);
    const token = outcome === 'ok' && then !== null ? answer?.token : undefined;
    const granted = token === this.theToken && this.state === 'held';
    if (granted) this.count += 1;
    // Granted to nobody who could use it: behind the end, or anew after the lease was over. While it is releasing, it counts among what the release gives back.
    else if (token !== undefined && (token !== this.theToken || this.state === 'ended'))
      this.submitRelease(nowUs, token);
    if (this.state !== 'ended') then?.(granted, answer);
    if (this.state === 'releasing' && this.releaseId === 0) this.releaseOnce(nowUs);
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
      if (this.confirmations < confirmationsMax) this.renew(nowUs);
      else {
        // Renewed for ever it would be kept from everybody, and no work would start.
        this.giveBack(nowUs);
        this.end('not-granted', { error: 'LEASE_TOO_SHORT' });
      }
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
    if (this.state === 'confirming') {
      this.confirmations += 1;
      this.hold(nowUs);
    } else this.renewAtUs = nowUs + Math.max(0, Math.floor((this.lease.untilUs - nowUs) / 3));
  }

  /** Nobody works under it any more; how it ends is not waited for. */
  private giveBack(nowUs: number): void {
    this.lease.end();
    for (; this.count > 0; this.count -= 1) this.submitRelease(nowUs, this.theToken);
  }

  private end(end: LockEnd, answer: unknown): void {
    this.lease.end();
    this.state = 'ended';
    // Answers are waited for all the same: what they grant must be given back.
    for (const then of this.nested.values()) then?.(false, null);
    this.events.ended(end, answer);
  }
}
