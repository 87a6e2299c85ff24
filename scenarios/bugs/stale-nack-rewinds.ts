import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A late or copied refusal takes nextIndex back although the follower has acknowledged more since. */
export const staleNackRewinds: PlantedBug = {
  id: 'stale-nack-rewinds',
  mistake: 'An old refusal rewinds nextIndex again and again.',
  source: 'CCF#3723, etcd#1366',
  breaks: ['progress'],
  alsoOff: 'nextIndex never goes back below what was acknowledged (nextAfterRefusal)',
  scenarios: ['duplicated-and-reordered', 'lossy-and-slow'],
  parts: raftRule({ refusalIsStale: () => false, nextAfterRefusal: (agreedIndex) => agreedIndex + 1 }),
};
