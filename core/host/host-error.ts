/** What can be wrong with where a replica is to run: its folder, its addresses, its peers. A code, what happened with which value, what to do next. */

/**
 * | code | what is wrong |
 * |---|---|
 * | `BAD_ADDRESS` | an address that is none, is not on loopback, or stands twice |
 * | `BAD_PEERS` | too few or too many of them, or an id that is not among them |
 * | `ADDRESS_NOT_BOUND` | another process listens there, or this machine has no such address |
 * | `FOLDER_UNUSABLE` | it cannot be made, read or written |
 * | `FOLDER_IN_USE` | a living process holds it |
 * | `FOLDER_OF_ANOTHER` | it belongs to another cluster or another replica |
 * | `FOLDER_NEWER` | a newer version of this package wrote it |
 * | `FOLDER_DAMAGED` | what says whose it is cannot be read |
 */
export type HostErrorCode =
  | 'BAD_ADDRESS'
  | 'BAD_PEERS'
  | 'ADDRESS_NOT_BOUND'
  | 'FOLDER_UNUSABLE'
  | 'FOLDER_IN_USE'
  | 'FOLDER_OF_ANOTHER'
  | 'FOLDER_NEWER'
  | 'FOLDER_DAMAGED';

/** Thrown before a replica runs: nothing was written to a folder that is not its own. */
export class HostError extends Error {
  readonly code: HostErrorCode;
  /** What happened, without the code. */
  readonly what: string;
  /** What the operator can do about it. */
  readonly next: string;
  constructor(code: HostErrorCode, what: string, next: string) {
    super(`${code}: ${what} ${next}`);
    this.name = 'HostError';
    this.code = code;
    this.what = what;
    this.next = next;
  }
}

/** The code of a failed system call (`ENOENT`), or its text. */
export function systemCode(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : String(error);
}
