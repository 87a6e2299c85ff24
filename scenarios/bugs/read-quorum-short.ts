import { majorityOf } from '../../core/raft/quorum.ts';
import type { PlantedBug } from './bug.ts';
import { raftRule } from './bug.ts';

/** The rounds answered, highest first; one fewer than a majority is enough. */
function shortOfOne(voters: readonly number[], answered: ArrayLike<number>): number {
  const rounds = voters.map((voter) => answered[voter] ?? 0).sort((a, b) => b - a);
  return rounds[Math.max(1, majorityOf(voters.length) - 1) - 1] ?? 0;
}

export const readQuorumShort: PlantedBug = {
  id: 'read-quorum-short',
  mistake: 'A read counts as confirmed with one answer fewer than a majority.',
  source: 'openraft d60f1e85',
  breaks: ['linearizable-register'],
  scenarios: ['follower-reads', 'leader-isolated'],
  parts: raftRule({ confirmedRound: ({ incoming }, answered) => shortOfOne(incoming, answered) }),
};
