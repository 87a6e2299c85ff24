import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Who has the longer log and a lower term never learns the term in which it could be elected; the others have too short logs. */
export const prevoteLowerTermDropped: PlantedBug = {
  id: 'prevote-lower-term-dropped',
  mistake: 'A lower-term pre-vote is dropped in silence.',
  source: 'etcd#8501',
  breaks: ['progress'],
  scenarios: ['leader-isolated', 'lossy-and-slow', 'one-way-partition'],
  parts: raftRule({ preVoteRefusalIsSent: (asked, own) => asked > own }),
};
