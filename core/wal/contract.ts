/** What the log on disk is asked, and what it answers (the meaning is in wal.ts and recovery.ts). */
import type { CoreError } from '../errors.ts';
import type { Entry } from '../raft/entry.ts';
import type { Snapshot } from '../raft/messages.ts';

/** One durable step of Raft: term and vote, then a truncation, then entries. Written as one batch, made durable by one fsync. */
export interface WriteBatch {
  readonly term: number;
  /** Replica voted for in `term`, −1 for none. */
  readonly votedFor: number;
  /** Entries from this index on are removed first; 0: none are. */
  readonly truncateFrom: number;
  /** Contiguous, ascending; `entries[0].index` is the last index + 1 after the truncation. */
  readonly entries: readonly Entry[];
}

/** A snapshot as it stands on disk: the very one that travels. */
export type SnapshotFile = Snapshot;

/** What is on disk at start, after recovery. */
export interface RecoveredLog {
  readonly term: number;
  readonly votedFor: number;
  /** The log holds entries base + 1 … base + entries.length. */
  readonly base: number;
  readonly baseTerm: number;
  readonly entries: Entry[];
  /** The newest good snapshot, if any; its index ≥ base. */
  readonly snapshot: SnapshotFile | null;
  /** The replica has lost what it had acknowledged, now or before an earlier start: it abstains until it has rejoined. */
  readonly repairing: boolean;
  /** What was found to be damaged at this start, whether it must be repaired or not. */
  readonly damage: CoreError | null;
}

/** What a completed fsync came to. */
export type WalEvent =
  /** Recovery's own writes are durable: now the replica may vote and acknowledge. */
  | { readonly kind: 'ready' }
  /** The batch of the last `write` is durable. */
  | { readonly kind: 'written' }
  /** The snapshot given to `saveSnapshot` is durable (aside, fsync, rename, fsync of the folder). */
  | { readonly kind: 'snapshotSaved'; readonly index: number; readonly term: number }
  /** The log given to `rebase` is durable and the older segments and snapshots are gone. */
  | { readonly kind: 'rebased'; readonly base: number }
  /** The log given to `rejoin` is durable, without the mark of a repair. */
  | { readonly kind: 'rejoined' };
