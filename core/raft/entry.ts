/** A log entry: what Raft replicates, the log on disk keeps, and the machine applies. */
import type { EntryKind } from '../observe.ts';

/**
 * Immutable, and shared by reference between the replicas of a simulated world. `body` is what stands on disk and what
 * `sum` (CRC32C of body) covers; `command` is body decoded, so that it is decoded at most once.
 */
export interface Entry {
  /** From 1, without gaps. */
  readonly index: number;
  /** The term of the leader that appended it. */
  readonly term: number;
  readonly kind: EntryKind;
  readonly body: Uint8Array;
  readonly sum: number;
  /** Decoded body of a command or configuration; `null` for a noop. */
  readonly command: unknown;
}
