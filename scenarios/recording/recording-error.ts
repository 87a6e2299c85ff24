/** What went wrong while a history was recorded: in how the recorder was used, or, where its code is `TIMED_OUT`, in the system. */

/**
 * - `CLIENT_BUSY`: a client was given an operation while another of its own was under way
 * - `TIMED_OUT`: a call did not answer within `timeoutMs`
 * - `HISTORY_FULL`: `operationsMax` operations have been recorded
 * - `NOT_DATA`: an operation or an answer cannot be kept as data
 * - `CLOCK_WENT_BACK`: the clock showed less than before, or no number
 * - `BAD_OPTION`: an option of `recordHistory` is out of its bounds
 */
export type RecordingCode =
  'CLIENT_BUSY' | 'TIMED_OUT' | 'HISTORY_FULL' | 'NOT_DATA' | 'CLOCK_WENT_BACK' | 'BAD_OPTION';

/** Thrown, or rejected with, by a recorder and its clients. The message says what happened with which value, and what to do. */
export class RecordingError extends Error {
  readonly code: RecordingCode;
  constructor(code: RecordingCode, message: string, next: string, cause?: unknown) {
    super(`${message} ${next}`, cause === undefined ? {} : { cause });
    this.name = 'RecordingError';
    this.code = code;
  }
}
