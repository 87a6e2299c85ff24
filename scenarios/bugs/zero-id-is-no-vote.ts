import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A vote for the server with id 0 looks like none: it is given again, to another. */
export const zeroIdIsNoVote: PlantedBug = {
  id: 'zero-id-is-no-vote',
  mistake: 'A vote for node 0 reads as no vote.',
  source: 'willemt/raft fe60545',
  breaks: ['election-safety', 'vote-once'],
  scenarios: ['leader-isolated', 'lossy-and-slow', 'flapping-links'],
  parts: raftRule({
    mayGrantVote: (requestTerm, currentTerm, votedFor, candidate, upToDate) =>
      requestTerm === currentTerm && (votedFor <= 0 || votedFor === candidate) && upToDate,
  }),
};
