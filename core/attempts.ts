/**
 * Which attempts a replica handles: each at most once, and only those made for its present boot. A copy that the network made, or an
 * attempt for an earlier boot, is dropped unanswered. Otherwise one copy could enter the log while the client hears the other's
 * refusal, and takes for certain that nothing happened.
 *
 * Attempts of a client to a replica carry a counter that rises. They may overtake one another: the last 32 below the highest
 * are told apart, older ones are dropped (the client tries again under the same number).
 */

interface Seen {
  highest: number;
  /** Bit i: attempt highest − i was handled. */
  window: number;
}

/** Clients remembered at most; more are not served by this boot, rather than served twice. */
const maxClients = 4096;

/** What one boot of a replica has handled. */
export class Attempts {
  private readonly boot: number;
  private readonly seen = new Map<number, Seen>();

  /** @param boot of this replica. */
  constructor(boot: number) {
    this.boot = boot;
  }

  /**
   * Whether to handle an attempt; it counts as handled from here on.
   * @param from the client's host
   * @param boot the replica's boot that the attempt names
   * @param attempt the client's counter: an integer from 1
   */
  accepts(from: number, boot: number, attempt: number): boolean {
    if (boot !== this.boot || !Number.isSafeInteger(attempt) || attempt < 1) return false;
    const seen = this.seen.get(from);
    if (seen === undefined) {
      if (this.seen.size >= maxClients) return false;
      this.seen.set(from, { highest: attempt, window: 1 });
      return true;
    }
    const ahead = attempt - seen.highest;
    if (ahead > 0) {
      seen.window = ahead < 32 ? (seen.window << ahead) | 1 : 1;
      seen.highest = attempt;
      return true;
    }
    if (ahead <= -32) return false;
    const bit = 1 << -ahead;
    if ((seen.window & bit) !== 0) return false;
    seen.window |= bit;
    return true;
  }
}
