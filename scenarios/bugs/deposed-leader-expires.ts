import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** What counts is the version that was seen armed; that the holding is the same is not enough. */
export const deposedLeaderExpires: PlantedBug = {
  id: 'deposed-leader-expires',
  mistake: 'An expiry that a deposed leader proposed before a renewal ends the renewed lease.',
  source: 'etcd#12528, etcd#15247',
  breaks: ['lease-not-early', 'work-under-lease'],
  scenarios: ['lease-failover', 'turns-under-lock', 'zombie-holder', 'lock-storm'],
  parts: lockRule({ expiryHolds: (owner, version) => version >= owner.token }),
};
