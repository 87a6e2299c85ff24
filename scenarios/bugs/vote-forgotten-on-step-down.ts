import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A candidate that loses, or hears the leader of its own term, votes once more in that term. */
export const voteForgottenOnStepDown: PlantedBug = {
  id: 'vote-forgotten-on-step-down',
  mistake: 'votedFor is cleared on a step-down within the same term.',
  source: 'CCF#8094, redpanda#19',
  breaks: ['election-safety', 'vote-once'],
  scenarios: ['leader-isolated', 'lossy-and-slow', 'duplicated-and-reordered'],
  parts: raftRule({ voteAfterStepDown: () => -1 }),
};
