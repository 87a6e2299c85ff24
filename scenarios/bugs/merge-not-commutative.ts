import { builtInMerges, defaultConflicts } from '../../core/machine/siblings/strategies.ts';
import type { PlantedBug } from './bug.ts';

/** What two replicas hold would depend on which of two writes came first; one log hides that, and the next store does not. */
export const mergeNotCommutative: PlantedBug = {
  id: 'merge-not-commutative',
  mistake: 'A merge that depends on the order of siblings is accepted.',
  source: 'Shapiro and others 2011: what converges is a join of a semilattice',
  breaks: ['merge-laws'],
  alsoOff: 'the trial of merge functions before the start',
  scenarios: ['conflicting-writes'],
  parts: {
    options: {
      conflicts: {
        ...defaultConflicts,
        merges: { ...builtInMerges, union: (a, b) => `${a} ${b}`.slice(0, 200) },
      },
    },
  },
};
