/**
 * What the main thread asks of a worker and what it answers: plain data. A worker cannot receive functions, so scenarios travel as
 * references: the catalogue's by name, a user's by file and export.
 */
import type { Decision, Resolution } from '../sim/plan.ts';
import type { RecordedOperation } from '../properties/history.ts';
import type { FindingData } from '../reports/tally.ts';
import type { RunPage } from '../reports/page/run-page.ts';
import type { ExportFormat } from './export-run.ts';
import type { ScenarioPlan } from './scenario.ts';
import type { InputProblem } from './input-error.ts';
import type { SeedResult, TracedEvent } from './run-contract.ts';
import type { WhatIfOutcome, WhatIfQuestion, WhatIfRun, WhatIfSubject } from './what-if.ts';

/** Where a scenario comes from. `file`: an absolute path, or for the catalogue a path within the package. */
export interface ScenarioRef {
  readonly from: 'catalogue' | 'file';
  readonly name: string;
  readonly file: string;
  readonly exportName: string;
}

/** A place that holds scenarios: the catalogue, or a file. */
export type Source = { readonly from: 'catalogue' } | { readonly from: 'file'; readonly file: string };

/** What is known of a scenario without running it. */
export interface ScenarioDescription {
  readonly ref: ScenarioRef;
  readonly name: string;
  readonly summary: string;
  readonly minSeeds: number;
  readonly properties: readonly string[];
  /** Of those properties that assume anything of a plan: what. */
  readonly assumptions: readonly { readonly property: string; readonly assumes: readonly string[] }[];
  readonly faults: readonly string[];
  readonly reach: readonly { readonly name: string; readonly sentence: string }[];
  /** Of `progress`; null where it is not watched. */
  readonly progressBoundUs: number | null;
}

/** The parts of a repro that a replay needs. */
export interface Pinned {
  readonly plan: ScenarioPlan;
  readonly decisions: readonly Decision[];
  readonly resolutions: readonly Resolution[];
}

/** What clients asked and heard in a run. */
export interface RecordedHistory {
  readonly operations: readonly RecordedOperation[];
  /** Ends of sessions that were observed, as operations of no client. */
  readonly sessionEnds: readonly RecordedOperation[];
}

/** A run as texts, by format. */
export type RunExports = { readonly [F in ExportFormat]?: string };

/** What the page of a run tells that the run itself does not know. */
export interface PageRequest {
  /** The property whose violation is told; null: the one that was violated first, where any was. */
  readonly property: string | null;
  /** The violation of a run that cannot come to it: one whose event never ends, and which stops right before. */
  readonly finding: FindingData | null;
  /** Where it is the lowest of several seeds of its scenario that came to this kind of violation in a campaign: of how many. */
  readonly failingSeeds: number | null;
  /** The command that replays it. */
  readonly command: string;
  /** Run it again without each fault, and reseeded, as well. */
  readonly whatIf: boolean;
}

export type Request =
  | { readonly type: 'describe'; readonly sources: readonly Source[] }
  /** `verify`: run it twice more in lockstep. */
  | { readonly type: 'run'; readonly ref: ScenarioRef; readonly seed: number; readonly verify: boolean }
  | { readonly type: 'plan'; readonly ref: ScenarioRef; readonly seed: number }
  /** With `trace`, events come in `traced` messages before the answer. */
  | {
      readonly type: 'replay';
      readonly ref: ScenarioRef;
      readonly seed: number;
      readonly pinned: Pinned | null;
      readonly trace: boolean;
      /** Stop after this event, and tell of these hosts there. */
      readonly until?: number;
      readonly dump?: readonly number[];
      /** Record what clients asked and heard. */
      readonly history?: boolean;
      /** Record the whole run, and give it in these formats. */
      readonly exports?: readonly ExportFormat[];
      /** Record the whole run, and make the data of its page. */
      readonly page?: PageRequest;
      /** Show life at each event and tell which one it is: slower, for a run that did not end. */
      readonly locate?: boolean;
    }
  /** One of the runs that tell what would have been otherwise. */
  | {
      readonly type: 'what-if';
      readonly ref: ScenarioRef;
      readonly subject: WhatIfSubject;
      readonly run: WhatIfRun;
    };

export type Reply =
  | { readonly type: 'described'; readonly scenarios: readonly ScenarioDescription[] }
  /** `plan`: only where something was violated, for the repro. `difference`: of two runs in lockstep, in words. */
  | {
      readonly type: 'ran';
      readonly result: SeedResult;
      readonly plan: ScenarioPlan | null;
      readonly seedEpoch: number;
      readonly difference: string | null;
      readonly history?: RecordedHistory;
      readonly exports?: RunExports;
      readonly page?: RunPage;
      /** Where the page is to tell what would have been otherwise: the runs that are to be made for it. */
      readonly whatIf?: WhatIfQuestion;
    }
  | { readonly type: 'answered'; readonly outcome: WhatIfOutcome }
  | { readonly type: 'planned'; readonly plan: ScenarioPlan; readonly seedEpoch: number }
  /** Bad input: a file that does not load. */
  | { readonly type: 'refused'; readonly problem: InputProblem }
  /** An error outside the simulated world. */
  | { readonly type: 'failed'; readonly message: string; readonly trace: string };

/** Part of a trace, before the answer to `replay`. */
export interface TracedBatch {
  readonly type: 'traced';
  readonly events: readonly TracedEvent[];
}

/**
 * Slots of the shared life signs of a worker: a count that rises while it lives, and the virtual time reached, in ms. While an endless event
 * is looked for: the number of the event that is being handled (0: none yet), its host, and what its instant has above whole ms.
 */
export const lifeSigns = { beats: 0, virtualMs: 1, event: 2, host: 3, microseconds: 4, slots: 5 } as const;
