import { Deadlines } from '../../core/machine/deadlines.ts';
import type { PlantedBug } from './bug.ts';

class Impatient extends Deadlines {
  override arm(...[kind, id, version, ttlUs]: Parameters<Deadlines['arm']>): void {
    super.arm(kind, id, version, kind === 'wait' ? Math.floor(ttlUs / 2) : ttlUs);
  }
}

/** The queue loses whoever is patient. */
export const waitCutInHalf: PlantedBug = {
  id: 'wait-cut-in-half',
  mistake: 'Waits are armed with half their length.',
  source: 'our own: no model knows how long a wait is',
  breaks: ['wait-not-early'],
  scenarios: ['lock-storm', 'waiters-die'],
  parts: { options: { deadlines: (rhoPpm) => new Impatient(rhoPpm) } },
};
