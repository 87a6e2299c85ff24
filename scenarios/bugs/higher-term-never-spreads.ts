import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** As if the refusal had not come: who has the longer log asks in a term that is over, for ever. */
export const higherTermNeverSpreads: PlantedBug = {
  id: 'higher-term-never-spreads',
  mistake: 'A higher term seen in pre-vote is never taken over.',
  source: 'openraft#1796',
  breaks: ['progress'],
  scenarios: ['leader-isolated', 'lossy-and-slow', 'one-way-partition'],
  parts: raftRule({ refusalRaisesTerm: () => false }),
};
