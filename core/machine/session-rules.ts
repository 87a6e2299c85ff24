/**
 * The decisions about sessions, one function each. A session makes retried requests apply exactly once (Raft thesis, section 6.3):
 * a request is (session, number), its reply is remembered until the client has acknowledged the number, and a number that was
 * acknowledged never applies again. The machine calls the rules that it was created with.
 */
import { limits, sessionTtl } from '../errors.ts';
import { isAcknowledged, openNumbers } from './acknowledged.ts';

/** The decisions about sessions: what applies, what is answered from memory, what is refused. */
export const sessionRules = {
  /**
   * Whether a number can no longer apply: the session knows it as acknowledged, or the request itself says so.
   * A late copy of a request given up must not take effect after the client went on.
   */
  isStale(
    floor: number,
    ranges: readonly number[],
    number: number,
    carriedFloor: number,
    carriedRanges: readonly number[],
  ): boolean {
    return isAcknowledged(floor, ranges, number) || isAcknowledged(carriedFloor, carriedRanges, number);
  },

  /**
   * Whether a remembered reply answers the request in place of a second execution.
   * @param _waits that reply says only that the request waits: its retry waits with it, and takes no place of its own
   */
  answersFromMemory(_waits: boolean): boolean {
    return true;
  },

  /**
   * Whether a request lies too far ahead: at most 128 numbers, from the floor that it carries to its own, may be unacknowledged, and
   * the last 16 of them are for requests that free resources. Judged from what the request carries alone; every attempt carries
   * what the first carried, so that each gets the same answer.
   */
  windowIsFull(
    carriedFloor: number,
    carriedRanges: readonly number[],
    number: number,
    frees: boolean,
  ): boolean {
    const places = frees ? limits.sessionWindow : limits.sessionWindow - limits.reservedProposals;
    return openNumbers(carriedFloor, carriedRanges, number) > places;
  },

  /** Whether one more session may open. */
  mayOpen(open: number): boolean {
    return open < limits.sessions;
  },

  /** Whether a time to live is within the bounds (10 s … 10 min). */
  ttlIsAllowed(ttlUs: number): boolean {
    return ttlUs >= sessionTtl.minUs && ttlUs <= sessionTtl.maxUs;
  },

  /**
   * Whether an expiry ends a session: only if it names the version that stands. A renewal applied in between has moved it on,
   * and an expiry of a deposed leader, proposed before that renewal, must not end a live session (etcd#12528).
   */
  expiryHolds(standing: number, named: number): boolean {
    return standing === named;
  },
};

/** What a planted mistake replaces one of. */
export type SessionRules = typeof sessionRules;
