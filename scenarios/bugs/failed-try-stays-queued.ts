import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Somebody who has long gone away is granted the lock. */
export const failedTryStaysQueued: PlantedBug = {
  id: 'failed-try-stays-queued',
  mistake: 'An acquire that does not wait is answered busy, and its waiter stays in the queue.',
  source: 'kazoo PR#760',
  breaks: ['fifo-grants'],
  alsoOff: 'a waiter whose time is over leaves the queue',
  scenarios: ['lock-storm', 'zombie-holder'],
  parts: lockRule({ failedTryLeaves: () => false, timedOutWaiterLeaves: () => false }),
};
