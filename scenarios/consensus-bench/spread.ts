/** Statistics of what was measured: medians and quartiles, because the fastest flatters and the mean is the neighbours' doing. */
import { bin, max, min, quantile, range } from 'd3-array';

/** How repeated measures lie, in the unit of the measure. */
export interface Spread {
  readonly samples: number;
  readonly min: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly max: number;
}

/** … with the tail, which matters where there are many. */
export interface LongSpread extends Spread {
  readonly p90: number;
  readonly p99: number;
}

/** How many values lie from `from` (included) to `to` (excluded); `null`: all from there on. */
export interface Bin {
  readonly from: number;
  readonly to: number | null;
  readonly count: number;
}

/** Thousandths of a unit: what comes after them is noise, or below the microsecond of virtual time. */
function rounded(value: number | undefined): number {
  return Math.round((value ?? 0) * 1e3) / 1e3;
}

/** Quantiles are interpolated between neighbours; all are 0 without a value. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    samples: values.length,
    min: rounded(min(values)),
    p25: rounded(quantile(values, 0.25)),
    median: rounded(quantile(values, 0.5)),
    p75: rounded(quantile(values, 0.75)),
    max: rounded(max(values)),
  };
}

/** As `spreadOf`. */
export function longSpreadOf(values: readonly number[]): LongSpread {
  const { max: most, ...below } = spreadOf(values);
  return {
    ...below,
    p90: rounded(quantile(values, 0.9)),
    p99: rounded(quantile(values, 0.99)),
    max: most,
  };
}

/**
 * Counts by bins of one width from 0 on; the last one holds all that lies beyond it, too.
 * @param bins how many
 */
export function binned(values: readonly number[], width: number, bins: number): readonly Bin[] {
  const end = width * bins;
  const within = values.map((value) => Math.min(value, end - width / 2));
  const counts = bin()
    .domain([0, end])
    .thresholds(range(width, end, width))(within)
    .map((bucket) => bucket.length);
  return counts.map((count, i) => ({
    from: i * width,
    to: i === bins - 1 ? null : (i + 1) * width,
    count,
  }));
}
