import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A long log of an old term and a short log of a new one refuse each other: where nobody has both, nobody is elected. */
export const logRecencyNeedsBoth: PlantedBug = {
  id: 'log-recency-needs-both',
  mistake: 'The up-to-date check demands both a term and an index that are no smaller.',
  source: 'openraft a48a3282',
  breaks: ['progress'],
  scenarios: ['leader-isolated', 'flapping-links'],
  parts: raftRule({
    logIsUpToDate: (candidateLastTerm, candidateLastIndex, lastTerm, lastIndex) =>
      candidateLastTerm >= lastTerm && candidateLastIndex >= lastIndex,
  }),
};
