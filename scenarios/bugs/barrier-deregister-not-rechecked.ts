import { barrierRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Those who have arrived wait for somebody who has gone. */
export const barrierDeregisterNotRechecked: PlantedBug = {
  id: 'barrier-deregister-not-rechecked',
  mistake: 'After a participant leaves, the threshold is not looked at again.',
  source: 'java.util.concurrent.Phaser.arriveAndDeregister does',
  breaks: ['barrier-not-late', 'progress', 'linearizable-barrier'],
  scenarios: ['barrier-churn', 'barriers-under-crashes'],
  parts: barrierRule({ rechecksAfterLeaving: () => false }),
};
