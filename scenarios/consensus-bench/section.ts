/** What a part of the benchmark is given, and what it gives. */
import { spreadOf } from './spread.ts';
import type { Bin, LongSpread, Spread } from './spread.ts';

/** What is measured, by the name that its figures have in the document, and as people read it. */
export const units = {
  committedPerSecond: 'commits/s',
  fsyncsPerSecond: 'fsyncs/s',
  wallMsPerWrite: 'wall ms a write',
  pairsPerSecond: 'pairs/s',
  arrivalsPerSecond: 'arrivals/s',
  conflictsPerSecond: 'conflicts/s',
  cpuMs: 'CPU ms',
  percentOfRun: '% of the run',
  virtualSecondsPerWallSecond: 'virtual s/wall s',
} as const;

/** A unit, by its name in the document. */
export type Unit = keyof typeof units;

/** Repeated measures of one thing. */
export interface Figure {
  /** Letters, digits and `-`: stable. */
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  readonly spread: Spread;
}

/** Times in worlds, one a seed. */
export interface Distribution {
  readonly id: string;
  readonly label: string;
  readonly virtualMs: LongSpread;
  /** Worlds in which it did not happen. */
  readonly missed: number;
  readonly histogramMs: readonly Bin[];
}

/** What a section came to. */
export interface SectionResult {
  /** What stands above the table: how it was measured. */
  readonly about: string;
  readonly figures: readonly Figure[];
  readonly distributions: readonly Distribution[];
  /** Properties that were violated in the worlds that were run: the figures then count for nothing. */
  readonly violations: readonly string[];
}

/** How to measure. */
export interface Measuring {
  /** Measures of each thing, after those that warm up. */
  readonly repeats: number;
  /** Worlds of each kind of election. */
  readonly seeds: number;
  /** Part of the usual work of each measure, 0 … 1: 1 but in tests, which look at the figures' form. */
  readonly work: number;
  /** Empty, for files; whoever made it removes it. The empty text for sections that need none. */
  readonly folder: string;
  /** Aborted: whoever measures ends soon. */
  readonly stop: AbortSignal;
  /** Told what is measured now. */
  readonly onProgress: (text: string) => void;
}

/** Thrown out of a section that was told to stop. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted');
    this.name = 'Interrupted';
  }
}

/** Lets signals come through between two measures, which are synchronous. @throws Interrupted */
export async function breathe(stop: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (stop.aborted) throw new Interrupted();
}

/** A share of the usual work, at least one. */
export function sized({ work }: Measuring, usual: number): number {
  return Math.max(1, Math.round(usual * work));
}

/** One thing to measure. */
export interface Measure {
  readonly id: string;
  readonly label: string;
  readonly unit: Unit;
  readonly run: () => number | Promise<number>;
}

/** How long a thing is done before it is measured, at least once: the engine compiles what is done often. */
const WARM_UP_MS = 600;

/** Measures one thing several times. @throws Interrupted */
export async function figureOf(measuring: Measuring, { id, label, unit, run }: Measure): Promise<Figure> {
  const { repeats, stop, onProgress } = measuring;
  const values: number[] = [];
  onProgress(`${label}, warming up`);
  const beganMs = performance.now();
  do {
    await breathe(stop);
    await run();
  } while (performance.now() - beganMs < sized(measuring, WARM_UP_MS));
  for (let i = 1; i <= repeats; i += 1) {
    onProgress(`${label}, ${i} of ${repeats}`);
    await breathe(stop);
    values.push(await run());
  }
  return { id, label, unit, spread: spreadOf(values) };
}

/** Measures one thing after another. @throws Interrupted */
export async function figuresOf(measuring: Measuring, measures: readonly Measure[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const measure of measures) figures.push(await figureOf(measuring, measure));
  return figures;
}

/** A section of figures alone. */
export function figuresResult(
  about: string,
  figures: readonly Figure[],
  violations: readonly string[] = [],
): SectionResult {
  return { about, figures, distributions: [], violations };
}
