import { barrierRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The deadline of a generation goes on after its trip, and those who ask late hear that it was broken. */
export const barrierTimeoutRacesTrip: PlantedBug = {
  id: 'barrier-timeout-races-trip',
  mistake: 'A timeout breaks a generation that had tripped.',
  source: 'CURATOR-318',
  breaks: ['barrier-one-outcome', 'linearizable-barrier'],
  scenarios: ['barrier-deadline', 'barriers-under-crashes'],
  parts: barrierRule({
    tripDisarms: () => false,
    timeoutHolds: (armed, version) => armed.version === version,
  }),
};
