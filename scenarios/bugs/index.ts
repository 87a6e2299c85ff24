/** All planted bugs, by id: the proof that the properties and the weather catch what real implementations got wrong. */
import type { PlantedBug } from './bug.ts';
import { commitPriorTermByCount } from './commit-prior-term-by-count.ts';
import { followerAcksBeforeFsync } from './follower-acks-before-fsync.ts';
import { logRecencyByIndex } from './log-recency-by-index.ts';
import { oldSnapshotTruncates } from './old-snapshot-truncates.ts';
import { replyMemoNotInSnapshot } from './reply-memo-not-in-snapshot.ts';
import { staleNackRewinds } from './stale-nack-rewinds.ts';
import { staleVoteCounted } from './stale-vote-counted.ts';
import { storageAckAba } from './storage-ack-aba.ts';
import { truncateOnMatch } from './truncate-on-match.ts';
import { voteNotPersisted } from './vote-not-persisted.ts';

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
];
