import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A copy of a snapshot that comes late takes the follower, and its acknowledged entries, back. */
export const oldSnapshotTruncates: PlantedBug = {
  id: 'old-snapshot-truncates',
  mistake: 'An older snapshot cuts a newer log.',
  source: 'camunda#6092',
  breaks: ['committed-durable'],
  alsoOff: 'the log that holds the end of the snapshot is kept (snapshotMatchesLog)',
  scenarios: ['follower-behind-snapshot', 'duplicated-and-reordered'],
  parts: raftRule({ snapshotIsStale: () => false, snapshotMatchesLog: () => false }),
};
