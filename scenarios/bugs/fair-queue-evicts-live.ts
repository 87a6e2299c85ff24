import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Whoever had waited longest is never granted, and never told. */
export const fairQueueEvictsLive: PlantedBug = {
  id: 'fair-queue-evicts-live',
  mistake: 'To make room the queue drops its first waiter, who is alive.',
  source: 'redisson#3004',
  breaks: ['fifo-grants', 'progress'],
  scenarios: ['lock-storm', 'waiters-die'],
  parts: lockRule({ evictedByNewcomer: (waiting) => (waiting >= 2 ? 0 : -1) }),
};
