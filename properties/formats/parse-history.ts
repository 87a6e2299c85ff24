/** A whole recorded history as operations, ready to be checked. */
import type { Operation } from '../history.ts';
import { guessModel } from './guess-model.ts';
import type { HistoryFormat } from './history-event.ts';
import { HistoryReader } from './history-reader.ts';
import type { HistoryReadOptions } from './history-reader.ts';
import { OperationCollector } from './operation-collector.ts';

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
  return historyOf(reader, collected.operations);
}

/** What a reader has read. */
export function historyOf(reader: HistoryReader, operations: readonly Operation[]): ParsedHistory {
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
