/** A whole recorded history as operations, ready to be checked. */
import type { Operation } from '../history.ts';
import { guessModel } from './guess-model.ts';
import type { HistoryEvent, HistoryFormat } from './history-event.ts';
import { HistoryReader } from './history-reader.ts';
import type { HistoryReadOptions } from './history-reader.ts';

/** A history that was read. */
export interface ParsedHistory {
  readonly format: HistoryFormat;
  /** In order of invocation; whole operations of JSON Lines in the order of the file. */
  readonly operations: readonly Operation[];
  /** Name of the model to judge by: told by the file, or guessed from what was asked and answered; `null` where neither says. */
  readonly model: string | null;
  readonly modelFrom: 'file' | 'guess' | null;
}

/** Characters or bytes that are taken at once. */
const chunkSize = 65_536;

/**
 * Reads a history from a text, from bytes in UTF-8, or from parts of either as they come.
 *
 * @throws HistoryError with the place of what is wrong
 */
export function parseHistory(
  source: string | Uint8Array | Iterable<string | Uint8Array>,
  options: HistoryReadOptions = {},
): ParsedHistory {
  const reader = new HistoryReader(options);
  const collected = new OperationCollector();
  const chunks = typeof source === 'string' || source instanceof Uint8Array ? chunksOf(source) : source;
  for (const chunk of chunks) collected.take(reader.push(chunk));
  collected.take(reader.end());
  const { operations } = collected;
  const guess = reader.model ?? guessModel(operations);
  return {
    format: reader.format!,
    operations,
    model: guess,
    modelFrom: guess === null ? null : reader.model === null ? 'guess' : 'file',
  };
}

function* chunksOf(source: string | Uint8Array): Iterable<string | Uint8Array> {
  for (let from = 0; from < source.length; from += chunkSize) yield source.slice(from, from + chunkSize);
}

/** Operations from events. */
class OperationCollector {
  readonly operations: Operation[] = [];
  /** Where those that are open stand. */
  readonly #open = new Map<number, number>();

  take(events: readonly HistoryEvent[]): void {
    for (const event of events) this.#one(event);
  }

  #one(event: HistoryEvent): void {
    if (event.type === 'operation') {
      this.operations.push(event.operation);
      return;
    }
    if (event.type === 'invoke') {
      this.#open.set(event.id, this.operations.length);
      this.operations.push({
        id: event.id,
        process: event.process,
        op: event.op,
        invokedAt: event.at,
        completedAt: Infinity,
        outcome: 'info',
        value: undefined,
        place: 0,
        ...event.also,
        ...(event.us !== undefined && { invokedUs: event.us, completedUs: Infinity }),
      });
      return;
    }
    const position = this.#open.get(event.id)!;
    this.#open.delete(event.id);
    if (event.type === 'info') return;
    const invoked = this.operations[position]!;
    this.operations[position] = {
      ...invoked,
      completedAt: event.at,
      outcome: event.type,
      value: event.value,
      ...(event.us !== undefined && invoked.invokedUs !== undefined && { completedUs: event.us }),
    };
  }
}
