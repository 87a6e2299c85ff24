import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** What the follower lacks is taken for acknowledged: its refusals count as old news, and it never catches up. */
export const repairMatchKept: PlantedBug = {
  id: 'repair-match-kept',
  mistake: 'The leader keeps the match of a follower that has lost its log.',
  source: 'our own: matchIndex as a follower had it before it was repaired',
  breaks: ['progress'],
  scenarios: ['corrupt-minority'],
  parts: raftRule({ matchAfterRepair: (match) => match }),
};
