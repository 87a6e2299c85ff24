import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A holder that slept through its lease writes over what its successor wrote. */
export const noFence: PlantedBug = {
  id: 'no-fence',
  mistake: 'A guarded mutation passes whatever its token.',
  source: 'Jepsen, etcd 3.4.3',
  breaks: ['no-stale-write'],
  scenarios: ['zombie-holder', 'lock-storm'],
  parts: lockRule({ fenceHolds: () => true }),
};
