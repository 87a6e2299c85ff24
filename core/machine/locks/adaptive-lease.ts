/**
 * How long the next lease of a holding is to be: so long that renewals fit into it many times over at the round trips that the client sees, and no
 * longer, because a dead holder keeps others waiting for all of it. The estimator is TCP's (Jacobson and Karels 1988; RFC 6298) in integers, one
 * a session: a smoothed round trip, eightfold, and its mean deviation, fourfold.
 *
 * Karn's rule, to leave out what was retried, would never see a round trip above the 300 ms of an attempt. A client measures from the sending of the attempt
 * that the reply names, so a retry does not confuse it.
 */

/** A session's estimate, in microseconds: eight times the smoothed round trip, four times the mean deviation. */
export interface RoundTrips {
  readonly s8: number;
  readonly v4: number;
}

/** Round trips above this count as this. */
const longestUs = 60_000_000;
const shortestLeaseUs = 2_000_000;
const longestLeaseUs = 60_000_000;
/** A lease lasts this many times the round trip that is hardly ever exceeded. */
const roundTripsPerLease = 20;

/** The estimate after one more round trip. @param before `null` at the first */
export function withRoundTrip(before: RoundTrips | null, roundTripUs: number): RoundTrips {
  const r = Math.min(roundTripUs, longestUs);
  if (before === null) return { s8: 8 * r, v4: 2 * r };
  const d = r - Math.floor(before.s8 / 8);
  return { s8: before.s8 + d, v4: before.v4 + Math.abs(d) - Math.floor(before.v4 / 4) };
}

/** The lease for an estimate: within 2 s and the smaller of 60 s and the session's own life. */
export function leaseFor({ s8, v4 }: RoundTrips, sessionTtlUs: number): number {
  const wanted = roundTripsPerLease * (Math.floor(s8 / 8) + v4);
  return Math.max(shortestLeaseUs, Math.min(wanted, longestLeaseUs, sessionTtlUs));
}
