import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Two leaders propose the same expiry; the second one ends the next holding. */
export const expireWithoutVersion: PlantedBug = {
  id: 'expire-without-version',
  mistake: 'An expiry names the lock alone, and ends whatever holding stands.',
  source: 'specs of the lease: an expiry names the version that it saw armed',
  breaks: ['lease-not-early'],
  scenarios: ['lease-failover', 'turns-under-lock', 'zombie-holder', 'lock-storm'],
  parts: lockRule({ expiryHolds: () => true }),
};
