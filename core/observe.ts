/**
 * All that a checker needs from a system: typed observations. The system emits them through its ports; the world
 * adds its own (crashes, fsyncs, faults) and wraps each as {at, node, group, boot, seq}.
 *
 * A process of one's own may emit kinds of its own: any object with a string `kind` is an observation.
 * Fields are integers, booleans and short strings; an index or term of 0 means "none".
 */

/** Where and when something was observed. The world reuses the object: copy what you keep. */
export interface Envelope {
  /** Virtual time in microseconds: the world's, not the host's. */
  at: number;
  /** The host that observed it. */
  node: number;
  group: number;
  /** The host's boot number, from 1. */
  boot: number;
  /** The number of the event during which it was observed; several observations of one event share it. */
  seq: number;
}

/** What entries are. `snapshot` is the base record of a log on disk, never replicated. */
export type EntryKind = 'command' | 'configuration' | 'snapshot' | 'noop';

/** How a client's operation ended: `ok`, `fail` (it certainly did not happen), `info` (unknown). */
export type Outcome = 'ok' | 'fail' | 'info';

/** Observations of a replica: elections, the log, what was applied. */
export type ReplicaObservation =
  /** The log was read back at start. `terms[i]`, `sums[i]` belong to entry base + 1 + i. */
  | {
      kind: 'recovered';
      term: number;
      votedFor: number | null;
      base: number;
      baseTerm: number;
      terms: readonly number[];
      sums: readonly number[];
      /** It had acknowledged what it has not got any more: it abstains until `rejoined`. */
      repairing: boolean;
    }
  /** What was durable is damaged: found at start, before `recovered`; or, of a snapshot, when a follower needs it. */
  | { kind: 'damageFound'; code: string; message: string }
  /** A replica that had lost its log has it again, durably, up to `index`, and takes part as before. */
  | { kind: 'rejoined'; index: number }
  /** A snapshot whose file had rotted is durable again, as `file` before its rename: the same one, from memory. */
  | { kind: 'snapshotRewritten'; index: number; term: number; file: string }
  /** A (pre-)candidacy began. `byTransfer`: because the leader told it to. */
  | { kind: 'campaigned'; term: number; pre: boolean; byTransfer: boolean }
  /** The current term rose. */
  | { kind: 'termChanged'; term: number }
  /** A vote left this node (or, for oneself, was counted). */
  | { kind: 'voted'; term: number; candidate: number }
  | { kind: 'leaderElected'; term: number; lastIndex: number; lastTerm: number }
  /**
   * A leader goes back, since a follower has refused an append after `prev`. `known`: up to where the follower's log was known to agree; `match`: up to where it
   * still is.
   */
  | { kind: 'appendRefused'; by: number; prev: number; known: number; match: number }
  /** `uncommitted`: entries of its own in the log that it had not seen committed. */
  | {
      kind: 'steppedDown';
      term: number;
      reason: 'higher-term' | 'check-quorum' | 'append-of-leader';
      uncommitted: number;
    }
  /** A read outside the log was answered from what was applied up to `index`. `leading`: by the leader. */
  | { kind: 'readServed'; index: number; leading: boolean }
  /** The leader began to hand its leadership over to a target; it gave that up after an election timeout. */
  | { kind: 'transferStarted'; term: number; target: number }
  | { kind: 'transferGivenUp'; term: number; target: number }
  /** `sum`: checksum of the entry's body. `leading`: appended by the leader to its own log. */
  | { kind: 'entryAppended'; index: number; term: number; sum: number; entry: EntryKind; leading: boolean }
  /** Entries `from` … `last` were removed from the log's end. */
  | { kind: 'logTruncated'; from: number; last: number }
  /** The commit index rose to `index`. `leading`: decided here, by counting a quorum. */
  | { kind: 'committed'; index: number; term: number; leading: boolean }
  /**
   * An entry was applied to the machine. `digest`: of the machine's state afterwards; `reply`: digest of the reply.
   * `session`, `number`: of the request, 0 where it is none. `repeated`: answered from memory, not executed.
   */
  | {
      kind: 'applied';
      index: number;
      term: number;
      entry: EntryKind;
      digest: number;
      reply: number;
      session: number;
      number: number;
      repeated: boolean;
    }
  /** Own snapshot durable (aside, fsync, rename, fsync of the folder); the log is compacted afterwards, some entries behind it. `file`: as it was synced, before its rename. */
  | { kind: 'snapshotTaken'; index: number; term: number; digest: number; file: string }
  /**
   * The machine's state now is that of a snapshot: `disk` at start (after `recovered`), `leader` when installed: then the whole log was
   * replaced too, it is empty after `index`, and snapshot and log are durable. `file`: as for `snapshotTaken`; empty for `disk`.
   */
  | {
      kind: 'snapshotRestored';
      index: number;
      term: number;
      digest: number;
      from: 'disk' | 'leader';
      file: string;
    }
  /** The leader goes on with a snapshot from `offset`, after a gap or a silence; `to`: the follower. */
  | { kind: 'snapshotAttempt'; index: number; to: number; attempt: number; offset: number }
  /** A snapshot that was arriving was given up for another. */
  | { kind: 'snapshotSuperseded'; index: number; by: number }
  /** A batch went to the page cache: when the first `end` bytes of `file` are durable, the log is up to (lastIndex, lastTerm). */
  | { kind: 'recordsWritten'; file: string; end: number; lastIndex: number; lastTerm: number }
  /** The replica stopped for good (until restarted): corrupt log, failed disk. */
  | { kind: 'stopped'; code: string; message: string }
  /** A client's command was refused before it entered the log. */
  | { kind: 'refused'; code: string; client: number; attempt: number };

/**
 * Transitions of the replicated machine. Every replica tells each when it applies the entry at `index`; the first one to do so tells all there is to
 * know of the order, the others when they came to know.
 */
export type MachineObservation =
  | { kind: 'sessionOpened'; index: number; session: number; ttlUs: number }
  | { kind: 'sessionEnded'; index: number; session: number; reason: 'closed' | 'expired' }
  /** A request for a lock that another holds waits. */
  | { kind: 'lockQueued'; index: number; lock: string; session: number; holder: string; number: number }
  /**
   * A free lock has an owner. `token` fences; the lease's version is `index`. `number`: of the request that asked for it; `queued`: it had waited since
   * the entry at `queuedAt` (0: it had not).
   */
  | {
      kind: 'lockGranted';
      index: number;
      lock: string;
      session: number;
      holder: string;
      number: number;
      token: number;
      ttlUs: number;
      queuedAt: number;
    }
  /** The owner acquired once more: now `count` times. */
  | { kind: 'lockReentered'; index: number; lock: string; session: number; token: number; count: number }
  /** The lease's version is now `index`, its length `ttlUs`. */
  | { kind: 'lockRenewed'; index: number; lock: string; session: number; token: number; ttlUs: number }
  /** A holding ended. `version`: of its lease. Of one that was released, session and token are those of the request. */
  | {
      kind: 'lockFreed';
      index: number;
      lock: string;
      session: number;
      token: number;
      version: number;
      reason: 'released' | 'expired' | 'session-ended';
    }
  /** A waiter left the queue without the lock. */
  | {
      kind: 'lockWaitEnded';
      index: number;
      lock: string;
      session: number;
      number: number;
      reason: 'timeout' | 'cancelled' | 'session-ended';
    }
  /** A request that had been told to wait has its final answer. */
  | { kind: 'answeredLate'; index: number; session: number; number: number }
  /** A mutation that names a fencing token was let through, or refused. `current`: the token that stood, 0 for a free lock. */
  | { kind: 'fenceChecked'; index: number; lock: string; token: number; current: number; passed: boolean }
  /** `creation`: the index at which it was made, which tells it from others of its name. `generation`: the first; `parent`: '' for none. */
  | {
      kind: 'barrierCreated';
      index: number;
      barrier: string;
      creation: number;
      generation: number;
      broken: boolean;
      numerator: number;
      denominator: number;
      minParticipants: number;
      timeoutUs: number;
      parent: string;
    }
  | { kind: 'barrierDestroyed'; index: number; barrier: string; creation: number }
  | {
      kind: 'barrierJoined';
      index: number;
      barrier: string;
      creation: number;
      participant: string;
      session: number;
    }
  | { kind: 'barrierLeft'; index: number; barrier: string; creation: number; participant: string }
  /** A participant arrived; `generation`: the one that it named. */
  | {
      kind: 'barrierArrived';
      index: number;
      barrier: string;
      creation: number;
      generation: number;
      participant: string;
      session: number;
      number: number;
    }
  /** A generation ended well: `arrived` of `participants`. The next one has begun. */
  | {
      kind: 'barrierTripped';
      index: number;
      barrier: string;
      creation: number;
      generation: number;
      arrived: number;
      participants: number;
    }
  /** A generation ended badly, and stays current until it is reset or its parent goes on. */
  | {
      kind: 'barrierBroken';
      index: number;
      barrier: string;
      creation: number;
      generation: number;
      reason: 'timeout' | 'destroyed' | 'parent' | 'emptied' | 'reset';
    }
  /** It went to a generation by a reset, or after its parent. */
  | {
      kind: 'barrierMoved';
      index: number;
      barrier: string;
      creation: number;
      generation: number;
      broken: boolean;
    }
  /** Whoever arrived is told how the generation ended. */
  | {
      kind: 'barrierAnswered';
      index: number;
      barrier: string;
      creation: number;
      generation: number;
      session: number;
      number: number;
      outcome: 'tripped' | 'broken' | 'left';
    }
  /**
   * A register with siblings was written. Dots are `actor:counter`, clocks as they travel. `carried`: the context of the write; `removed`, `kept`: the siblings
   * that went and that stand; `clock`: of the key afterwards; `merged`: the values of which `value` was made, where some were.
   */
  | {
      kind: 'siblingsWritten';
      index: number;
      key: string;
      operation: 'write' | 'delete';
      actor: string;
      counter: number;
      strategy: string;
      merge: string;
      carried: readonly (readonly [actor: string, counter: number])[];
      removed: readonly string[];
      kept: readonly string[];
      clock: readonly (readonly [actor: string, counter: number])[];
      merged: readonly (number | string)[];
      value: number | string | null;
    };

/** Observations of clients: a history. `process` is sequential: a client with k requests in flight is k processes. */
export type ClientObservation =
  | { kind: 'invoked'; process: number; id: number; op: unknown }
  /** The client heard that the operation waits (in a lock's queue, at a barrier), since the entry at `place`; its end comes later. */
  | { kind: 'queued'; process: number; id: number; place: number }
  /**
   * `id`: as in `invoked`, unique within the run. `value`: what the operation answered. `place`: log index at which it took effect, 0 where
   * unknown. `session`, `number`: of the request, 0 where it never got one.
   */
  | {
      kind: 'completed';
      process: number;
      id: number;
      outcome: Outcome;
      value: unknown;
      place: number;
      session: number;
      number: number;
    };

/** Observations that the world makes itself. */
export type WorldObservation =
  | { kind: 'started' }
  | { kind: 'crashed'; power: boolean }
  | { kind: 'paused' }
  | { kind: 'resumed' }
  /** An fsync of `file` began: `length` bytes will be durable. */
  | { kind: 'fsyncStarted'; file: string; length: number }
  /** The first `length` bytes of `file` are durable. */
  | { kind: 'fsynced'; file: string; length: number }
  | { kind: 'folderSynced'; folder: string }
  /** Bytes `from` … `to` − 1 of a file, durable until then, are others now: nobody is told, it shows when they are read. */
  | { kind: 'damaged'; file: string; from: number; to: number }
  /** The disk failed an fsync (`EIO`), or had no room (`ENOSPC`). */
  | { kind: 'diskRefused'; file: string; code: string }
  /** A fault of the plan began, on these hosts; `episode` is its number in the plan. */
  | { kind: 'faultStarted'; episode: number; fault: string; targets: readonly number[] }
  /** It has ended, on all of them. */
  | { kind: 'faultEnded'; episode: number; fault: string }
  /** A phase of healing began: `quorum` with the hosts healed and their clients, then `all`. */
  | { kind: 'healed'; phase: 'quorum' | 'all'; hosts: readonly number[] }
  /** A process threw, or an instant had more than 100,000 events. */
  | { kind: 'threw'; message: string };

/** Any kind that a process of one's own emits. */
export interface CustomObservation {
  kind: string;
  [field: string]: unknown;
}

/** The kinds that this package knows. */
export type KnownObservation = ReplicaObservation | MachineObservation | ClientObservation | WorldObservation;
/** What `emit` takes: a known kind, or one's own. */
export type Observation = KnownObservation | CustomObservation;
/** The observation type of a kind; one's own kinds are open records. */
export type ObservationOf<K extends string> = K extends KnownObservation['kind']
  ? Extract<KnownObservation, { kind: K }>
  : CustomObservation;
