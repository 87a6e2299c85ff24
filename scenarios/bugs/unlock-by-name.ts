import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The retry of a release that had been applied, or one that comes after the lease, frees a later holding. */
export const unlockByName: PlantedBug = {
  id: 'unlock-by-name',
  mistake: 'A release names the lock, not the holding: a late one frees what somebody else holds by then.',
  source: 'etcd#22082',
  breaks: ['lock-exclusion', 'linearizable-lock'],
  scenarios: ['zombie-holder', 'lock-storm'],
  parts: lockRule({ namesHolding: () => true, mayEnd: () => true }),
};
