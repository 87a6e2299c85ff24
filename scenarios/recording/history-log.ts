/**
 * The operations that a recorder has seen, in the order in which it saw them begin and end.
 *
 * Order is a counter, not the clock: in one thread events come one after the other, and a clock that ticks in microseconds would make
 * some of them look concurrent. A beginning is counted before the call is made and an end after its answer came, so the interval that
 * is judged holds the one in which the system worked: the verdict errs towards "linearizable", never towards a violation.
 */
import type { Operation } from '../../properties/history.ts';
import { RecordingError } from './recording-error.ts';

/** An operation whose end may not be known yet. */
export type OpenOperation<Op, Value> = {
  -readonly [K in keyof Operation<Op, Value>]: Operation<Op, Value>[K];
} & { invokedUs: number; completedUs: number };

/** Where operations are written down as they begin and end. */
export class HistoryLog<Op, Value> {
  readonly #operations: OpenOperation<Op, Value>[] = [];
  readonly #operationsMax: number;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #lastMs: number;
  #position = 0;
  #processes = 0;

  constructor(nowMs: () => number, operationsMax: number) {
    this.#nowMs = nowMs;
    this.#operationsMax = operationsMax;
    this.#lastMs = -Infinity;
    this.#startMs = this.#readMs();
  }

  /** A process that has asked nothing yet. */
  newProcess(): number {
    return this.#processes++;
  }

  /** @throws RecordingError `HISTORY_FULL`, `NOT_DATA`, `CLOCK_WENT_BACK`; nothing is recorded then */
  invoke(process: number, op: Op): OpenOperation<Op, Value> {
    if (this.#operations.length >= this.#operationsMax) {
      throw new RecordingError(
        'HISTORY_FULL',
        `The recorder holds ${this.#operationsMax} operations, as many as operationsMax allows.`,
        'Record in several histories, each judged by itself, or pass a larger operationsMax.',
      );
    }
    const kept = dataOf(op, 'The operation');
    const us = this.#readUs();
    const open: OpenOperation<Op, Value> = {
      id: this.#operations.length,
      process,
      op: kept,
      invokedAt: ++this.#position,
      completedAt: Infinity,
      outcome: 'info',
      value: undefined,
      place: 0,
      invokedUs: us,
      completedUs: Infinity,
    };
    this.#operations.push(open);
    return open;
  }

  /**
   * One that is never completed stays unknown.
   *
   * @throws RecordingError `NOT_DATA`, `CLOCK_WENT_BACK`; the operation stays unknown then
   */
  complete(open: OpenOperation<Op, Value>, outcome: 'ok' | 'fail', value?: Value): void {
    const kept = outcome === 'ok' ? answerOf(value as Value) : undefined;
    open.completedUs = this.#readUs();
    open.completedAt = ++this.#position;
    open.value = kept;
    open.outcome = outcome;
  }

  /** As it is now, in order of invocation; later changes do not reach what was returned. */
  operations(): readonly Operation<Op, Value>[] {
    return this.#operations.map((open) => ({ ...open }));
  }

  #readMs(): number {
    const ms = this.#nowMs();
    if (!(ms >= this.#lastMs && ms < Infinity)) {
      const before = this.#lastMs === -Infinity ? '' : ` after ${this.#lastMs}`;
      throw new RecordingError(
        'CLOCK_WENT_BACK',
        `nowMs returned ${ms}${before}.`,
        'Use a monotonic clock, such as performance.now.',
      );
    }
    this.#lastMs = ms;
    return ms;
  }

  #readUs(): number {
    return Math.floor((this.#readMs() - this.#startMs) * 1000);
  }
}

/**
 * The value as a model judges it. An answer of `undefined` is recorded as `null`, which is how models write "nothing was there":
 * in an operation, `undefined` means that nobody knows the answer, and a read of unknown answer fits everywhere.
 */
function answerOf<Value>(value: Value): Value {
  return value === undefined ? (null as Value) : dataOf(value, 'The answer');
}

/** A copy: what the caller does with its object afterwards must not change what was asked or answered. */
function dataOf<T>(value: T, what: string): T {
  if (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol') return value;
  try {
    return structuredClone(value);
  } catch (error) {
    throw new RecordingError(
      'NOT_DATA',
      `${what} is no plain data: ${error instanceof Error ? error.message : String(error)}`,
      'Record strings, numbers, booleans, null, and arrays and objects of them; map an answer with the third argument of do.',
      error,
    );
  }
}
