import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The candidate counts grants of the asked term only, and never gets one. */
export const prevoteReplyLocalTerm: PlantedBug = {
  id: 'prevote-reply-local-term',
  mistake: 'A pre-vote reply carries the local term.',
  source: 'etcd-io/raft d4471b2',
  breaks: ['progress'],
  scenarios: ['steady-state', 'leader-crash'],
  parts: raftRule({ preVoteGrantTerm: (_asked, own) => own }),
};
