import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** An older append that comes late then removes acknowledged entries behind it. */
export const truncateOnMatch: PlantedBug = {
  id: 'truncate-on-match',
  mistake: 'Everything after prevLogIndex is cut although it matches.',
  source: 'openraft 9540c904',
  breaks: ['committed-durable'],
  alsoOff: 'the refusal to remove committed entries (mayTruncate)',
  scenarios: ['duplicated-and-reordered', 'lossy-and-slow'],
  parts: raftRule({ conflictsWith: () => true, mayTruncate: () => true }),
};
