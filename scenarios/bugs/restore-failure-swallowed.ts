import { createMachine } from '../../core/machine/machine.ts';
import type { PlantedBug } from './bug.ts';
import { restoringMachine } from './wrapped.ts';

/** Every third snapshot cannot be read, by its size; the machine keeps what it had, and goes on from the snapshot's end. */
export const restoreFailureSwallowed: PlantedBug = {
  id: 'restore-failure-swallowed',
  mistake: 'A failed restore is ignored and entries go on being applied.',
  source: 'atomix#1038',
  breaks: ['state-machine-safety'],
  scenarios: ['follower-behind-snapshot', 'snapshot-chunks'],
  parts: {
    options: {
      machine: () => restoringMachine(createMachine(), (bytes) => bytes.length % 3 !== 0),
    },
  },
};
