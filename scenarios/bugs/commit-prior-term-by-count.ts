import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Figure 8 of the paper: an entry of an earlier term on a majority can still be replaced by a leader that lacks it. */
export const commitPriorTermByCount: PlantedBug = {
  id: 'commit-prior-term-by-count',
  mistake: 'Entries of earlier terms are committed by counting replicas.',
  source: 'paper figure 8, logcabin#44',
  breaks: ['leader-completeness', 'state-machine-safety'],
  scenarios: ['leader-isolated', 'leader-crash', 'flapping-links'],
  parts: raftRule({ mayCommit: (quorumIndex, commitIndex) => quorumIndex > commitIndex }),
};
