/**
 * A run as it was recorded, for whoever asks what came of what: columns of steps and messages, with the observations that hosts made. Plain
 * data, which holds a run of millions of events.
 *
 * A step is what one host did during one event of the world: it received a message, a timer came, an fsync was done, a fault took it down. An event
 * is a step of one host, but for faults, which may be steps of several hosts or of none.
 */
import type { Observation } from '../core/observe.ts';

/** Steps in the order of the run; all columns are of one length. */
export interface StepColumns {
  /** Number of the event. */
  readonly seq: readonly number[];
  /** Virtual microseconds. */
  readonly at: readonly number[];
  readonly host: readonly number[];
  /** `deliver`, `timer`, `fsynced`, `start`, `fault` … */
  readonly kind: readonly string[];
  /** Place of the message that was received, in the columns of messages; -1 where none was. */
  readonly message: readonly number[];
}

/** Messages in the order in which they were sent. */
export interface MessageColumns {
  /** The step during which it was sent. */
  readonly step: readonly number[];
  readonly to: readonly number[];
  /** Its number on its link, from 1: with both ends its name. */
  readonly number: readonly number[];
  /** Copies that left; 0: lost. */
  readonly copies: readonly number[];
  /** What it is, in a word: `append`. */
  readonly label: readonly string[];
}

/** What may happen to a server's log: the numbers in `LogColumns.change`. */
export const logChanges = ['appended', 'truncated', 'committed', 'applied', 'restored'] as const;

/**
 * Changes of the servers' logs, of the whole run: the observations that tell of them are too many to be kept, the logs' ends are not. In the order
 * of the run; all columns are of one length.
 */
export interface LogColumns {
  readonly step: readonly number[];
  readonly group: readonly number[];
  /** Place in `logChanges`. */
  readonly change: readonly number[];
  /**
   * `appended`: the entries after the log's last up to this one, all of `term`. `truncated`: it and all after it went. `committed`, `applied`: all up
   * to it. `restored`: the log is empty after it, and all up to it is in a snapshot.
   */
  readonly index: readonly number[];
  /** The entry's term; 0 where there is none. */
  readonly term: readonly number[];
}

/** What a host observed in a step. */
export interface ObservedStep {
  readonly step: number;
  readonly group: number;
  readonly observation: Observation;
}

/** A fault of the plan, from the event that began it. */
export interface RecordedFault {
  readonly fault: string;
  readonly hosts: readonly number[];
  readonly seq: number;
  readonly fromUs: number;
  /** Infinity while it lasts. */
  readonly toUs: number;
  /** One-way links, `[from, to]`, over which nothing passed; null where it is not known that it cut any. */
  readonly cut: readonly (readonly [from: number, to: number])[] | null;
}

/** A run, or its beginning. */
export interface RunRecord {
  readonly scenario: string;
  readonly seed: number;
  /** Hosts from this number on are clients. */
  readonly servers: number;
  readonly hosts: number;
  /** Events of the run, and when it ended, in virtual microseconds. */
  readonly events: number;
  readonly untilUs: number;
  readonly steps: StepColumns;
  readonly messages: MessageColumns;
  /** In the order of their steps. Of the kinds that every entry and every fsync makes, those of a long run's beginning are left out. */
  readonly observations: readonly ObservedStep[];
  readonly faults: readonly RecordedFault[];
  readonly log: LogColumns;
  /** What a trace says of a step, by step: of the last ones of a long run only. */
  readonly texts: ReadonlyMap<number, string>;
}

/** How many numbers from 0 on, below `count`, pass a test that fails for good once it fails. */
export function countWhile(count: number, passes: (i: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What was observed in a step. */
export function observationsOf({ observations }: RunRecord, step: number): readonly ObservedStep[] {
  const from = countWhile(observations.length, (i) => observations[i]!.step < step);
  let to = from;
  while (observations[to]?.step === step) to += 1;
  return observations.slice(from, to);
}
