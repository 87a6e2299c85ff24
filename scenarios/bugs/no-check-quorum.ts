import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A leader that is heard but hears nobody keeps the others from electing one that could commit. */
export const noCheckQuorum: PlantedBug = {
  id: 'no-check-quorum',
  mistake: 'A leader that hears from no majority never steps down.',
  source: 'openraft#2080, CCF#7375',
  breaks: ['progress'],
  scenarios: ['one-way-partition', 'bridge'],
  parts: raftRule({ mustStepDown: () => false }),
};
