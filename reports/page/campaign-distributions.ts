/** Distributions as plots: bars of equal width on a log scale out of a histogram's bins, and the numbers that stand below. */
import { max } from 'd3-array';
import { ascending, binOf, binsPerDecade, edgesUs, quantileUs } from '../histogram.ts';
import type { Histogram } from '../histogram.ts';
import { addMeasures, emptyMeasures, measures } from '../measures.ts';
import type { Measure } from '../measures.ts';
import type { CampaignTally } from '../tally.ts';
import type { Distribution, DistributionPlot } from './campaign-page.ts';

/** Bars of a plot: as many as stay apart at 248 pixels. */
const maxBars = 48;
/** Bars of a plot of which all lies close together, so that one bar does not fill it. */
const minBars = 16;
/** A bound is drawn where it lies no further than this beyond what was measured, as a factor. */
const boundReach = 4;

const about: { readonly [M in Measure]: Pick<Distribution, 'title' | 'of' | 'sentence'> } = {
  leader: {
    title: 'Time to a leader',
    of: 'elections',
    sentence: 'From when a group lost its leader, or the start of the run, to the next election.',
  },
  unavailable: {
    title: 'Unavailability',
    of: 'spells',
    sentence:
      'From when a group lost its leader, or the start of the run, to the first entry that a new one committed, or until the old one went on.',
  },
  operation: {
    title: 'Operation latency',
    of: 'ok',
    sentence: 'From asking to the answer, of operations that ended ok.',
  },
  lease: { title: 'Lease held', of: 'holdings', sentence: 'From the grant of a lock to its end.' },
  barrier: {
    title: 'Barrier wait',
    of: 'arrivals',
    sentence: 'From arriving at a barrier to the outcome.',
  },
};

/** All that was measured, over all scenarios. */
export function distributionsOf({ scenarios }: CampaignTally): readonly Distribution[] {
  const sums = scenarios.reduce((sum, tally) => addMeasures(sum, tally.measures), emptyMeasures());
  const bounds = [...new Set(scenarios.flatMap(({ about: { progressBoundUs } }) => progressBoundUs ?? []))];
  return measures.map((measure) => ({
    ...{ measure, ...about[measure], count: sums[measure].count },
    plot: plotOf(
      sums[measure],
      measure === 'unavailable' && bounds.length === 1 ? { us: bounds[0]!, name: 'progress bound' } : null,
    ),
  }));
}

/** The plot of a histogram; null of nothing. */
export function plotOf(
  histogram: Histogram,
  bound: { readonly us: number; readonly name: string } | null,
): DistributionPlot | null {
  const used = ascending(histogram.bins);
  if (used.length === 0) return null;
  const low = Math.max(1, used[0]![0]);
  const near =
    bound !== null && bound.us <= histogram.maxUs * boundReach && binOf(bound.us) >= low ? bound : null;
  const high = Math.max(low, used.at(-1)![0], near === null ? 0 : binOf(near.us));
  const span = high - low + 1;
  const width = Math.ceil(span / maxBars);
  const bars = Math.max(minBars, Math.ceil(span / width));
  const first = Math.max(1, low - Math.floor((bars * width - span) / 2));
  const counts = new Array<number>(bars).fill(0);
  for (const [bin, n] of used) counts[Math.max(0, Math.floor((bin - first) / width))]! += n;
  const edge = (bar: number): number => lowerEdgeUs(first + bar * width);
  const [fromUs, toUs] = [edge(0), edge(bars)];
  const x = (us: number): number => Math.min(1, Math.max(0, Math.log(us / fromUs) / Math.log(toUs / fromUs)));
  return {
    bars: counts.map((count, bar) => ({ fromUs: edge(bar), toUs: edge(bar + 1), count })),
    highest: max(counts) ?? 0,
    ticks: [fromUs, Math.sqrt(fromUs * toUs), toUs].map((us) => ({ us, x: x(us) })),
    quantiles: [0.5, 0.95, 0.99].map((part) => {
      const us = quantileUs(histogram, part)!;
      return { name: `p${Math.round(part * 100)}`, us, x: us === 0 ? 0 : x(us) };
    }),
    maxUs: histogram.maxUs,
    bound: near === null ? null : { ...near, x: x(near.us) },
  };
}

/** The lower edge of a bin from 1 on; past the table it goes on in the table's steps. */
function lowerEdgeUs(bin: number): number {
  const last = edgesUs.length;
  return bin <= last ? edgesUs[bin - 1]! : edgesUs[last - 1]! * 10 ** ((bin - last) / binsPerDecade);
}
