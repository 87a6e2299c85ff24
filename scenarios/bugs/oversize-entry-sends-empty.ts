import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The append carries nothing, is acknowledged, and is sent again. */
export const oversizeEntrySendsEmpty: PlantedBug = {
  id: 'oversize-entry-sends-empty',
  mistake: 'An entry larger than the batch is sent as an empty append for ever.',
  source: 'copycat#181',
  breaks: ['progress'],
  scenarios: ['steady-state', 'leader-crash'],
  parts: raftRule({ fitsBatch: (_count, bytes, bytesMax) => bytes <= bytesMax }),
};
