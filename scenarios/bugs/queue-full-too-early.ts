import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Models take a refusal at its word: a limit that is wrong refuses for ever, and every history is linearizable. */
export const queueFullTooEarly: PlantedBug = {
  id: 'queue-full-too-early',
  mistake: 'A queue is called full when two wait in it.',
  source: 'our own: no model knows of limits',
  breaks: ['limits-exact'],
  scenarios: ['lock-storm', 'waiters-die'],
  parts: lockRule({ mayQueue: (waiting) => waiting < 2 }),
};
