/**
 * A history that is judged while it comes in: from standard input, from a pipe, or from a file too large to be kept. A violation is told as soon
 * as it is certain. What is kept in memory is what the checker keeps (`HistoryCheck`), and, up to a number, the operations themselves: with
 * them a violation is told with its reason, as that of a file is.
 */
import { guessModel } from '../../properties/formats/guess-model.ts';
import type { HistoryEvent } from '../../properties/formats/history-event.ts';
import { HistoryReader } from '../../properties/formats/history-reader.ts';
import { historyLimits } from '../../properties/formats/limits.ts';
import { OperationCollector } from '../../properties/formats/operation-collector.ts';
import { historyOf } from '../../properties/formats/parse-history.ts';
import type { CheckResult } from '../../properties/linearizability/check.ts';
import { HistoryCheck } from '../../properties/linearizability/history-check.ts';
import type { HistoryVerdict, StreamedViolation } from '../../properties/linearizability/history-check.ts';
import type { AnyModel } from '../../properties/linearizability/model.ts';
import { describeOperation } from '../../properties/linearizability/model.ts';
import { InputError } from '../input-error.ts';
import { readerOptions, shownName, unreadable } from './history-input.ts';
import { checkFit, judgeOperations, refused, whichModel } from './judge-operations.ts';
import type { JudgedHistory, JudgeOptions } from './judge-operations.ts';
import { builtInModel } from './load-model.ts';
import { OperationTally } from './operation-tally.ts';

/** How much of it is kept. */
export interface GrowthBounds {
  /** Operations that are kept for the reason of a violation. */
  readonly keepMax: number;
  /** A model is guessed from so many operations, or from fewer where no more come. */
  readonly guessFrom: number;
}

export class GrowingHistory {
  readonly #file: string;
  readonly #options: JudgeOptions;
  readonly #bounds: GrowthBounds;
  readonly #reader: HistoryReader;
  readonly #tally = new OperationTally();
  readonly #started = performance.now();
  /** `null` once there are too many to keep. */
  #kept: OperationCollector | null = new OperationCollector();
  /** Until the model is known. */
  #held: HistoryEvent[] = [];
  #model: AnyModel | null = null;
  #modelFrom: JudgedHistory['modelFrom'] = 'option';
  #check: HistoryCheck<unknown, unknown, unknown> | null = null;
  /** It can only be judged at its end. */
  #isWhole = false;

  /** @param file what it is called */
  constructor(file: string, options: JudgeOptions, bounds: GrowthBounds) {
    this.#file = file;
    this.#options = options;
    this.#bounds = bounds;
    // It may go on for ever. What is kept has its bound.
    const limits = { operations: Number.MAX_SAFE_INTEGER };
    this.#reader = new HistoryReader({ ...readerOptions(file, options), limits });
  }

  /** Operations so far. */
  get operations(): number {
    return this.#tally.total;
  }

  /** Where it is certain already that the history is not linearizable: the operation that cannot be placed. */
  get violation(): StreamedViolation | null {
    return this.#check?.isRefuted === true ? this.#check.soFar().violation : null;
  }

  /** By what it is judged, once that is known. */
  get model(): AnyModel | null {
    return this.#model;
  }

  /**
   * Takes what came. What comes after a certain violation is not looked at.
   * @throws InputError the codes of `HistoryError`, WHICH_MODEL, UNKNOWN_MODEL, and those of models
   */
  push(bytes: Uint8Array): void {
    this.#take(unreadable(() => this.#reader.push(bytes)));
  }

  /**
   * There is no more.
   * @param isInterrupted the history goes on, but nobody waits for it: it may end in the middle of an event
   * @throws InputError as `push`; UNFIT_MODEL
   */
  end(isInterrupted = false): JudgedHistory {
    const isOver = this.violation !== null;
    if (!isOver && !isInterrupted) this.#take(unreadable(() => this.#reader.end()));
    if (this.#tally.total === 0) throw nothingYet(this.#file);
    if (this.#model === null && !this.#isWhole) this.#decide(true);
    const cut = isOver ? 'violation' : isInterrupted ? 'interrupted' : null;
    const kept = this.#kept;
    if (this.#isWhole || this.#check === null) {
      return { ...judgeOperations(this.#file, this.#whole(), this.#options, this.#times()), cut };
    }
    const counts = this.#tally.counts();
    checkFit(this.#file, this.#model!, counts);
    const streamed = this.#asked(() => this.#check!.end());
    if (streamed.verdict !== 'ok' && kept !== null) {
      const judged = judgeOperations(this.#file, this.#whole(), this.#options, this.#times());
      if (streamed.verdict === 'violation' && judged.result.verdict === 'ok') {
        throw new Error(`invariant broken: ${streamed.message} The whole history is linearizable.`);
      }
      const isDecided = judged.result.verdict !== 'undecided' || streamed.verdict === 'undecided';
      if (isDecided) return { ...judged, cut };
    }
    return {
      ...{ file: this.#file, format: this.#reader.format!, counts, cut, howFar: null },
      ...{ model: this.#model!.name, modelFrom: this.#modelFrom },
      modelFile: this.#options.named?.file ?? null,
      result: resultOf(this.#model!, streamed),
      streamed: { decided: streamed.decided },
      ...this.#times(),
    };
  }

  #times(): { readMs: number; checkMs: number } {
    return { readMs: 0, checkMs: performance.now() - this.#started };
  }

  #whole(): ReturnType<typeof historyOf> {
    return historyOf(this.#reader, this.#kept!.operations);
  }

  #take(events: readonly HistoryEvent[]): void {
    for (const event of events) {
      if (this.#check?.isRefuted === true) return;
      this.#one(event);
    }
  }

  #one(event: HistoryEvent): void {
    // Whole operations may stand in any order.
    if (event.type === 'operation') this.#isWhole = true;
    this.#tally.take(event, this.#model);
    this.#kept?.take([event]);
    if (this.#isWhole) {
      if (this.#tally.total <= historyLimits.operations) return;
      throw new InputError(
        'TOO_MANY_OPERATIONS',
        `${shownName(this.#file)}: it can only be judged at its end, and has more than ${historyLimits.operations} operations.`,
        ['try: check a part of it'],
      );
    }
    if (this.#check === null) {
      this.#held.push(event);
      this.#decide(false);
    } else this.#feed(event);
    if (this.#check !== null && (this.#kept?.operations.length ?? 0) > this.#bounds.keepMax)
      this.#kept = null;
  }

  /** Finds the model, if there is enough to tell. */
  #decide(isEnd: boolean): void {
    const { named } = this.#options;
    const told = this.#reader.model;
    if (named !== null) this.#model = named.model;
    else if (told !== null) [this.#model, this.#modelFrom] = [builtInModel(told), 'file'];
    else if (isEnd || this.#tally.total > this.#bounds.guessFrom) {
      const guess = guessModel(this.#kept?.operations ?? []);
      if (guess === null) throw whichModel(this.#file, this.#tally.counts().names);
      [this.#model, this.#modelFrom] = [builtInModel(guess), 'guess'];
    } else return;
    const held = this.#held;
    this.#held = [];
    this.#tally.recount(held, this.#model);
    if (this.#model.needsWhole === true) {
      this.#isWhole = true;
      return;
    }
    const { maxStates } = this.#options;
    const model = this.#model;
    this.#check = this.#asked(() => new HistoryCheck(model, maxStates === undefined ? {} : { maxStates }));
    for (const event of held) if (!this.#check.isRefuted) this.#feed(event);
  }

  #feed(event: HistoryEvent): void {
    if (event.type === 'operation') return;
    if (event.type !== 'invoke') {
      this.#asked(() => this.#check!.complete(event.id, event.type as 'ok' | 'fail' | 'info', event.value));
      return;
    }
    if (this.#modelFrom === 'guess' && this.#model!.handles?.(event.op) === false) {
      throw whichModel(this.#file, this.#tally.counts().names);
    }
    this.#asked(() => this.#check!.invoke(event.id, event.op, event.process));
  }

  #asked<T>(ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      throw refused(error, this.#file, this.#options.named?.file ?? null);
    }
  }
}

function nothingYet(file: string): InputError {
  return new InputError('EMPTY_HISTORY', `${shownName(file)}: there is no operation of a client in it.`, [
    'try: look whether anything was recorded',
  ]);
}

/** What a growing check found, as the checker of whole histories says it. */
export function resultOf(model: AnyModel, streamed: HistoryVerdict): CheckResult {
  const { verdict, operations, keys, states, message, violation } = streamed;
  if (verdict === 'ok') return { verdict, operations, searched: keys, states };
  if (verdict === 'undecided' || violation === null) return { verdict: 'undecided', states, message };
  const { operation, key, possible } = violation;
  const told = describeOperation(model, operation.op, operation.value);
  const among = possible.length === 0 ? '' : `; among what was possible: ${possible.join(', ')}`;
  return {
    ...{ verdict, states, message, key, operation, possible },
    ...{
      prefix: null,
      history: [operation],
      details: [],
      reason: `${told} by process ${operation.process} fits no order${among}`,
    },
  };
}
