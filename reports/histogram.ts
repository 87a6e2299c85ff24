/**
 * How long something took, of many: counts in fixed bins that are equally wide on a log scale. Fixed, so that the histograms of runs, workers
 * and shards add up to the same one in whatever order they are added; counts and the longest are exact, quantiles from 100 µs to 10,000 s are good to 3.2 %.
 *
 * Edges are integers out of a table (R40 of ISO 3 in four digits: 40 a decade): logarithms differ between versions of Node in the last digit.
 */

/** Counts by bin, plain data. `bins` holds those that are not 0, by their number in decimal. */
export interface Histogram {
  readonly count: number;
  /** The longest, in microseconds; 0 of none. */
  readonly maxUs: number;
  readonly bins: { readonly [bin: string]: number };
}

/** R40 in four digits: round(1000 · 10^(k/40)). */
const mantissas = [
  1000, 1059, 1122, 1189, 1259, 1334, 1413, 1496, 1585, 1679, 1778, 1884, 1995, 2113, 2239, 2371, 2512, 2661,
  2818, 2985, 3162, 3350, 3548, 3758, 3981, 4217, 4467, 4732, 5012, 5309, 5623, 5957, 6310, 6683, 7079, 7499,
  7943, 8414, 8913, 9441,
];
/** How many bins make a factor of ten. */
export const binsPerDecade = mantissas.length;
/** Decades from 100 µs to 10,000 s. */
const scales = [0.1, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/** Lower edges of the bins from 1 on, in microseconds, and the upper edge of the last but one. Bin 0 is below them all, the last above. */
export const edgesUs: readonly number[] = [
  ...scales.flatMap((scale) => mantissas.map((mantissa) => Math.round(mantissa * scale))),
  10_000_000_000,
];

/** How many bins there are: below 100 µs, 40 a decade, from 10,000 s on. */
export const binCount = edgesUs.length + 1;

/** The most by which a quantile is off, as a part of it: half of the widest bin, from 141 to 150 µs, whose edges are rounded. */
export const quantileError = 0.032;

/** The bin of a length of time in microseconds, at least 0. */
export function binOf(us: number): number {
  let low = 0;
  let high = edgesUs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (us < edgesUs[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A histogram of nothing. */
export const emptyHistogram: Histogram = { count: 0, maxUs: 0, bins: {} };

/** The histogram of two lots together. */
export function addHistograms(a: Histogram, b: Histogram): Histogram {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const bins: { [bin: string]: number } = { ...a.bins };
  for (const [bin, count] of Object.entries(b.bins)) bins[bin] = (bins[bin] ?? 0) + count;
  return { count: a.count + b.count, maxUs: Math.max(a.maxUs, b.maxUs), bins };
}

/** Whether its counts add up, and the longest lies in the highest bin that counts any: what others wrote may not. */
export function isConsistent({ count, maxUs, bins }: Histogram): boolean {
  const used = Object.keys(bins).map(Number);
  const sum = Object.values(bins).reduce((total, one) => total + one, 0);
  return sum === count && (count === 0 ? maxUs === 0 : Math.max(...used) === binOf(maxUs));
}

/**
 * The length of time that the given part of all does not exceed, in microseconds: the geometric middle of its bin, at most the longest.
 * @param part above 0, at most 1: 0.95
 * @returns null of none
 */
export function quantileUs(histogram: Histogram, part: number): number | null {
  const { count, maxUs, bins } = histogram;
  if (count === 0) return null;
  const rank = Math.max(1, Math.ceil(part * count));
  let below = 0;
  for (const [bin, inBin] of ascending(bins)) {
    below += inBin;
    if (below >= rank) return Math.min(maxUs, middleUs(bin));
  }
  return maxUs;
}

/** The bins that count any, by their numbers, lowest first. */
export function ascending(bins: Histogram['bins']): [bin: number, count: number][] {
  return Object.entries(bins)
    .map(([bin, count]): [number, number] => [Number(bin), count])
    .sort(([a], [b]) => a - b);
}

function middleUs(bin: number): number {
  if (bin === 0) return edgesUs[0]! / 2;
  if (bin >= edgesUs.length) return Infinity;
  return Math.sqrt(edgesUs[bin - 1]! * edgesUs[bin]!);
}

/** Counts what takes how long, fast; `taken` is plain data. */
export class HistogramRecorder {
  readonly #counts = new Uint32Array(binCount);
  #count = 0;
  #maxUs = 0;

  /** @param us at least 0; what is less counts as 0 */
  add(us: number): void {
    this.#counts[binOf(us)]! += 1;
    this.#count += 1;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /** What was counted so far. */
  taken(): Histogram {
    const bins: { [bin: string]: number } = {};
    this.#counts.forEach((count, bin) => {
      if (count > 0) bins[bin] = count;
    });
    return { count: this.#count, maxUs: this.#maxUs, bins };
  }
}
