import { barrierRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Whoever waits below goes on while those above still wait. */
export const cascadeChildFirst: PlantedBug = {
  id: 'cascade-child-first',
  mistake: 'A child barrier releases before its parent.',
  source: 'the order of java.util.concurrent.Phaser trees',
  breaks: ['cascade-order', 'linearizable-barrier'],
  scenarios: ['barriers-under-crashes', 'barrier-churn', 'barrier-resets'],
  parts: barrierRule({ mayFollow: () => true }),
};
