/**
 * The operator limits of the core (defaults) and the error that names the one that was hit.
 * An error carries a code, what happened with which value, and what to do next.
 */

/** Protocol timings on the local monotonic clock, in microseconds. */
export const timings = {
  electionMinUs: 150_000,
  electionMaxUs: 300_000,
  heartbeatUs: 50_000,
  preVoteUs: 100_000,
  /** The leader steps down unless a quorum answered since the last check. */
  checkQuorumUs: 300_000,
  /** How long a leader waits for an answer to a snapshot before it asks again how far it is. */
  snapshotRetryUs: 500_000,
} as const;

/** Bounds on what may be held, sent and queued. */
export const limits = {
  clusterSize: 7,
  uncompactedEntries: 10_000,
  /** Of the uncompacted entries, kept for commands that free resources (keepAlive, close). */
  reservedEntries: 500,
  snapshotEveryEntries: 1_000,
  entriesKeptBehindSnapshot: 200,
  pendingProposals: 128,
  /** Of the pending proposals, kept likewise. */
  reservedProposals: 16,
  commandsPerProposal: 64,
  batchEntries: 64,
  /** A message holds one batch, one entry of any allowed size, or one chunk: all stay below this. Real hosts hang up on larger frames. */
  messageBytes: 4 * 1024 * 1024,
  batchBytes: 256 * 1024,
  windowAppends: 16,
  windowBytes: 1024 * 1024,
  snapshotChunkBytes: 64 * 1024,
  snapshotWindowChunks: 4,
  /** A snapshot that says it is larger is not believed: room is made for it when its first chunk arrives. */
  snapshotBytes: 4 * 1024 * 1024 * 1024,
  uncommittedBytes: 16 * 1024 * 1024,
  entryBytes: 1024 * 1024,
  keyBytes: 256,
  valueBytes: 128 * 1024,
  sessions: 1_024,
  sessionWindow: 128,
  /** Reads outside the log that one replica has under way. */
  pendingReads: 1_024,
  keys: 10_000,
  /** Locks held at once in a group. */
  locksHeld: 256,
  /** Requests that wait for one lock. */
  lockQueue: 64,
  /** How often an owner may acquire what it holds. */
  lockReentries: 16,
  /** Barriers of a group, participants of one. */
  barriers: 64,
  barrierParticipants: 256,
  /** Generations of a barrier whose outcome is remembered. */
  barrierOutcomes: 16,
  /** Concurrent values of one key, and clients' names in its clock. */
  siblings: 16,
  keyActors: 64,
} as const;

/** Leases: the usual length, the bounds of one that is asked for, in microseconds; the longest wait for a lock. */
export const leaseTtl = {
  defaultUs: 10_000_000,
  minUs: 1_000_000,
  maxUs: 60_000_000,
  waitMaxUs: 600_000_000,
} as const;

/** Barriers: how long a timed one waits after its first arrival, and the bounds. */
export const barrierTimeout = { defaultUs: 30_000_000, minUs: 100_000, maxUs: 600_000_000 } as const;

/** Sessions: time to live, its bounds, in microseconds. */
export const sessionTtl = { defaultUs: 30_000_000, minUs: 10_000_000, maxUs: 600_000_000 } as const;

/** Every named error of the core. */
export type CoreErrorCode =
  | 'LOG_FULL'
  | 'TOO_MANY_PROPOSALS'
  | 'TOO_MANY_READS'
  | 'UNCOMMITTED_FULL'
  | 'TRANSFERRING'
  | 'BAD_TARGET'
  | 'ENTRY_TOO_LARGE'
  | 'NOT_LEADER'
  | 'WRONG_GROUP'
  | 'LOG_CORRUPT'
  | 'IDENTITY_LOST'
  | 'SNAPSHOT_CORRUPT'
  | 'DISK_FAILED'
  | 'BAD_CONFIGURATION';

/** An error of the core: a code, what happened, and what to do next. */
export class CoreError extends Error {
  readonly code: CoreErrorCode;
  /** What the operator or caller can do about it. */
  readonly next: string;
  constructor(code: CoreErrorCode, message: string, next: string) {
    super(`${code}: ${message} ${next}`);
    this.name = 'CoreError';
    this.code = code;
    this.next = next;
  }
}

/** States an invariant; the text is built only when it fails. */
export function assert(condition: boolean, text: () => string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${text()}`);
}
