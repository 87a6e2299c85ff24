import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/**
 * The append carries nothing, is acknowledged, and is sent again. With acknowledgements that say nothing new counted, each copy of one that the network
 * makes starts another round of this for ever, a storm that no run comes to the end of; without, a round starts with each heartbeat.
 */
export const oversizeEntrySendsEmpty: PlantedBug = {
  id: 'oversize-entry-sends-empty',
  mistake: 'An entry larger than the batch is sent as an empty append for ever.',
  source: 'copycat#181',
  breaks: ['progress'],
  alsoOff: 'an acknowledgement counts even if it says nothing new (acknowledgementCounts)',
  scenarios: ['slow-follower', 'steady-state'],
  parts: raftRule({
    fitsBatch: (_count, bytes, bytesMax) => bytes <= bytesMax,
    acknowledgementCounts: (acknowledged, matchIndex) => acknowledged > matchIndex,
  }),
};
