/** Writes a history so that it is read back the same, here and by the tools whose formats they are. */
import type { Operation } from '../history.ts';
import { ednLines } from './write-edn.ts';
import { HistoryError } from './history-error.ts';
import type { HistoryFormat } from './history-event.ts';
import { checkPlain } from './plain-data.ts';
import { porcupineLines } from './write-porcupine.ts';

/** What is written besides the operations. */
export interface HistoryWriteOptions {
  /** Name of the model to judge by; Porcupine's text has no place for it. */
  readonly model?: string;
}

/**
 * A history as a text.
 *
 * `json-lines` keeps every field of an operation. The others are events: reading them gives operations with ids and times counted anew in
 * the same order (see `eventsInOrder` for processes). `jepsen-edn` keeps microseconds, and what else `Operation` has. `porcupine` holds
 * get, put and append of texts; failed operations, and what put and append answered, are left out.
 *
 * @throws HistoryError NOT_WRITABLE where the format has no words for an operation, and for `jepsen-log`, which is only read
 */
export function writeHistory(
  operations: readonly Operation[],
  format: HistoryFormat,
  options: HistoryWriteOptions = {},
): string {
  let text = '';
  for (const line of historyLines(operations, format, options)) text += `${line}\n`;
  return text;
}

/** The same line by line, without line ends, for histories that are too long for one text. */
export function historyLines(
  operations: readonly Operation[],
  format: HistoryFormat,
  { model }: HistoryWriteOptions = {},
): Iterable<string> {
  switch (format) {
    case 'jepsen-edn':
      return ednLines(operations, model);
    case 'porcupine':
      return porcupineLines(operations);
    case 'json-lines':
      return jsonLines(operations, model);
    case 'jepsen-log':
      throw new HistoryError(
        'NOT_WRITABLE',
        null,
        "Jepsen's log lines are read, not written",
        'write jepsen-edn',
      );
  }
}

function* jsonLines(operations: readonly Operation[], model: string | undefined): Iterable<string> {
  yield JSON.stringify({ history: 1, ...(model !== undefined && { model }) });
  for (const operation of operations) {
    const { id, process, op, invokedAt, completedAt, outcome, value, ...rest } = operation;
    if (op === undefined) {
      throw new HistoryError(
        'NOT_WRITABLE',
        null,
        `operation ${id} says nothing of what was asked`,
        'give it an op',
      );
    }
    const finite = Object.entries(rest).filter(([, field]) => field !== Infinity);
    const fields = {
      ...{ id, process, op, invokedAt },
      // JSON has no Infinity.
      ...(completedAt !== Infinity && { completedAt }),
      outcome,
      ...(value !== undefined && { value }),
      ...Object.fromEntries(finite),
    };
    checkPlain(fields);
    yield JSON.stringify(fields);
  }
}
