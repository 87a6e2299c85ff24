/**
 * What a client asks of locks.
 *
 * | operation | answer |
 * |---|---|
 * | `acquire` lock holder waitUs [ttlUs] | `{ token, count, ttlUs, nextTtlUs }`, with `queued: true` where it had waited; `{ queued: true }` first, while it waits; `{ busy: true }`, `{ timeout: true }`, `{ cancelled: true }` |
 * | `release` lock holder token | `{ released: true, count }`: how often it is still held |
 * | `renew` lock holder token roundTripUs | `{ token, ttlUs, nextTtlUs }` |
 * | `cancel` number | `{ cancelled }`: whether the session's request of that number will never be granted |
 *
 * A refusal answers `{ error, … }` with the values and changes nothing: `STALE_TOKEN`, `NOT_OWNER`, `ALREADY_QUEUED`, `QUEUE_FULL`, `TOO_MANY_LOCKS`,
 * `REENTRY_LIMIT`, `LEASE_TTL_OUT_OF_RANGE`, `WAIT_OUT_OF_RANGE`, `NAME_TOO_LONG`, `BAD_NUMBER`.
 */
import type { OperationTable } from '../operation-table.ts';

/** An operation on a lock; times in microseconds. */
export type LockOperation =
  | {
      readonly f: 'acquire';
      readonly lock: string;
      /** Who of the session: two of one client do not share a holding. */
      readonly holder: string;
      /** How long to wait in the queue; 0: not at all. */
      readonly waitUs: number;
      /** Length of the lease and its renewals; left out: adapted to the client's round trips, 10 s at first. */
      readonly ttlUs?: number;
    }
  | { readonly f: 'release'; readonly lock: string; readonly holder: string; readonly token: number }
  | {
      readonly f: 'renew';
      readonly lock: string;
      readonly holder: string;
      readonly token: number;
      /** The client's last round trip. */
      readonly roundTripUs: number;
    }
  | { readonly f: 'cancel'; readonly number: number };

/** What a mutation may carry: it is applied only while `token` is the lock's. */
export interface Guard {
  readonly lock: string;
  readonly token: number;
  /** The group whose lock it is; left out: the one that is asked. Another's answers `WRONG_GROUP`: tokens of two groups do not compare. */
  readonly group?: number | undefined;
}

/** The lock operations in the log. */
export const lockOperations = {
  acquire: {
    tag: 20,
    fields: [
      ['lock', 'text'],
      ['holder', 'text'],
      ['waitUs', 'count'],
      ['ttlUs', 'count?'],
    ],
  },
  release: {
    tag: 21,
    frees: true,
    fields: [
      ['lock', 'text'],
      ['holder', 'text'],
      ['token', 'count'],
    ],
  },
  renew: {
    tag: 22,
    frees: true,
    fields: [
      ['lock', 'text'],
      ['holder', 'text'],
      ['token', 'count'],
      ['roundTripUs', 'count'],
    ],
  },
  cancel: { tag: 23, frees: true, fields: [['number', 'count']] },
} as const satisfies OperationTable;
