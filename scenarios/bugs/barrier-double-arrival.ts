import { barrierRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Who gave up waiting and comes again stands for somebody who has not come. */
export const barrierDoubleArrival: PlantedBug = {
  id: 'barrier-double-arrival',
  mistake: 'A participant that arrives again counts twice.',
  source: 'java.util.concurrent.CyclicBarrier counts calls, not parties',
  breaks: ['barrier-not-early', 'linearizable-barrier'],
  scenarios: ['barriers-under-crashes', 'barrier-churn', 'barrier-resets'],
  parts: barrierRule({ counts: () => true }),
};
