import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** What the leader has committed need not be in this log yet, or be the same here: the replica applies another entry, or runs past its log's end. */
export const followerCommitUncapped: PlantedBug = {
  id: 'follower-commit-uncapped',
  mistake: "A follower takes over its leader's commit index, not capped by the last entry that matched.",
  source: 'copycat#265, scylla#9965',
  breaks: ['state-machine-safety', 'process-alive'],
  scenarios: ['leader-isolated', 'leader-crash'],
  parts: raftRule({
    followerCommitIndex: (leaderCommit) => leaderCommit,
    heartbeatCommitIndex: (leaderCommit) => leaderCommit,
  }),
};
