import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/**
 * A late or copied refusal takes nextIndex back although the follower has acknowledged more since. The leader then probes it with entries that it has, is
 * told so, learns nothing new, and sends them again: the follower gets nothing else until the term ends. With the mistake alone the
 * next acknowledgement repairs nextIndex; with the defence alone off nothing ever goes back that far.
 */
export const staleNackRewinds: PlantedBug = {
  id: 'stale-nack-rewinds',
  mistake: 'An old refusal rewinds nextIndex again and again.',
  source: 'CCF#3723, etcd#1366',
  breaks: ['progress'],
  alsoOff:
    'an acknowledgement takes nextIndex to what follows the match even if it says nothing new (acknowledgementCounts)',
  scenarios: ['duplicated-and-reordered', 'lossy-and-slow'],
  parts: raftRule({
    refusalIsStale: () => false,
    nextAfterRefusal: (agreedIndex) => agreedIndex + 1,
    acknowledgementCounts: (acknowledged, matchIndex) => acknowledged > matchIndex,
  }),
};
