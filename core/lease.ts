/**
 * A holder's own view of its lease, on its monotonic clock: until when it may start work. It errs on the early side of what the replicas count: they arm a
 * version when they apply it, for longer than it says; the holder counts from the first sending of what asked for it, for less.
 *
 * - A lock granted at once: first sending of the acquire + ttl · (1 − ρ). Neither a retry nor acquiring again moves that.
 * - A grant from the queue carries no lease: when it was granted the holder cannot know, so it renews at once and waits for the answer.
 * - From a renewal's first sending until its answer: the earlier of the old deadline and sending + nextTtl · (1 − ρ), since either version may stand.
 *   Answered: sending + ttl · (1 − ρ).
 * - The first sending of the release that gives it up, or of the session's close, ends it for good, whatever comes later.
 *
 * Gray and Cheriton (1989) count leases so; what a holder must do all the same is to name its token: it may fall asleep right after it has looked.
 */

/** Nothing may be started. */
const none = -1;

/** The lease of one holding. All times in microseconds on the holder's monotonic clock. */
export class Lease {
  private readonly rhoPpm: number;
  private deadlineUs = none;
  private nextTtlUs = 0;
  /** First sending of the renewal under way; −1: none is. */
  private renewingSinceUs = -1;
  private over = false;

  /** @param rhoPpm bound of the clocks' drift, in parts per million */
  constructor(rhoPpm: number) {
    this.rhoPpm = rhoPpm;
  }

  private shorter(ttlUs: number): number {
    return ttlUs - Math.ceil((ttlUs * this.rhoPpm) / 1_000_000);
  }

  /** The acquire was granted at once. @param sentUs its first sending */
  granted(sentUs: number, ttlUs: number, nextTtlUs: number): void {
    if (this.over) return;
    this.deadlineUs = sentUs + this.shorter(ttlUs);
    this.nextTtlUs = nextTtlUs;
  }

  /** The acquire was granted after it had waited: a renewal must follow. */
  grantedFromQueue(nextTtlUs: number): void {
    this.nextTtlUs = nextTtlUs;
  }

  /** A renewal leaves for the first time. */
  renewalSent(nowUs: number): void {
    this.renewingSinceUs = nowUs;
    if (this.deadlineUs !== none) {
      this.deadlineUs = Math.min(this.deadlineUs, nowUs + this.shorter(this.nextTtlUs));
    }
  }

  /** The renewal was acknowledged. @param sentUs its first sending */
  renewed(sentUs: number, ttlUs: number, nextTtlUs: number): void {
    this.renewingSinceUs = -1;
    this.nextTtlUs = nextTtlUs;
    if (!this.over) this.deadlineUs = sentUs + this.shorter(ttlUs);
  }

  /** It is given up, or was lost: for good. */
  end(): void {
    this.over = true;
    this.deadlineUs = none;
  }

  /** Whether a renewal is under way. */
  get renewing(): boolean {
    return this.renewingSinceUs >= 0;
  }

  /** Work may be started before this time, and not from it on; −1: not at all. */
  get untilUs(): number {
    return this.deadlineUs;
  }

  /** Whether work may be started now. @param sessionUntilUs until when the session is sure to live: no lease outlives it */
  holds(nowUs: number, sessionUntilUs: number): boolean {
    return nowUs < this.deadlineUs && nowUs < sessionUntilUs;
  }
}
