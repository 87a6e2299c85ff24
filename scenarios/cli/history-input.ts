/** Where recorded histories come from: files part by part, pipes, standard input; and what of that cannot be read. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { HistoryError } from '../../properties/formats/history-error.ts';
import type { HistoryReadOptions } from '../../properties/formats/history-reader.ts';
import { visible } from '../../properties/linearizability/for-people.ts';
import { InputError } from '../input-error.ts';

/** How standard input is named where files are. */
export const standardInput = '-';

/** The files as they are read: standard input has two names. @throws InputError BAD_OPTION if it is named twice */
export function namedFiles(files: readonly string[]): readonly string[] {
  const named = files.map((file) => (file === '/dev/stdin' ? standardInput : file));
  if (named.indexOf(standardInput) === named.lastIndexOf(standardInput)) return named;
  throw new InputError('BAD_OPTION', 'standard input can be read once; it is named more often.', [
    'try: npx stormglass check - < HISTORY',
  ]);
}

/** What a history is called in sentences. */
export function shownName(file: string): string {
  return file === standardInput ? 'standard input' : visible(file);
}

/** Bytes that are read at once. */
const chunkBytes = 1 << 16;

export function readerOptions(
  file: string,
  { format, keyed, ignoreTimes }: Pick<HistoryReadOptions, 'format' | 'keyed' | 'ignoreTimes'>,
): HistoryReadOptions {
  return {
    name: shownName(file),
    ...(format !== undefined && { format }),
    ...(keyed !== undefined && { keyed }),
    ...(ignoreTimes !== undefined && { ignoreTimes }),
  };
}

/** @throws InputError in place of HistoryError */
export function unreadable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    throw new InputError(error.code, `${error.message}.`, [`try: ${error.next}`]);
  }
}

/** Whether it can be read a second time: a pipe cannot. @throws InputError HISTORY_NOT_FOUND, HISTORY_NOT_READABLE */
export function isRegularFile(file: string): boolean {
  const descriptor = opened(file);
  try {
    return fstatSync(descriptor).isFile();
  } finally {
    closeSync(descriptor);
  }
}

/** The file part by part: its size does not matter. @throws InputError HISTORY_NOT_FOUND, HISTORY_NOT_READABLE */
export function* bytesOf(file: string): Iterable<Uint8Array> {
  const descriptor = opened(file);
  try {
    const buffer = new Uint8Array(chunkBytes);
    for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer)) {
      yield buffer.subarray(0, size);
    }
  } finally {
    closeSync(descriptor);
  }
}

function opened(file: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(
      missing ? 'HISTORY_NOT_FOUND' : 'HISTORY_NOT_READABLE',
      missing ? `there is no file ${file}.` : `${file} cannot be read: ${(error as Error).message}.`,
      ['try: npx stormglass check FILE, with the path of a recorded history'],
    );
  }
  if (!fstatSync(descriptor).isDirectory()) return descriptor;
  closeSync(descriptor);
  throw new InputError('HISTORY_NOT_READABLE', `${file} is a folder.`, [
    `try: npx stormglass check ${file.replace(/\/+$/, '')}/*`,
  ]);
}
