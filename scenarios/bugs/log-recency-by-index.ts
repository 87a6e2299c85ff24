import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A deposed leader with a long tail of uncommitted entries wins over logs that hold later, committed ones. */
export const logRecencyByIndex: PlantedBug = {
  id: 'log-recency-by-index',
  mistake: 'The up-to-date check compares the index before the term.',
  source: 'paper 5.4.1, CCF#1641',
  breaks: ['leader-completeness', 'state-machine-safety'],
  scenarios: ['leader-isolated', 'flapping-links', 'bridge'],
  parts: raftRule({
    logIsUpToDate: (candidateLastTerm, candidateLastIndex, lastTerm, lastIndex) =>
      candidateLastIndex > lastIndex || (candidateLastIndex === lastIndex && candidateLastTerm >= lastTerm),
  }),
};
