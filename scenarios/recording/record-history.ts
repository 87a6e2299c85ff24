/**
 * Records what clients ask of a real system and what they hear: the history that `checkLinearizable` and `expectLinearizable` judge.
 *
 * How a call ended is decided as Jepsen does it. An answer is *ok*. An error is *unknown*, because a request that a client saw fail
 * may have been done, or may be done later: a connection that broke before the reply, a time-out. Only what the caller declares
 * as certain, and operations without an effect, are *fail*. A process whose operation is unknown asks nothing more: its client goes on
 * under a new process number (Jepsen's documentation of histories: "processes which crash … never perform another operation").
 */
import type { Operation } from '../../properties/history.ts';
import { HistoryLog } from './history-log.ts';
import type { OpenOperation } from './history-log.ts';
import { RecordingError } from './recording-error.ts';

/** What a recorder uses of a model: its types, and which operations have no effect. Every `Model` is one. */
export interface RecordedModel<Op, Value> {
  step(state: never, op: Op, value: Value | undefined): unknown;
  readOnly?(op: Op, value: Value | undefined): boolean;
}

/** How to record. */
export interface RecordOptions<Op = unknown, Value = unknown> {
  /** The model that will judge. It types the operations, and its `readOnly` is the default of the option of that name. */
  readonly model?: RecordedModel<Op, Value>;
  /** How long to wait for an answer, in milliseconds: more than 0, at most 2^31 − 1. Default: as long as it takes. */
  readonly timeoutMs?: number;
  /**
   * Whether an error proves that the operation had no effect and will have none: the server refused it, it was never sent.
   * If in doubt, `false`: what is wrongly called a failure shows up as a violation of the system. Default: never.
   */
  readonly failed?: (error: unknown, op: Op) => boolean;
  /** Whether the operation has no effect, however it ends: then an error or a time-out is *fail*. Default: what the model says, else none. */
  readonly readOnly?: (op: Op) => boolean;
  /** A monotonic clock in milliseconds, fractions included. Times are for people and for models of leases; order does not rest on them. Default: `performance.now`. */
  readonly nowMs?: () => number;
  /** How many operations may be recorded at most. Default: 1,000,000. */
  readonly operationsMax?: number;
}

const operationsMaxDefault = 1_000_000;
/** The longest delay of a timer in Node and browsers; a longer one fires at once. */
const timerMsMax = 2 ** 31 - 1;

/**
 * A recorder of one history. All of its clients live in one thread: the order is that in which this thread saw things begin and end.
 *
 * ```ts
 * const history = recordHistory({ timeoutMs: 500 });
 * const client = history.client();
 * const value = await client.do({ f: 'get', key: 'x' }, () => redis.get('x'));
 * expectLinearizable(history, kv);
 * ```
 *
 * @throws RecordingError `BAD_OPTION` if `timeoutMs` or `operationsMax` is out of bounds
 */
export function recordHistory<Op = unknown, Value = unknown>(
  options: RecordOptions<Op, Value> = {},
): RecordedHistory<Op, Value> {
  const { timeoutMs, operationsMax = operationsMaxDefault } = options;
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs <= timerMsMax)) {
    throw new RecordingError(
      'BAD_OPTION',
      `timeoutMs is ${timeoutMs}.`,
      `Pass milliseconds: more than 0, at most ${timerMsMax}; leave it out to wait as long as it takes.`,
    );
  }
  if (!Number.isSafeInteger(operationsMax) || operationsMax < 1) {
    throw new RecordingError(
      'BAD_OPTION',
      `operationsMax is ${operationsMax}.`,
      'Pass a whole number of at least 1.',
    );
  }
  const log = new HistoryLog<Op, Value>(options.nowMs ?? (() => performance.now()), operationsMax);
  return new RecordedHistory(log, options);
}

/** A history while it is recorded; made by `recordHistory`. */
export class RecordedHistory<Op = unknown, Value = unknown> {
  readonly #log: HistoryLog<Op, Value>;
  readonly #options: RecordOptions<Op, Value>;

  /** @internal */
  constructor(log: HistoryLog<Op, Value>, options: RecordOptions<Op, Value>) {
    this.#log = log;
    this.#options = options;
  }

  /** A client that has one operation under way at a time. For several at once, take several clients; they may share a connection. */
  client(): RecordedClient<Op, Value> {
    return new RecordedClient(this.#log, this.#options);
  }

  /** What was recorded so far, in order of invocation. Operations still under way are unknown. */
  operations(): readonly Operation<Op, Value>[] {
    return this.#log.operations();
  }
}

/** A client whose operations are recorded; made by `RecordedHistory.client`. */
export class RecordedClient<Op = unknown, Value = unknown> {
  readonly #log: HistoryLog<Op, Value>;
  readonly #options: RecordOptions<Op, Value>;
  #process: number;
  #current: OpenOperation<Op, Value> | null = null;

  /** @internal */
  constructor(log: HistoryLog<Op, Value>, options: RecordOptions<Op, Value>) {
    this.#log = log;
    this.#options = options;
    this.#process = log.newProcess();
  }

  /** The process under which its next operation is recorded. */
  get process(): number {
    return this.#process;
  }

  /**
   * Makes the call and records it. Resolves to what the call gave, and rejects with what it rejected with or threw: the program
   * around it need not know that it is recorded.
   *
   * A call that takes longer than `timeoutMs` is given up: the operation is unknown (or, without effect, failed), and what the call
   * says later is ignored. The call itself is not stopped. A result of `undefined` is recorded as `null`.
   *
   * @param op what is asked, as the model writes it
   * @param call asks the system; called once, at once
   * @throws RecordingError (as a rejection) `TIMED_OUT`; `CLIENT_BUSY` and `HISTORY_FULL`, then the call was not made; `NOT_DATA` and
   * `CLOCK_WENT_BACK`, then the call was not made or its operation stays unknown
   */
  do<Result extends Value>(op: Op, call: () => Result | PromiseLike<Result>): Promise<Result>;
  /**
   * The same for a call whose result the model does not understand as it is.
   *
   * @param answer what the result means to the model
   */
  do<Result>(
    op: Op,
    call: () => Result | PromiseLike<Result>,
    answer: (result: Result) => Value,
  ): Promise<Result>;
  async do<Result>(
    op: Op,
    call: () => Result | PromiseLike<Result>,
    answer: (result: Result) => Value = (result) => result as unknown as Value,
  ): Promise<Result> {
    if (this.#current !== null) throw this.#busy(op, this.#current.op);
    const open = this.#log.invoke(this.#process, op);
    this.#current = open;
    let result: Result;
    try {
      result = await this.#inTime(op, call);
    } catch (error) {
      this.#end(() => {
        if (this.#certain(error, op)) this.#log.complete(open, 'fail');
      }, open);
      throw error;
    }
    this.#end(() => this.#log.complete(open, 'ok', answer(result)), open);
    return result;
  }

  /** Closes an operation; one that `close` leaves without an end, even by throwing, was the last of its process. */
  #end(close: () => void, open: OpenOperation<Op, Value>): void {
    try {
      close();
    } finally {
      this.#current = null;
      if (open.outcome === 'info') this.#process = this.#log.newProcess();
    }
  }

  #certain(error: unknown, op: Op): boolean {
    const { readOnly, failed, model } = this.#options;
    if (readOnly !== undefined ? readOnly(op) : model?.readOnly?.(op, undefined) === true) return true;
    // A call that was given up may still be done: no declaration can make that certain.
    if (error instanceof RecordingError && error.code === 'TIMED_OUT') return false;
    return failed?.(error, op) === true;
  }

  /** The result of the call, or `TIMED_OUT`, whichever comes first. */
  async #inTime<Result>(op: Op, call: () => Result | PromiseLike<Result>): Promise<Result> {
    const { timeoutMs } = this.#options;
    if (timeoutMs === undefined) return call();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.#timedOut(op, timeoutMs)), timeoutMs);
    });
    try {
      // The race also listens to the loser, so that a late error is no unhandled rejection.
      return await Promise.race([call(), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  #busy(op: Op, current: Op): RecordingError {
    return new RecordingError(
      'CLIENT_BUSY',
      `Process ${this.#process} was to do ${told(op)} while its ${told(current)} is under way.`,
      'Await the one before the next, or take another client from the recorder: it may use the same connection.',
    );
  }

  #timedOut(op: Op, timeoutMs: number): RecordingError {
    return new RecordingError(
      'TIMED_OUT',
      `Process ${this.#process} heard no answer to ${told(op)} within ${timeoutMs} ms.`,
      'It is recorded; catch this where the client would go on.',
    );
  }
}

/** Operations may hold what JSON has no words for: large integers, cycles. */
function told(op: unknown): string {
  try {
    return JSON.stringify(op) ?? String(op);
  } catch {
    return String(op);
  }
}
