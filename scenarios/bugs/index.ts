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
];
