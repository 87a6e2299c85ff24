import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A candidate that lacks what was committed finds a majority in a replica that has lost it as well. */
export const repairingVotes: PlantedBug = {
  id: 'repairing-votes',
  mistake: 'A replica whose log has rotted goes on with what is left of it, and votes.',
  source: 'Alagappan and others, Protocol-Aware Recovery, FAST 2018, table 1 (truncation)',
  breaks: [
    'leader-completeness',
    'state-machine-safety',
    'committed-durable',
    'linearizable-register',
    'exactly-once',
  ],
  scenarios: ['corrupt-minority'],
  parts: raftRule({ mayVoteInRepair: () => true }),
};
