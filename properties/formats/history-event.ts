/** Events of a history: what a recorder writes down as it happens, and what a file says of it. */
import type { Operation } from '../history.ts';
import type { TextPlace } from './history-error.ts';

/** How an event of a file may be: an invocation, or one of the three ends of an operation (see `Operation`). */
export type EventType = 'invoke' | 'ok' | 'fail' | 'info';

/** The formats that are read. Jepsen's log lines are read only; the others are written too. */
export type HistoryFormat = 'jepsen-edn' | 'jepsen-log' | 'porcupine' | 'json-lines';

/** All formats, in the order in which they are told to people. */
export const historyFormats: readonly HistoryFormat[] = [
  'jepsen-edn',
  'jepsen-log',
  'porcupine',
  'json-lines',
];

/** A format for people. */
export const formatTitles: { readonly [F in HistoryFormat]: string } = {
  'jepsen-edn': 'Jepsen EDN',
  'jepsen-log': "Jepsen's log lines",
  porcupine: "Porcupine's key–value text",
  'json-lines': 'JSON Lines',
};

/** Fields of `Operation` that only a system can tell of itself, as simulated ones do. */
export type AlsoKnown = Pick<Partial<Operation>, 'place' | 'appliedAt' | 'session'>;

/** Their names. */
export const alsoKnown = ['place', 'appliedAt', 'session'] as const;

/** One event of a history, in the order of real time. */
export type HistoryEvent =
  | {
      readonly type: 'invoke';
      /** Counted from 0 in the order of invocation, or as the file says. */
      readonly id: number;
      readonly process: number;
      readonly op: unknown;
      /** Position among the events, from 1: the clock of `Operation`. */
      readonly at: number;
      /** Microseconds, where the file tells times. */
      readonly us?: number;
      /** What a system said of itself. */
      readonly also?: AlsoKnown;
    }
  | {
      readonly type: 'ok' | 'fail' | 'info';
      /** Of the operation that ended. */
      readonly id: number;
      readonly process: number;
      /** What was answered; `undefined` where nothing was. */
      readonly value: unknown;
      readonly at: number;
      readonly us?: number;
    }
  /** A whole operation on one line: only JSON Lines has such, in any order. */
  | { readonly type: 'operation'; readonly operation: Operation };

/**
 * What one event of a file says, before it is known what was asked: for each event of a process, `meaning` decides what operation it is and
 * what it was answered.
 */
export interface SaidEvent {
  readonly type: EventType;
  readonly process: number;
  /** `read`, `addAndGet`. */
  readonly f: string;
  /** What stands under `:value`; `undefined` where nothing does. */
  readonly value: unknown;
  /** What the operation is on, where the event says so. */
  readonly key?: string | number;
  /** The whole operation, where the event says it outright. */
  readonly op?: unknown;
  /** The answer, where the event says it outright; `{}` around it, so that `undefined` can be said. */
  readonly answer?: { readonly value: unknown };
  /** Id of the operation, where the file has ids. */
  readonly id?: number;
  /** Number of the event, where the file has such. */
  readonly index?: number;
  readonly us?: number;
  readonly also?: AlsoKnown;
  readonly place: TextPlace;
  /** Length of its text. */
  readonly chars: number;
}
