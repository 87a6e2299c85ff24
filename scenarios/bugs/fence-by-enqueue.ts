import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Who waited shorter has the smaller token only as long as the queue is served in order. */
export const fenceByEnqueue: PlantedBug = {
  id: 'fence-by-enqueue',
  mistake:
    'The fencing token is the index at which the waiter queued, and the newest waiter is served first.',
  source: 'bugs of this kind are why a token is the index of the grant',
  breaks: ['fencing-monotonic', 'fifo-grants'],
  scenarios: ['lock-storm', 'zombie-holder'],
  parts: lockRule({
    tokenOf: (_grantedAt, queuedAt) => queuedAt,
    nextInLine: (waiting) => waiting - 1,
  }),
};
