import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The follower takes what stands at the snapshot's end for what the snapshot covers, whatever its term. */
export const conflictKeptAtSnapshot: PlantedBug = {
  id: 'conflict-kept-at-snapshot',
  mistake: 'A conflicting entry at the snapshot’s index is kept.',
  source: 'hashicorp/raft#704',
  breaks: ['progress', 'state-machine-safety', 'log-matching', 'committed-durable', 'process-alive'],
  scenarios: ['snapshot-chunks', 'follower-behind-snapshot'],
  parts: raftRule({ snapshotMatchesLog: (_snapshotTerm, termAtIndex) => termAtIndex >= 0 }),
};
