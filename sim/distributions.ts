/**
 * Distributions over integers, without logarithms: `Math.log` differs between Node versions, and a run must not. Durations are
 * microseconds.
 *
 * A draw costs a fixed number of stream draws, used or not, so that changing a rate never shifts what comes after it. One draw serves for "whether"
 * and "how much": given that a uniform u is below a threshold T, u is uniform below T.
 */
import type { Random } from '../core/ports.ts';
import type { DelaySpec } from './plan.ts';

const TWO_32 = 4294967296;

/** What drawing needs of a stream. */
export interface Words extends Random {
  u32(): number;
}

/** The share of 32-bit words that a rate in parts per million covers: a word below it means "yes". */
export function thresholdOf(ppm: number): number {
  if (ppm <= 0) return 0;
  return ppm >= 1_000_000 ? TWO_32 : Math.floor((ppm * TWO_32) / 1_000_000);
}

/**
 * An integer in [0, max] from a word that is known to lie below `threshold`.
 * @param threshold from 1 to 2^32
 */
export function amountBelow(word: number, threshold: number, max: number): number {
  return Math.floor((word * (max + 1)) / threshold);
}

/** A `DelaySpec` made ready: its rate as a threshold. */
export interface DelayTable {
  readonly minUs: number;
  readonly spanUs: number;
  readonly tailThreshold: number;
  readonly tailMaxUs: number;
}

/** @throws Error for bounds that are negative, not integers, or the wrong way round. */
export function delayTable(spec: DelaySpec): DelayTable {
  const { minUs, maxUs, tailPpm, tailMaxUs } = spec;
  for (const value of [minUs, maxUs, tailPpm, tailMaxUs]) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new Error(`a delay of ${JSON.stringify(spec)} needs integers from 0 on`);
    }
  }
  if (maxUs < minUs) throw new Error(`a delay of ${JSON.stringify(spec)} ends before it begins`);
  return { minUs, spanUs: maxUs - minUs, tailThreshold: thresholdOf(tailPpm), tailMaxUs };
}

/** A duration. Two draws. */
export function drawFrom(table: DelayTable, stream: Words): number {
  const body = stream.u32();
  const tail = stream.u32();
  let delay = table.minUs + Math.floor((body * (table.spanUs + 1)) / TWO_32);
  if (tail < table.tailThreshold) delay += amountBelow(tail, table.tailThreshold, table.tailMaxUs);
  return delay;
}

/** A duration from a spec that is used once; for repeated draws keep its `delayTable`. Two draws. */
export function drawDelay(spec: DelaySpec, stream: Words): number {
  return drawFrom(delayTable(spec), stream);
}

/** The natural logarithm of x ≥ 1, from additions, multiplications and divisions alone, which IEEE 754 fixes to the last bit. */
function naturalLog(x: number): number {
  const ln2 = 0.6931471805599453;
  let halvings = 0;
  let rest = x;
  while (rest > 1.5) {
    rest /= 2;
    halvings += 1;
  }
  // ln r = 2 artanh((r − 1)/(r + 1)); |t| ≤ 0.2, so 12 terms are exact to double precision.
  const t = (rest - 1) / (rest + 1);
  const square = t * t;
  let power = t;
  let sum = 0;
  for (let term = 0; term < 12; term += 1) {
    sum += power / (2 * term + 1);
    power *= square;
  }
  return halvings * ln2 + 2 * sum;
}

const CELLS = 1024;
const SCALE = 65536;

/** Quantiles of the exponential distribution of mean 1, scaled by 2^16: entry i is the quantile of i/1024. */
const exponentialQuantiles: Int32Array = (() => {
  const table = new Int32Array(CELLS + 1);
  for (let i = 0; i < CELLS; i += 1) table[i] = Math.floor(SCALE * naturalLog(CELLS / (CELLS - i)) + 0.5);
  // The last cell reaches to infinity with a mean of one above its start: a cell twice as long has that mean.
  table[CELLS] = (table[CELLS - 1] as number) + 2 * SCALE;
  return table;
})();

/**
 * An exponentially distributed duration, linear between the quantiles of a table; at most about 9 means. One draw.
 * @param meanUs an integer from 0 to 10^10
 */
export function drawExponential(meanUs: number, stream: Words): number {
  const word = stream.u32();
  const cell = word >>> 22;
  const part = word & 0x3fffff;
  const low = exponentialQuantiles[cell] as number;
  const high = exponentialQuantiles[cell + 1] as number;
  const scaled = low + Math.floor(((high - low) * part) / 4194304);
  return Math.floor((meanUs * scaled) / SCALE);
}
