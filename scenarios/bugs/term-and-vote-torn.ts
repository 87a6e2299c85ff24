import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A voter that crashes between the two has its term and has forgotten its vote. */
export const termAndVoteTorn: PlantedBug = {
  id: 'term-and-vote-torn',
  mistake: 'Term and vote are made durable by two writes, and the vote leaves after the first.',
  source: 'hashicorp/raft#661',
  breaks: ['election-safety', 'vote-once'],
  scenarios: ['crash-during-fsync', 'torn-tail'],
  parts: raftRule({ voteWrittenWithTerm: (votedFor, termIsNew) => (termIsNew ? -1 : votedFor) }),
};
