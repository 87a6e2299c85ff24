/**
 * The heart of the protocol: each decision is one small pure function, with the sentence that it implements. The state machine
 * (node, election, replication, snapshots) calls the rules that it was created with, so that a planted bug is one rule replaced.
 *
 * "Paper" is Ongaro and Ousterhout, *In Search of an Understandable Consensus Algorithm* (extended version); "thesis" is
 * Ongaro's *Consensus: Bridging Theory and Practice*.
 */
import { quorumIndexOf } from './quorum.ts';
import type { Configuration } from './quorum.ts';

/** Paper 5.4.1: "If the logs have last entries with different terms, then the log with the later term is more up-to-date. If the logs end with the same term, then whichever log is longer is more up-to-date." */
export function logIsUpToDate(
  candidateLastTerm: number,
  candidateLastIndex: number,
  lastTerm: number,
  lastIndex: number,
): boolean {
  return candidateLastTerm > lastTerm || (candidateLastTerm === lastTerm && candidateLastIndex >= lastIndex);
}

/**
 * Paper 5.2 and figure 2, RequestVote: "Reply false if term < currentTerm"; "If votedFor is null or candidateId, and candidate's
 * log is at least as up-to-date as receiver's log, grant vote". `votedFor` is −1 where the voter has not voted in this term.
 */
export function mayGrantVote(
  requestTerm: number,
  currentTerm: number,
  votedFor: number,
  candidate: number,
  upToDate: boolean,
): boolean {
  return requestTerm === currentTerm && (votedFor === -1 || votedFor === candidate) && upToDate;
}

/** Thesis 9.6: a pre-vote is granted if the voter "would be willing" to vote in the asked term: a later term than its own, and an up-to-date log. It changes no state. */
export function mayGrantPreVote(askedTerm: number, currentTerm: number, upToDate: boolean): boolean {
  return askedTerm > currentTerm && upToDate;
}

/**
 * Thesis 4.2.3: "if a server receives a RequestVote request within the minimum election timeout of hearing from a current
 * leader, it does not update its term or grant its vote". A leader counts as hearing one. The same window after a restart, since a
 * replica that just came back does not remember whom it had heard.
 */
export function windowRefusesVote(now: number, quietUntil: number, leading: boolean): boolean {
  return leading || now < quietUntil;
}

/** A pre-vote grant speaks of the asked term, which the candidate counts by; the voter's own is an earlier one (etcd-io/raft, `stepFollower`). */
export function preVoteGrantTerm(askedTerm: number, _ownTerm: number): number {
  return askedTerm;
}

/** A pre-vote that is refused is always answered, also one of a lower term: the asker must learn that its term is behind. */
export function preVoteRefusalIsSent(_askedTerm: number, _ownTerm: number): boolean {
  return true;
}

/** Paper 5.1: "If one server's current term is smaller than the other's, then it updates its current term to the larger value": also from a refused pre-vote. */
export function refusalRaisesTerm(replyTerm: number, currentTerm: number): boolean {
  return replyTerm > currentTerm;
}

/** Paper 5.2: votes are counted for "a given term": a reply that is not of the candidate's current term is late, and no vote. */
export function voteCounts(replyTerm: number, currentTerm: number): boolean {
  return replyTerm === currentTerm;
}

/**
 * Paper 5.2: who hears a leader of a later term, or of its own while it asks for votes, "recognizes the leader as legitimate and returns to
 * follower state". A leader does so too, before it touches its log.
 */
export function returnsToFollower(leaderTerm: number, currentTerm: number, isFollower: boolean): boolean {
  return leaderTerm > currentTerm || !isFollower;
}

/** Paper figure 2: votedFor is "candidateId that received vote in *current term*": it is forgotten with the term, and with nothing else. Gives the vote after a step-down. */
export function voteAfterStepDown(newTerm: number, oldTerm: number, votedFor: number): number {
  return newTerm > oldTerm ? -1 : votedFor;
}

/** Paper figure 2: currentTerm and votedFor are "updated on stable storage before responding to RPCs". */
export function voteMayLeave(termAndVoteDurable: boolean): boolean {
  return termAndVoteDurable;
}

/** Term and vote are one state (paper figure 2, persistent state): the write that carries a new term carries the vote given in it. */
export function voteWrittenWithTerm(votedFor: number, _termIsNew: boolean): number {
  return votedFor;
}

/** Paper 5.4.1 compares "the index and term of the last entries in the logs": where a snapshot has taken their place, that of its last included entry. */
export function lastTermInRequests(lastTerm: number, _entriesInLog: number): number {
  return lastTerm;
}

/** Paper figure 2: log[] is updated on stable storage before responding: an acknowledgement leaves when what it names is durable, also if it came as a duplicate. */
export function acknowledgementMayLeave(index: number, durableIndex: number, termDurable: boolean): boolean {
  return termDurable && index <= durableIndex;
}

/**
 * A storage completion speaks of the log as it was when its write was issued. It confirms the log up to `lastIndex` only if the
 * term is still that one and the log still holds that very entry: else the entries may have been replaced meanwhile (ABA).
 */
export function completionConfirms(
  issueTerm: number,
  currentTerm: number,
  lastTerm: number,
  termNowAtLastIndex: number,
): boolean {
  return issueTerm === currentTerm && lastTerm === termNowAtLastIndex;
}

/** A follower acknowledges the last entry that the append spoke of: what stands behind it in its log may be another leader's. */
export function acknowledgedIndex(lastNewIndex: number, _lastIndex: number): number {
  return lastNewIndex;
}

/** Paper 5.3, the consistency check: "If the follower does not find an entry in its log with the same index and term, then it refuses the new entries." */
export function prevMatches(prevTerm: number, termAtPrevIndex: number): boolean {
  return prevTerm === termAtPrevIndex;
}

/** Paper figure 2, AppendEntries 3: "If an existing entry conflicts with a new one (same index but different terms), delete the existing entry and all that follow it". An entry that matches is kept, and so is what follows it. */
export function conflictsWith(existingTerm: number, newTerm: number): boolean {
  return existingTerm !== newTerm;
}

/** State Machine Safety, paper figure 3: what is committed is never removed; asked to, a correct replica stops instead. */
export function mayTruncate(from: number, commitIndex: number): boolean {
  return from > commitIndex;
}

/** Paper figure 2, AppendEntries 5: "set commitIndex = min(leaderCommit, index of last new entry)": beyond it the log may still conflict with the leader's. */
export function followerCommitIndex(leaderCommit: number, lastNewIndex: number): number {
  return leaderCommit < lastNewIndex ? leaderCommit : lastNewIndex;
}

/** The same for heartbeats, which check no log: up to the highest index accepted from this term's leader since this boot. */
export function heartbeatCommitIndex(leaderCommit: number, acceptedIndex: number): number {
  return leaderCommit < acceptedIndex ? leaderCommit : acceptedIndex;
}

/** Paper 5.4.2: "Raft never commits log entries from previous terms by counting replicas. Only log entries from the leader's current term are committed by counting replicas". */
export function mayCommit(
  quorumIndex: number,
  commitIndex: number,
  termAtQuorumIndex: number,
  currentTerm: number,
): boolean {
  return quorumIndex > commitIndex && termAtQuorumIndex === currentTerm;
}

/** The leader counts itself only with what is durable on its own disk (thesis 10.2.1). */
export function leaderMatchIndex(durableIndex: number, _lastIndex: number): number {
  return durableIndex;
}

/** matchIndex "increases monotonically" (paper figure 2): late acknowledgements say less than is known. */
export function matchAfterAcknowledgement(matchIndex: number, acknowledged: number): number {
  return acknowledged > matchIndex ? acknowledged : matchIndex;
}

/**
 * Whether a refusal is old news: the leader has started anew since the append that is refused (one gap makes all pipelined appends behind
 * it be refused, and only the first of these tells anything), or the follower has acknowledged that position meanwhile.
 */
export function refusalIsStale(
  refusedEpoch: number,
  currentEpoch: number,
  refusedPrev: number,
  matchIndex: number,
): boolean {
  return refusedEpoch !== currentEpoch || refusedPrev <= matchIndex;
}

/** Paper 5.3 lets the leader batch and pipeline: so many appends, and so many bytes, are on their way at once; one may always leave. */
export function mayPipeline(appends: number, appendsMax: number, bytes: number, bytesMax: number): boolean {
  return appends < appendsMax && (appends === 0 || bytes < bytesMax);
}

/** A leader that starts anew with a follower counts nothing of what was on its way. */
export function bytesInFlightAfterRestart(_bytes: number): number {
  return 0;
}

/** A batch ends where the next entry would not fit; an entry that is larger than any batch goes alone. `count` entries are in it, and `bytes` with the next. */
export function fitsBatch(count: number, bytes: number, bytesMax: number): boolean {
  return count === 0 || bytes <= bytesMax;
}

/** What waits to be committed is bounded in bytes; when nothing does, any command may be taken. */
export function mayTakeBytes(uncommitted: number, bytes: number, bytesMax: number): boolean {
  return uncommitted === 0 || uncommitted + bytes <= bytesMax;
}

/** An entry that is committed waits no longer. */
export function uncommittedAfterCommit(uncommitted: number, bytes: number): number {
  return uncommitted - bytes;
}

/** Paper 5.3: after a refusal the leader goes back to where the logs may agree, but never into what the follower has acknowledged. */
export function nextAfterRefusal(agreedIndex: number, matchIndex: number): number {
  return (agreedIndex > matchIndex ? agreedIndex : matchIndex) + 1;
}

/** matchIndex "increases monotonically" (paper figure 2): a refusal, late or not, says nothing of what was acknowledged. */
export function matchAfterRefusal(matchIndex: number, _agreedIndex: number): number {
  return matchIndex;
}

/**
 * Paper figure 2: "If successful: update nextIndex and matchIndex for follower". Here also after an acknowledgement that says nothing
 * new: a follower that is probed for what it holds already would otherwise be asked the same for ever (etcd-io/raft,
 * `stepLeader`: a response that raises no match can still "move a probing peer back into StateReplicate").
 */
export function acknowledgementCounts(_acknowledged: number, _matchIndex: number): boolean {
  return true;
}

/** Thesis 4.1, check-quorum (6.2): "a leader steps down if an election timeout elapses without a successful round of heartbeats to a majority". */
export function mustStepDown(answeredByQuorum: boolean): boolean {
  return !answeredByQuorum;
}

/** A snapshot that ends where the receiver has already committed tells it nothing, and must not touch its log. */
export function snapshotIsStale(snapshotIndex: number, commitIndex: number): boolean {
  return snapshotIndex <= commitIndex;
}

/** Paper section 7: "If existing log entry has same index and term as snapshot's last included entry, retain log entries following it". */
export function snapshotMatchesLog(snapshotTerm: number, termAtSnapshotIndex: number): boolean {
  return snapshotTerm === termAtSnapshotIndex;
}

/** Thesis 3.10: the target must hold "all of the current leader's log entries" before it is told. */
export function targetIsUpToDate(matchIndex: number, lastIndex: number): boolean {
  return matchIndex >= lastIndex;
}

/** Thesis 3.10: "The prior leader stops accepting new client requests": else the target, whose log then ends earlier, finds no votes, and what was taken is lost. */
export function transferRefusesCommands(transferring: boolean): boolean {
  return transferring;
}

/** Thesis 4.2.3: a server that campaigns because its leader told it so says it in its requests, and the window does not hold them up. */
export function voteRequestIsForced(byTransfer: boolean): boolean {
  return byTransfer;
}

/** Thesis 6.4: "If the leader has not yet marked an entry from its current term committed, it waits until it has done so": until then it may not know what is committed. */
export function readMayStart(termAtCommitIndex: number, currentTerm: number): boolean {
  return termAtCommitIndex === currentTerm;
}

/** Thesis 6.4: the leader "issues a new round of heartbeats and waits for their acknowledgments from a majority of the cluster". @returns the latest round that a quorum has answered */
export function confirmedRound(configuration: Configuration, answered: ArrayLike<number>): number {
  return quorumIndexOf(configuration, answered);
}

/** A round that left after the read arrived, or any later one. */
export function roundConfirmsRead(roundOfQuorum: number, roundOfRead: number): boolean {
  return roundOfQuorum >= roundOfRead;
}

/** Thesis 6.4: "The leader waits for its state machine to advance at least as far as the readIndex; this is far enough to satisfy linearizability." So does a follower. */
export function mayServeRead(appliedIndex: number, readIndex: number): boolean {
  return appliedIndex >= readIndex;
}

/** What a snapshot is known by while it travels: its end, and the size and checksum of its bytes. */
export interface SnapshotIdentity {
  readonly index: number;
  readonly term: number;
  readonly size: number;
  readonly sum: number;
}

/** A chunk belongs to the snapshot that is arriving if that is the very same one, whichever leader sends it: two snapshots never mix. */
export function chunkContinues(arriving: SnapshotIdentity, chunk: SnapshotIdentity): boolean {
  const { index, term, size, sum } = chunk;
  return arriving.index === index && arriving.term === term && arriving.size === size && arriving.sum === sum;
}

/** Paper figure 13, InstallSnapshot 2: "Create new snapshot file if first chunk (offset is 0)". One older than what the same leader is sending is late. */
export function chunkBegins(offset: number, index: number, arrivingFromThisLeader: number): boolean {
  return offset === 0 && index >= arrivingFromThisLeader;
}

/** When several answers in a row show the same gap, the chunk is lost, not overtaken (as TCP's fast retransmit, RFC 5681). */
export function chunkIsLost(answersThatShowAGap: number): boolean {
  return answersThatShowAGap >= 3;
}

/** Paper figure 13, InstallSnapshot 4 and 5 ("Reply and wait for more data chunks if done is false"); complete is what has the checksum of the whole. */
export function snapshotIsWhole(sumOfBytes: number, sumOfSnapshot: number): boolean {
  return sumOfBytes === sumOfSnapshot;
}

/** A replica that has lost what it had acknowledged does not campaign, vote or pre-vote: its log and its votes may have been counted ("Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018, section 3.4). */
export function mayVoteInRepair(repairing: boolean): boolean {
  return !repairing;
}

/** What such a replica acknowledges does not count for a commitment: until it has rejoined it may lose nothing, but others may still count on what it lost. */
export function acknowledgementCommits(repairing: boolean): boolean {
  return !repairing;
}

/** What was acknowledged in an earlier boot says nothing of a disk that lost it since. */
export function acknowledgementIsOfEarlierBoot(boot: number, knownBoot: number): boolean {
  return boot < knownBoot;
}

/** A leader that hears of a repair forgets what that replica had acknowledged. Gives its match afterwards. */
export function matchAfterRepair(_match: number): number {
  return 0;
}

/** The repair is over when the log is the present leader's, durably, up to an entry that was proposed after the repair began. */
export function mayRejoin(acceptedIndex: number, durableIndex: number, repairedIndex: number): boolean {
  return repairedIndex > 0 && acceptedIndex >= repairedIndex && durableIndex >= repairedIndex;
}

/** All rules, as a replica takes them. */
export const raftRules = {
  logIsUpToDate,
  mayGrantVote,
  mayGrantPreVote,
  windowRefusesVote,
  preVoteGrantTerm,
  preVoteRefusalIsSent,
  refusalRaisesTerm,
  voteCounts,
  returnsToFollower,
  voteAfterStepDown,
  voteMayLeave,
  acknowledgementMayLeave,
  completionConfirms,
  acknowledgedIndex,
  prevMatches,
  conflictsWith,
  mayTruncate,
  followerCommitIndex,
  heartbeatCommitIndex,
  mayCommit,
  leaderMatchIndex,
  matchAfterAcknowledgement,
  refusalIsStale,
  voteWrittenWithTerm,
  lastTermInRequests,
  mayPipeline,
  bytesInFlightAfterRestart,
  fitsBatch,
  mayTakeBytes,
  uncommittedAfterCommit,
  nextAfterRefusal,
  matchAfterRefusal,
  acknowledgementCounts,
  mustStepDown,
  snapshotIsStale,
  snapshotMatchesLog,
  chunkContinues,
  chunkBegins,
  chunkIsLost,
  snapshotIsWhole,
  targetIsUpToDate,
  transferRefusesCommands,
  voteRequestIsForced,
  readMayStart,
  confirmedRound,
  roundConfirmsRead,
  mayServeRead,
  mayVoteInRepair,
  acknowledgementCommits,
  acknowledgementIsOfEarlierBoot,
  matchAfterRepair,
  mayRejoin,
};

/** The decisions of the protocol by name: spread `raftRules` and replace one to plant a mistake. */
export type RaftRules = typeof raftRules;
