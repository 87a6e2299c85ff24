import type { PlantedBug } from './bug.ts';
import { raftRule } from './bug.ts';

/** All who hear the leader, and the leader itself, refuse the one that it told to campaign. */
export const transferVoteUnforced: PlantedBug = {
  id: 'transfer-vote-unforced',
  mistake: 'The vote requests of a transfer do not say so, and are refused by whoever hears the leader.',
  source: 'canonical/raft 7d4157e',
  breaks: ['progress'],
  scenarios: ['transfer-under-load', 'transfer-storm'],
  parts: raftRule({ voteRequestIsForced: () => false }),
};
