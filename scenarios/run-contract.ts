/** What running one seed takes and gives: shared by campaigns, replays, the test runner and the benchmark. */
import type { Finding, Handlers } from '../properties/property.ts';
import type { Measures } from '../reports/measures.ts';
import type { Story } from '../reports/story-step.ts';
import type { HostView } from '../sim/inspect.ts';
import type { Decision, Resolution } from '../sim/plan.ts';
import type { ReseedAt } from '../sim/world.ts';
import type { RunRecorder } from './run-recorder.ts';
import type { ScenarioPlan } from './scenario.ts';

/** How to run a seed: everything is optional, and without any the plan is drawn and judged. */
export interface RunOptions {
  /** Instead of drawing: a plan from a repro. */
  readonly plan?: ScenarioPlan;
  readonly decisions?: readonly Decision[];
  /** Pinned resolutions of triggers and selectors, from a repro. */
  readonly resolutions?: readonly Resolution[];
  /** The run up to an event, and then with other random numbers; plan and clients' operations stay. */
  readonly reseedAt?: ReseedAt;
  /** Stop at this virtual time at the latest, in microseconds, and judge what there is by then. */
  readonly untilUs?: number;
  /** Tell what led to a violation, which takes running it again; default true. */
  readonly tellStory?: boolean;
  /** Keep every event in words (replay --trace): called for each. */
  readonly onEvent?: (event: TracedEvent) => void;
  /**
   * Told once a virtual second, several times a second while the history is judged, and every few thousand events while a run that violated is
   * repeated to tell what led up to it: so that a worker can show life.
   */
  readonly onProgress?: (virtualUs: number) => void;
  /** Told of each event that is handed to a process, right before: where one does not end, it was the last. 0: the run is over, and judged. Costs time. */
  readonly onEntering?: (seq: number, atUs: number, host: number) => void;
  /** Shown the observations as well, behind the properties: a recorder. */
  readonly listener?: Handlers;
  /** Records the run as well, with what caused what. Costs time and memory. */
  readonly recorder?: RunRecorder;
  /** Stop after this event, and judge no history: a look at the middle of a run. */
  readonly until?: number;
  /** With `until`: hosts to look at there. */
  readonly dump?: readonly number[];
  /** With `until`: called right before that event is handled. */
  readonly onBeforeLast?: () => void;
  /** Run the judgement after the run (linearizability) as well; default true. */
  readonly judgeHistory?: boolean;
}

/** One event of a trace, for people and for `diff`. */
export interface TracedEvent {
  readonly seq: number;
  readonly at: number;
  readonly host: number;
  /** `deliver` · `timer` · `fsynced` · `fault` · `start` · `invoke` … */
  readonly kind: string;
  readonly text: string;
  /** Rolling hash after the event, hex. */
  readonly hash: string;
}

/** A fault that was in force at some time. */
export interface FaultInForce {
  readonly fault: string;
  readonly hosts: readonly number[];
  readonly fromUs: number;
  /** Infinity while it lasts. */
  readonly toUs: number;
}

/** What running one seed came to: verdict, hash, counts, and what a report tells of a violation. */
export interface SeedResult {
  readonly scenario: string;
  readonly seed: number;
  /** 12 hex digits. */
  readonly hash: string;
  /** Rolling hash every 1,000 events, hex: a replay must have every one equal. */
  readonly checkpoints: readonly string[];
  readonly events: number;
  readonly virtualUs: number;
  readonly elapsedMs: number;
  /** Of which: judging the history. */
  readonly judgeMs: number;
  /** First finding of each property, in order of detection; empty: all held. */
  readonly findings: readonly Finding[];
  /** Properties whose search ran out of budget, with the sentence. */
  readonly undecided: readonly { readonly property: string; readonly message: string }[];
  /** Properties switched off because the plan breaks an assumption. */
  readonly switchedOff: readonly string[];
  /** Fired episodes by fault class; classes that never fired are there with 0. */
  readonly faults: { readonly [fault: string]: number };
  readonly reach: { readonly [name: string]: number };
  readonly counts: RunCounts;
  readonly measures: Measures;
  readonly resolutions: readonly Resolution[];
  /** Faults in force around the first violation, and the last events of the hosts involved (empty when all held). */
  readonly inForce: readonly FaultInForce[];
  readonly lastEvents: readonly TracedEvent[];
  /** What led to the first violation, out of its causal past; absent when all held. */
  readonly story?: Story;
  /** The hosts that `dump` asked for, as they stood after the last event. */
  readonly views?: readonly HostView[];
}

/** What a run counted. */
export interface RunCounts {
  readonly observations: number;
  readonly operationsOk: number;
  readonly operationsFail: number;
  readonly operationsInfo: number;
  readonly messagesSent: number;
  readonly messagesLost: number;
  readonly crashes: number;
  readonly crashesInFsync: number;
  readonly partitions: number;
  /** Sum over replicas of their last term; bytes appended to all disks. */
  readonly finalTerm: number;
  readonly snapshotsInstalled: number;
  readonly bytesWritten: number;
}
