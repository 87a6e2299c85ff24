import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A late vote of an earlier candidacy makes a leader of a term in which the voter elected somebody else. */
export const staleVoteCounted: PlantedBug = {
  id: 'stale-vote-counted',
  mistake: 'Vote replies are counted without checking their term.',
  source: 'little-raft#44',
  breaks: ['election-safety', 'vote-once'],
  scenarios: ['lossy-and-slow', 'duplicated-and-reordered'],
  parts: raftRule({ voteCounts: () => true }),
};
