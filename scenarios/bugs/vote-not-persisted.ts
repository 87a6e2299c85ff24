import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A voter that crashes between its reply and its disk forgets the vote and its term, and votes again in the same term. */
export const voteNotPersisted: PlantedBug = {
  id: 'vote-not-persisted',
  mistake: 'A vote leaves before term and vote are durable.',
  source: 'raft-java#57',
  breaks: ['election-safety', 'vote-once', 'monotonic'],
  scenarios: ['crash-during-fsync', 'torn-tail'],
  parts: raftRule({ voteMayLeave: () => true }),
};
