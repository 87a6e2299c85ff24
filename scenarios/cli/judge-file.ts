/**
 * One recorded history from a file, from a pipe or from standard input. A file is read, then judged as a whole. What comes from elsewhere, and a file
 * of very many operations, is judged while it comes; of such a file, what the violation is about is read again for the reason.
 */
import { HistoryReader } from '../../properties/formats/history-reader.ts';
import { OperationCollector } from '../../properties/formats/operation-collector.ts';
import { guessModel } from '../../properties/formats/guess-model.ts';
import { historyOf } from '../../properties/formats/parse-history.ts';
import type { ParsedHistory } from '../../properties/formats/parse-history.ts';
import type { Operation } from '../../properties/history.ts';
import { keyOfOperation } from '../../properties/linearizability/bad-model.ts';
import { checkLinearizable } from '../../properties/linearizability/check.ts';
import type { CheckResult } from '../../properties/linearizability/check.ts';
import type { StreamedViolation } from '../../properties/linearizability/history-check.ts';
import type { AnyModel } from '../../properties/linearizability/model.ts';
import { modelNamed, modelNames } from '../../properties/linearizability/models-by-name.ts';
import { GrowingHistory } from './growing-history.ts';
import { bytesOf, readerOptions, unreadable } from './history-input.ts';
import { judgeOperations, refused } from './judge-operations.ts';
import type { JudgedHistory, JudgeOptions } from './judge-operations.ts';

/** A history of more operations than these is not kept, if it can be judged while it comes. */
export const keptMax = 200_000;
/** The model of what comes from a pipe is guessed from so many operations, if no more come at once. */
const guessedFrom = 200;

/**
 * Reads a file and judges it.
 *
 * @param keepMax see `keptMax`
 * @throws InputError HISTORY_NOT_FOUND, HISTORY_NOT_READABLE, the codes of `HistoryError`, and those of `judgeOperations`
 */
export function judgeFile(file: string, options: JudgeOptions, keepMax = keptMax): JudgedHistory {
  const started = performance.now();
  const history = read(file, options, keepMax);
  if (history === null) return judgeLarge(file, options, keepMax);
  return judgeOperations(file, history, options, { readMs: performance.now() - started });
}

/**
 * Judges what comes from a pipe, and ends with the first violation that is certain.
 *
 * @param onMore told now and then how many operations came
 * @param stop what it is interrupted by
 * @throws InputError as `judgeFile`
 */
export async function judgeStream(
  file: string,
  source: AsyncIterable<Uint8Array>,
  options: JudgeOptions,
  onMore: (operations: number) => void,
  stop: AbortSignal,
  keepMax = keptMax,
): Promise<JudgedHistory> {
  const growing = new GrowingHistory(file, options, { keepMax, guessFrom: guessedFrom });
  for await (const chunk of until(source, stop)) {
    growing.push(chunk);
    onMore(growing.operations);
    if (growing.violation !== null) break;
  }
  return growing.end(stop.aborted);
}

/** What comes until the signal: a source that never says another word must not hold anybody up. */
async function* until(source: AsyncIterable<Uint8Array>, stop: AbortSignal): AsyncIterable<Uint8Array> {
  const parts = source[Symbol.asyncIterator]();
  let end = (): void => {};
  const stopped = new Promise<{ done: true; value: undefined }>((resolve) => {
    end = () => resolve({ done: true, value: undefined });
  });
  if (stop.aborted) end();
  else stop.addEventListener('abort', end);
  try {
    for (;;) {
      const part = await Promise.race([parts.next(), stopped]);
      if (part.done === true) return;
      yield part.value;
    }
  } finally {
    stop.removeEventListener('abort', end);
    // Not awaited: it would wait for the word that does not come.
    void parts.return?.();
  }
}

/** `null`: it is too large to be kept, and need not be. */
function read(file: string, options: JudgeOptions, keepMax: number): ParsedHistory | null {
  const reader = new HistoryReader(readerOptions(file, options));
  const collected = new OperationCollector();
  let isAsked = false;
  for (const chunk of bytesOf(file)) {
    collected.take(unreadable(() => reader.push(chunk)));
    if (isAsked || collected.operations.length <= keepMax) continue;
    isAsked = true;
    if (collected.cameAsEvents && comesInOrder(reader.model, collected.operations, options)) return null;
  }
  collected.take(unreadable(() => reader.end()));
  return historyOf(reader, collected.operations);
}

/** Whether the model can judge while operations come. Where they tell their places, the whole is sooner judged by these. */
function comesInOrder(
  told: string | null,
  operations: readonly Operation[],
  { named }: JudgeOptions,
): boolean {
  if (operations.some((o) => o.place > 0)) return false;
  const name = told ?? guessModel(operations);
  const known = modelNames.find((one) => one === name);
  const model = named?.model ?? (known === undefined ? null : modelNamed(known));
  return model !== null && model.needsWhole !== true;
}

function judgeLarge(file: string, options: JudgeOptions, keepMax: number): JudgedHistory {
  const growing = new GrowingHistory(file, options, { keepMax: 0, guessFrom: keepMax });
  for (const chunk of bytesOf(file)) {
    growing.push(chunk);
    options.onProgress();
    if (growing.violation !== null) break;
  }
  const { violation, model } = growing;
  const judged = growing.end();
  if (violation === null) return judged;
  const started = performance.now();
  const result = reasonOf(file, options, model!, violation);
  const checkMs = judged.checkMs + performance.now() - started;
  return result === null ? judged : { ...judged, result, checkMs };
}

/** Judges once more what the violation is about: its key, up to the return that cannot be placed. `null`: not decided within the budget. */
function reasonOf(
  file: string,
  options: JudgeOptions,
  model: AnyModel,
  { key, operation }: StreamedViolation,
): CheckResult | null {
  const reader = new HistoryReader(readerOptions(file, options));
  const collected = new OperationCollector();
  const taken = new Set<number>();
  let isRead = false;
  for (const chunk of bytesOf(file)) {
    for (const event of unreadable(() => reader.push(chunk))) {
      if (isRead || event.type === 'operation') continue;
      isRead = event.at >= operation.completedAt;
      if (event.type === 'invoke') {
        if (model.handles?.(event.op) === false || keyOfOperation(model, event.op) !== key) continue;
        taken.add(event.id);
      } else if (!taken.delete(event.id)) continue;
      collected.take([event]);
    }
    options.onProgress();
    if (isRead) break;
  }
  const { maxStates, onProgress, named } = options;
  try {
    const result = checkLinearizable(model, collected.operations, {
      ...(maxStates !== undefined && { maxStates }),
      onProgress,
    });
    if (result.verdict === 'ok') {
      throw new Error(`invariant broken: operation ${operation.id} could not be placed, and can.`);
    }
    return result.verdict === 'violation' ? result : null;
  } catch (error) {
    throw refused(error, file, named?.file ?? null);
  }
}
