/** All planted bugs, by id: the proof that the properties and the weather catch what real implementations got wrong. */
import type { PlantedBug } from './bug.ts';
import { applyReadsClock } from './apply-reads-clock.ts';
import { commitPriorTermByCount } from './commit-prior-term-by-count.ts';
import { followerAcksBeforeFsync } from './follower-acks-before-fsync.ts';
import { followerCommitUncapped } from './follower-commit-uncapped.ts';
import { leaderObeysRival } from './leader-obeys-rival.ts';
import { logRecencyByIndex } from './log-recency-by-index.ts';
import { logRecencyNeedsBoth } from './log-recency-needs-both.ts';
import { oldLeaderStampsNewTerm } from './old-leader-stamps-new-term.ts';
import { oldSnapshotTruncates } from './old-snapshot-truncates.ts';
import { readBeforeOwnCommit } from './read-before-own-commit.ts';
import { readByRole } from './read-by-role.ts';
import { readQuorumShort } from './read-quorum-short.ts';
import { replyMemoNotInSnapshot } from './reply-memo-not-in-snapshot.ts';
import { staleNackRewinds } from './stale-nack-rewinds.ts';
import { staleVoteCounted } from './stale-vote-counted.ts';
import { storageAckAba } from './storage-ack-aba.ts';
import { truncateOnMatch } from './truncate-on-match.ts';
import { voteNotPersisted } from './vote-not-persisted.ts';
import { transferAcceptsWrites } from './transfer-accepts-writes.ts';
import { transferVoteUnforced } from './transfer-vote-unforced.ts';
import { voteForgottenOnStepDown } from './vote-forgotten-on-step-down.ts';
import { zeroIdIsNoVote } from './zero-id-is-no-vote.ts';
import { prevoteReplyLocalTerm } from './prevote-reply-local-term.ts';
import { prevoteLowerTermDropped } from './prevote-lower-term-dropped.ts';
import { higherTermNeverSpreads } from './higher-term-never-spreads.ts';
import { nackLowersMatch } from './nack-lowers-match.ts';
import { noCheckQuorum } from './no-check-quorum.ts';
import { matchFromOwnLastIndex } from './match-from-own-last-index.ts';
import { leaderAcksBeforeFsync } from './leader-acks-before-fsync.ts';
import { oversizeEntrySendsEmpty } from './oversize-entry-sends-empty.ts';
import { inflightBytesLeak } from './inflight-bytes-leak.ts';
import { uncommittedSizeLeak } from './uncommitted-size-leak.ts';
import { conflictKeptAtSnapshot } from './conflict-kept-at-snapshot.ts';
import { chunkRetryNewSession } from './chunk-retry-new-session.ts';
import { restoreFailureSwallowed } from './restore-failure-swallowed.ts';
import { repairingVotes } from './repairing-votes.ts';
import { repairMatchKept } from './repair-match-kept.ts';
import { corruptCutAsTorn } from './corrupt-cut-as-torn.ts';
import { fsyncErrorIgnored } from './fsync-error-ignored.ts';
import { termAndVoteTorn } from './term-and-vote-torn.ts';
import { snapshotHidesLastTerm } from './snapshot-hides-last-term.ts';
import { noFence } from './no-fence.ts';
import { fenceByEnqueue } from './fence-by-enqueue.ts';
import { grantToDeadWaiter } from './grant-to-dead-waiter.ts';
import { unlockByName } from './unlock-by-name.ts';
import { deposedLeaderExpires } from './deposed-leader-expires.ts';
import { expireWithoutVersion } from './expire-without-version.ts';
import { sessionCloseKeepsLock } from './session-close-keeps-lock.ts';
import { failedTryStaysQueued } from './failed-try-stays-queued.ts';
import { waitCutInHalf } from './wait-cut-in-half.ts';
import { queueFullTooEarly } from './queue-full-too-early.ts';
import { fairQueueEvictsLive } from './fair-queue-evicts-live.ts';
import { retryTakesOwnQueueSlot } from './retry-takes-own-queue-slot.ts';
import { leaseRestartsOnElection } from './lease-restarts-on-election.ts';
import { applyDrawsRandom } from './apply-draws-random.ts';
import { lostLeadershipIsFailure } from './lost-leadership-is-failure.ts';
import { appliedIndexApart } from './applied-index-apart.ts';
import { barrierGenerationIgnored } from './barrier-generation-ignored.ts';
import { barrierDoubleArrival } from './barrier-double-arrival.ts';
import { barrierDeregisterNotRechecked } from './barrier-deregister-not-rechecked.ts';
import { barrierTimeoutRacesTrip } from './barrier-timeout-races-trip.ts';
import { cascadeChildFirst } from './cascade-child-first.ts';
import { clockPruned } from './clock-pruned.ts';
import { lwwByWallClock } from './lww-by-wall-clock.ts';
import { dotReused } from './dot-reused.ts';
import { mergeNotCommutative } from './merge-not-commutative.ts';

export const bugs: readonly PlantedBug[] = [
  voteNotPersisted,
  commitPriorTermByCount,
  followerAcksBeforeFsync,
  truncateOnMatch,
  staleVoteCounted,
  logRecencyByIndex,
  replyMemoNotInSnapshot,
  storageAckAba,
  oldSnapshotTruncates,
  staleNackRewinds,
  nackLowersMatch,
  applyReadsClock,
  followerCommitUncapped,
  leaderObeysRival,
  logRecencyNeedsBoth,
  oldLeaderStampsNewTerm,
  readByRole,
  readBeforeOwnCommit,
  readQuorumShort,
  transferAcceptsWrites,
  transferVoteUnforced,
  voteForgottenOnStepDown,
  zeroIdIsNoVote,
  prevoteReplyLocalTerm,
  prevoteLowerTermDropped,
  higherTermNeverSpreads,
  noCheckQuorum,
  matchFromOwnLastIndex,
  leaderAcksBeforeFsync,
  oversizeEntrySendsEmpty,
  inflightBytesLeak,
  uncommittedSizeLeak,
  conflictKeptAtSnapshot,
  chunkRetryNewSession,
  restoreFailureSwallowed,
  repairingVotes,
  repairMatchKept,
  fsyncErrorIgnored,
  termAndVoteTorn,
  snapshotHidesLastTerm,
  corruptCutAsTorn,
  noFence,
  fenceByEnqueue,
  grantToDeadWaiter,
  unlockByName,
  deposedLeaderExpires,
  expireWithoutVersion,
  sessionCloseKeepsLock,
  failedTryStaysQueued,
  fairQueueEvictsLive,
  queueFullTooEarly,
  waitCutInHalf,
  retryTakesOwnQueueSlot,
  leaseRestartsOnElection,
  applyDrawsRandom,
  lostLeadershipIsFailure,
  appliedIndexApart,
  barrierGenerationIgnored,
  barrierDoubleArrival,
  barrierDeregisterNotRechecked,
  barrierTimeoutRacesTrip,
  cascadeChildFirst,
  clockPruned,
  lwwByWallClock,
  dotReused,
  mergeNotCommutative,
];
