import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The lock goes to a session that is gone, and nobody can release it. */
export const grantToDeadWaiter: PlantedBug = {
  id: 'grant-to-dead-waiter',
  mistake: 'A waiter is granted without another look at its session.',
  source: 'etcd#11456',
  breaks: ['lock-exclusion'],
  alsoOff: 'the waiters of a session that ends leave the queue',
  scenarios: ['waiters-die'],
  parts: lockRule({ mayGrantTo: () => true, waitersEndWithSession: () => false }),
};
