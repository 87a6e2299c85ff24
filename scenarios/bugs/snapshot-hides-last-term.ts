import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Every log is up to date and none may say so: nobody is elected. */
export const snapshotHidesLastTerm: PlantedBug = {
  id: 'snapshot-hides-last-term',
  mistake: 'After a snapshot has emptied the log, the last term in vote requests is 0.',
  source: 'RedisLabs/raft#2',
  breaks: ['progress'],
  scenarios: ['empty-logs'],
  parts: raftRule({ lastTermInRequests: (lastTerm, entries) => (entries === 0 ? 0 : lastTerm) }),
};
