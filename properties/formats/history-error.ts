/** What is wrong with a recorded history: a code, the place in the file, a sentence with what stood there, and what to do next. */

/** A place in a text, both counted from 1; columns in UTF-16 code units. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/**
 * Codes of what a history can have wrong.
 *
 * - `EMPTY_HISTORY` no operation in it · `BINARY_HISTORY` no text · `UNKNOWN_FORMAT` text of no format that is read · `MIXED_FORMATS`
 *   it begins in one format and goes on in another · `CUT_HISTORY` it ends in the middle of an event
 * - `BAD_EDN`, `BAD_JSON`, `BAD_LINE` not to be read as its format · `BAD_EVENT` readable, but no event: a field is missing, or of another type
 * - `EVENT_TOO_LONG`, `NESTED_TOO_DEEP`, `TOO_MANY_OPERATIONS`, `TOO_MANY_PENDING` beyond a limit (see `HistoryLimits`)
 * - `DUPLICATE_ID` an id that was there before · `NOT_INVOKED` a completion without an invocation · `PROCESS_BUSY` an invocation by a process whose
 *   last operation has not ended · `TIME_GOES_BACK` times fall although the order of the file says *later*
 * - `NOT_WRITABLE` an operation that the format to be written has no words for
 */
export type HistoryErrorCode =
  | 'EMPTY_HISTORY'
  | 'BINARY_HISTORY'
  | 'UNKNOWN_FORMAT'
  | 'MIXED_FORMATS'
  | 'CUT_HISTORY'
  | 'BAD_EDN'
  | 'BAD_JSON'
  | 'BAD_LINE'
  | 'BAD_EVENT'
  | 'EVENT_TOO_LONG'
  | 'NESTED_TOO_DEEP'
  | 'TOO_MANY_OPERATIONS'
  | 'TOO_MANY_PENDING'
  | 'DUPLICATE_ID'
  | 'NOT_INVOKED'
  | 'PROCESS_BUSY'
  | 'TIME_GOES_BACK'
  | 'NOT_WRITABLE';

/** Thrown by everything that reads or writes a history. The message has the place in front: `etcd.edn, line 12, column 5: …`. */
export class HistoryError extends Error {
  readonly code: HistoryErrorCode;
  /** `null` where it is about the whole. */
  readonly place: TextPlace | null;
  /** What is wrong, without the place. */
  readonly what: string;
  /** What to do, in a sentence. */
  readonly next: string;
  constructor(code: HistoryErrorCode, place: TextPlace | null, what: string, next: string, name?: string) {
    const where = [
      ...(name === undefined ? [] : [name]),
      ...(place === null ? [] : [`line ${place.line}, column ${place.column}`]),
    ].join(', ');
    super(where === '' ? what : `${where}: ${what}`);
    this.name = 'HistoryError';
    this.code = code;
    this.place = place;
    this.what = what;
    this.next = next;
  }

  /** The same error, of a history that has a name. */
  of(name: string): HistoryError {
    return new HistoryError(this.code, this.place, this.what, this.next, name);
  }
}

/** Characters of foreign text that a message shows. */
const quotedMax = 60;

/** Foreign text for a message: cut, quoted, with control characters made visible. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > quotedMax ? `${text.slice(0, quotedMax - 1)}…` : text);
}
