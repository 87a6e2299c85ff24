import type { PlantedBug } from './bug.ts';
import { raftRule } from './bug.ts';

/** While commands go on coming in the target never holds the whole log, or is told when it just did and finds no votes. */
export const transferAcceptsWrites: PlantedBug = {
  id: 'transfer-accepts-writes',
  mistake: 'Writes are accepted while leadership is being handed over.',
  source: 'hashicorp/raft 62eaa1c',
  breaks: ['progress'],
  scenarios: ['transfer-under-load'],
  parts: raftRule({ transferRefusesCommands: () => false }),
};
