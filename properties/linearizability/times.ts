/** How instants and lengths of time are told beside operations: as finely as it takes to tell them apart, and no finer. */

/** Tells an instant, from microseconds, without its unit; and the unit. */
export interface Times {
  readonly unit: 's' | 'ms';
  told(us: number): string;
}

/**
 * Seconds with three digits, unless some of these instants differ by less than a millisecond: then with six, or, within the first second,
 * milliseconds with three.
 */
export function timesFor(instants: readonly number[]): Times {
  const finite = instants.filter((us) => Number.isFinite(us)).sort((a, b) => a - b);
  const isFine = finite.some((us, i) => i > 0 && us > finite[i - 1]! && us - finite[i - 1]! < 1_000);
  const isEarly = (finite.at(-1) ?? 0) < 1_000_000;
  if (isFine && isEarly) return { unit: 'ms', told: (us) => (us / 1_000).toFixed(3) };
  const digits = isFine ? 6 : 3;
  return { unit: 's', told: (us) => (us / 1_000_000).toFixed(digits) };
}

/** A length of time: `40 µs`, `5.5 ms`, `12 s`. */
export function lengthOf(us: number): string {
  if (us < 0.5) return 'less than 1 µs';
  if (us < 999.5) return `${Math.round(us)} µs`;
  if (us < 10_000_000) return `${Math.round(us) / 1_000} ms`;
  return `${Math.round(us / 1_000) / 1_000} s`;
}
