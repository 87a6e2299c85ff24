/**
 * What replicas of a group say to each other. Immutable once sent. Every `term` is durable at its sender before the message
 * leaves, but for the asked term of a pre-vote and its echo in a grant.
 *
 * | message | from | waits for | means |
 * |---|---|---|---|
 * | `preVote` | pre-candidate | nothing | would you vote for me in `term` (mine + 1)? |
 * | `preVoteReply` | voter | its term durable (refusals) | granted: echoes the asked term; refused: the voter's own |
 * | `vote` | candidate | term and own vote durable | RequestVote of the paper |
 * | `voteReply` | voter | term and vote durable | |
 * | `append` | leader | nothing | AppendEntries with entries after (prevIndex, prevTerm) |
 * | `appendReply` | follower | term, and the entries that `match` names, durable | `match`: its log is the leader's up to here; a refusal carries a hint |
 * | `heartbeat` | leader | nothing | `round` counts up within a term; carries the commit index, checks no log |
 * | `heartbeatReply` | follower | its term durable | echoes the round; 0 where it refuses a lower term |
 * | `timeoutNow` | leader | the receiver’s log is the leader’s, durably | campaign at once |
 * | `readIndex` | follower | nothing | which index must be applied before the reads asked since may be served? |
 * | `readIndexReply` | leader | a round sent after it, answered by a quorum | the index |
 * | `snapshotChunk` | leader | nothing | a part of a snapshot, for a follower that needs entries that are compacted away |
 * | `snapshotChunkReply` | follower | its term durable | how far it holds the snapshot |
 * | `repair` | replica that lost what it had acknowledged | nothing | what I acknowledged before this boot does not count any more |
 * | `repaired` | leader | an entry proposed after the question, committed | durable up to `index` you may count, vote and campaign again |
 *
 * A lower-term `append`, `heartbeat`, `snapshotChunk`, `vote` or `preVote` is answered with the receiver's own term, so that
 * a node that once reached a higher term is heard.
 */
import type { Entry } from './entry.ts';

/** Asks whether the receiver would vote for the sender. */
export interface PreVote {
  readonly type: 'preVote';
  /** The asked term: the sender's + 1. */
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** A grant echoes the asked term; a refusal carries the voter’s own. */
export interface PreVoteReply {
  readonly type: 'preVoteReply';
  readonly term: number;
  readonly granted: boolean;
}

/** RequestVote (paper figure 2). */
export interface Vote {
  readonly type: 'vote';
  readonly term: number;
  /** The leader told the candidate to campaign: no window holds this request up (thesis 4.2.3). */
  readonly forced: boolean;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** The answer to a vote request; it leaves when term and vote are durable. */
export interface VoteReply {
  readonly type: 'voteReply';
  readonly term: number;
  readonly granted: boolean;
}

/** AppendEntries (paper figure 2): entries after (prevIndex, prevTerm). */
export interface Append {
  readonly type: 'append';
  readonly term: number;
  readonly prevIndex: number;
  readonly prevTerm: number;
  readonly commit: number;
  /** Rises within a term whenever the leader starts anew with this follower; a refusal of an earlier one is old news. */
  readonly epoch: number;
  /** Contiguous from prevIndex + 1; may be empty (a probe). */
  readonly entries: readonly Entry[];
}

/** Acknowledges what is durable, or refuses with a hint where the logs may agree. */
export interface AppendReply {
  readonly type: 'appendReply';
  readonly term: number;
  readonly success: boolean;
  /** Refusal: of the append refused. 0 on success: what is acknowledged is true whenever it arrives. */
  readonly epoch: number;
  /** Success: durable and equal to the leader's log up to here. Refusal: the `prevIndex` that was refused. */
  readonly index: number;
  /** Refusal: the last index, not after `prevIndex`, whose term is at most `prevTerm`; and its term. 0, 0 on success. */
  readonly hintIndex: number;
  readonly hintTerm: number;
  /** The sender's: after a repair began, what earlier boots acknowledged is void. */
  readonly boot: number;
  /** The sender repairs itself: what it holds may be sent after, and does not count for a commitment. */
  readonly repairing: boolean;
}

/** Says who leads and what is committed; checks no log. */
export interface Heartbeat {
  readonly type: 'heartbeat';
  readonly term: number;
  readonly round: number;
  readonly commit: number;
}

/** Echoes the round; 0 where the heartbeat’s term was lower: the round of an earlier reign confirms nothing in a later one. */
export interface HeartbeatReply {
  readonly type: 'heartbeatReply';
  readonly term: number;
  readonly round: number;
}

/** Tells a follower to campaign at once (thesis 3.10); of another term than its own it ignores it. */
export interface TimeoutNow {
  readonly type: 'timeoutNow';
  readonly term: number;
}

/**
 * A follower’s question for its reads (thesis 6.4.1). It names no term: an answer is true whoever gives it, and (boot, id) says which
 * question it answers.
 */
export interface ReadIndex {
  readonly type: 'readIndex';
  readonly boot: number;
  readonly id: number;
}

/** The reads of that question may be served once `index` is applied. */
export interface ReadIndexReply {
  readonly type: 'readIndexReply';
  readonly boot: number;
  readonly id: number;
  readonly index: number;
}

/** A part of a snapshot (paper figure 13), for a follower that needs entries which are compacted away. */
export interface SnapshotChunk {
  readonly type: 'snapshotChunk';
  readonly term: number;
  /** The snapshot covers entries up to (index, snapshotTerm). */
  readonly index: number;
  readonly snapshotTerm: number;
  readonly voters: readonly number[];
  /** Bytes of the whole, and their CRC32C. */
  readonly size: number;
  readonly sum: number;
  /** Rises whenever the leader starts anew from some offset. */
  readonly attempt: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** How far the follower holds the snapshot. Its end is acknowledged by an `appendReply`, once installed. */
export interface SnapshotChunkReply {
  readonly type: 'snapshotChunkReply';
  readonly term: number;
  readonly index: number;
  readonly attempt: number;
  /** Where the chunk ends that is answered. */
  readonly end: number;
  /** Bytes held from the start, 0 where nothing of this snapshot is. */
  readonly held: number;
}

/** A snapshot in memory: the machine's state after `index`, whose entry had `term`. */
export interface Snapshot {
  readonly index: number;
  readonly term: number;
  /** The configuration as of `index`: its voters. */
  readonly voters: readonly number[];
  readonly machine: Uint8Array;
}

/** This replica has lost what it had acknowledged before `boot`. Asked until it is answered; the boot tells one repair from another. */
export interface Repair {
  readonly type: 'repair';
  readonly boot: number;
}

/** The repair that began in `boot` is over once the replica's log is the leader's, durably, up to `index`. */
export interface Repaired {
  readonly type: 'repaired';
  readonly term: number;
  readonly boot: number;
  readonly index: number;
}

/** Any message between replicas. */
export type RaftMessage =
  | PreVote
  | PreVoteReply
  | Vote
  | VoteReply
  | Append
  | AppendReply
  | Heartbeat
  | HeartbeatReply
  | TimeoutNow
  | ReadIndex
  | ReadIndexReply
  | SnapshotChunk
  | SnapshotChunkReply
  | Repair
  | Repaired;
