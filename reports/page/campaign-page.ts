/**
 * All that the page of a campaign draws: plain data, made of a tally by `campaign-page-of.ts`. The page itself decides nothing: what is counted,
 * grouped, sorted or left out is decided when this is made. Times are virtual microseconds unless they say "wall".
 */
import type { Measure } from '../measures.ts';
import type { Verdict } from '../verdict.ts';

/** What the page of a campaign is made of. */
export interface CampaignPage {
  readonly about: CampaignAbout;
  readonly verdict: CampaignVerdict;
  /** The command that runs it again. */
  readonly command: string;
  readonly counts: readonly CampaignCount[];
  readonly troubles: readonly ShownTrouble[];
  /** Troubles that are not among `troubles`. */
  readonly troublesLeft: number;
  readonly matrix: CampaignMatrix;
  readonly violations: readonly ShownKind[];
  readonly undecided: readonly ShownKind[];
  /** Kinds that are neither among `violations` nor among `undecided`, because there are too many. */
  readonly kindsLeft: number;
  readonly distributions: readonly Distribution[];
  readonly faults: readonly FaultTotal[];
  readonly reaches: readonly ReachTotal[];
  readonly slowest: readonly SlowRun[];
}

/** Which campaign it was. */
export interface CampaignAbout {
  /** 12 hex digits. */
  readonly hash: string;
  readonly commit: string;
  readonly version: string;
  readonly node: string;
}

/** What it came to. */
export interface CampaignVerdict {
  /** `empty`: nothing was run at all. */
  readonly state: Verdict | 'empty';
  /** In a word or two: `Violated`. */
  readonly label: string;
  readonly sentence: string;
  /** What must be known besides, in sentences. */
  readonly notes: readonly string[];
}

/** A count under the verdict: `12,000 runs, complete`. */
export interface CampaignCount {
  readonly value: string;
  readonly words: string;
  readonly tone: 'plain' | 'violation' | 'undecided';
}

/** A seed whose run could not be judged. */
export interface ShownTrouble {
  readonly scenario: string;
  readonly seed: number;
  /** `is not deterministic`, `could not be run`. */
  readonly what: string;
  readonly message: string;
  readonly command: string;
}

/** Scenario by property. */
export interface CampaignMatrix {
  readonly families: readonly MatrixFamily[];
  readonly rows: readonly MatrixRow[];
  /** Violating runs by column, and over all. */
  readonly violating: readonly number[];
  readonly runs: number;
  readonly violatingRuns: number;
}

/** Properties that stand together. */
export interface MatrixFamily {
  readonly name: string;
  readonly columns: readonly MatrixColumn[];
}

/** A property; or a family, where there are too many properties. */
export interface MatrixColumn {
  readonly name: string;
  /** More than one where it is folded. */
  readonly properties: readonly string[];
  readonly violated: boolean;
}

/** A scenario. */
export interface MatrixRow {
  readonly scenario: string;
  /** By column, of all families. */
  readonly cells: readonly MatrixCell[];
  readonly runs: number;
  readonly violatingRuns: number;
}

/** What came of a property in a scenario: `count` is of violating runs, of open searches, or of runs in which it was switched off. */
export interface MatrixCell {
  readonly state: 'held' | 'violated' | 'undecided' | 'switched-off' | 'not-run' | 'not-checked';
  readonly count: number;
  /** In a sentence. */
  readonly tip: string;
  /** Place in `violations` or `undecided` of the page; -1 where there is none. */
  readonly kind: number;
}

/** Violations, or open searches, of one property and one shape: the sentence without its numbers. The one of the lowest seed is told. */
export interface ShownKind {
  readonly property: string;
  /** Runs, or searches. */
  readonly count: number;
  readonly scenarios: readonly { readonly scenario: string; readonly count: number }[];
  readonly scenario: string;
  readonly seed: number;
  readonly message: string;
  readonly command: string;
  /** The page of the run, relative to this one; null where there is none. */
  readonly href: string | null;
}

/** How long something took. */
export interface Distribution {
  readonly measure: Measure;
  readonly title: string;
  readonly count: number;
  /** Of what: `elections`. */
  readonly of: string;
  /** What exactly was measured, in a sentence. */
  readonly sentence: string;
  /** Null where nothing was measured. */
  readonly plot: DistributionPlot | null;
}

/** Bars of equal width on a log scale, and the figures. `x` runs from 0 to 1. */
export interface DistributionPlot {
  readonly bars: readonly { readonly fromUs: number; readonly toUs: number; readonly count: number }[];
  /** The highest bar's count. */
  readonly highest: number;
  readonly ticks: readonly { readonly us: number; readonly x: number }[];
  readonly quantiles: readonly { readonly name: string; readonly us: number; readonly x: number }[];
  readonly maxUs: number;
  /** A length of time to compare with; null where there is none, or it lies far outside. */
  readonly bound: { readonly us: number; readonly name: string; readonly x: number } | null;
}

/** How often a fault class fired, over all scenarios that enable it. `missed`: in one that ran enough seeds it never did. */
export interface FaultTotal {
  readonly name: string;
  readonly fired: number;
  readonly missed: boolean;
  /** From 0 to 1, on a log scale. */
  readonly length: number;
}

/** How often something was reached. `missedIn`: scenarios that name it, ran enough seeds, and never did. */
export interface ReachTotal {
  readonly name: string;
  /** What it means to have been there; null where the campaign does not say. */
  readonly sentence: string | null;
  readonly hits: number;
  readonly missedIn: readonly string[];
}

/** A run that took long. */
export interface SlowRun {
  readonly scenario: string;
  readonly seed: number;
  readonly events: number;
  /** Wall. */
  readonly elapsedMs: number;
}
