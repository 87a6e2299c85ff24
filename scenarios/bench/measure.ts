/** How the benchmark measures: medians of several runs, since the fastest flatters and the mean is the neighbours' doing. */
import { median } from 'd3-array';

/** Runs that a median is taken of. Odd, so that it is one of them. */
export const RUNS = 5;

/** The median of what `run` gives, of `RUNS` runs after one that is thrown away. */
export function medianOf(run: () => number): number {
  run();
  const values: number[] = [];
  for (let i = 0; i < RUNS; i += 1) values.push(run());
  return median(values) as number;
}

/** `1.31 M`, `65.2 k`, `742`. */
export function compact(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
