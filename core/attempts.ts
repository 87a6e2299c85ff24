/**
 * Which attempts a replica handles: each at most once, and only those made for its present boot. A copy that the network made, or an
 * attempt for an earlier boot, is dropped unanswered. Otherwise one copy could enter the log while the client hears the other's
 * refusal, and takes for certain that nothing happened.
 *
 * Attempts of a client to a replica carry a counter that rises. They may overtake one another: the last 128 are told apart,
 * older ones are dropped (the client tries again under the same number).
 */

/** Attempts told apart below the highest: more than a client has in flight. */
const windowWidth = 128;

interface Seen {
  highest: number;
  /** By attempt modulo the width: whether it was handled, for those in the window. */
  readonly handled: Uint8Array;
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
    let seen = this.seen.get(from);
    if (seen === undefined) {
      if (this.seen.size >= maxClients) return false;
      seen = { highest: 0, handled: new Uint8Array(windowWidth) };
      this.seen.set(from, seen);
    }
    if (attempt <= seen.highest - windowWidth) return false;
    if (attempt > seen.highest) {
      const first = Math.max(seen.highest, attempt - windowWidth) + 1;
      for (let passed = first; passed < attempt; passed += 1) seen.handled[passed % windowWidth] = 0;
      seen.highest = attempt;
    } else if (seen.handled[attempt % windowWidth] === 1) return false;
    seen.handled[attempt % windowWidth] = 1;
    return true;
  }

  /** Nothing comes from this client any more, copies neither: what is remembered of it goes. */
  forget(from: number): void {
    this.seen.delete(from);
  }
}
