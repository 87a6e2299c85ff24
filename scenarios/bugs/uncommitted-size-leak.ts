import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Every command counts as uncommitted until the leader goes; then none is taken. */
export const uncommittedSizeLeak: PlantedBug = {
  id: 'uncommitted-size-leak',
  mistake: 'Accounting of uncommitted size leaks; every proposal is refused.',
  source: 'etcd-io/raft a370b6f',
  breaks: ['progress'],
  scenarios: ['slow-follower', 'steady-state'],
  parts: raftRule({ uncommittedAfterCommit: (uncommitted) => uncommitted }),
};
