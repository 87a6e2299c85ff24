import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** What stands behind the entries of the append may be another leader's, and is counted. (There on heartbeats, which check no log here: so on probes.) */
export const matchFromOwnLastIndex: PlantedBug = {
  id: 'match-from-own-last-index',
  mistake: 'matchIndex is taken from the follower’s own last index.',
  source: 'ratis#1519',
  breaks: ['leader-completeness', 'state-machine-safety', 'committed-durable'],
  alsoOff: 'the hint of a refusal takes the leader to the very entry where the logs part (nextAfterRefusal)',
  scenarios: ['leader-isolated', 'crash-during-fsync'],
  parts: raftRule({
    acknowledgedIndex: (_lastNew, lastIndex) => lastIndex,
    nextAfterRefusal: (_agreed, matchIndex) => matchIndex + 1,
  }),
};
