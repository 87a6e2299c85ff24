import type { PlantedBug } from './bug.ts';
import { raftRule } from './bug.ts';

/** A new leader's commit index may lie behind what its predecessor had committed and answered. */
export const readBeforeOwnCommit: PlantedBug = {
  id: 'read-before-own-commit',
  mistake: 'ReadIndex is served before an entry of the leader’s own term is committed.',
  source: 'etcd#7331, tikv#6340',
  breaks: ['linearizable-register'],
  scenarios: ['leader-isolated', 'follower-reads'],
  parts: raftRule({ readMayStart: () => true }),
};
