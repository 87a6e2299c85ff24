import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The leader and a minority make a majority that a power cut of the leader dissolves. */
export const leaderAcksBeforeFsync: PlantedBug = {
  id: 'leader-acks-before-fsync',
  mistake: 'The leader counts its own entry before it is durable.',
  source: 'etcd#14370',
  breaks: ['committed-durable'],
  scenarios: ['crash-during-fsync', 'torn-tail'],
  parts: raftRule({ leaderMatchIndex: (_durable, lastIndex) => lastIndex }),
};
