import { crashes } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * A snapshot after every entry or two, and nothing kept behind it: logs are empty most of the time. Index and term of the last entry are then those of the
 * snapshot, in votes, in consistency checks, and after a restart; and whoever misses anything needs a snapshot.
 */
export default scenario({
  name: 'empty-logs',
  summary:
    'A snapshot after every entry or two: logs are empty, elections and appends rest on snapshots alone.',
  nodes: [3, 5],
  clients: [1, 3],
  durationMs: 10_000,
  ...healing,
  process: replica({ snapshotEvery: [1, 2], keptBehind: 0 }),
  workload: mix({ put: 4, get: 3, cas: 1 }, { thinkMs: [50, 300], mode: 'closed' }),
  faults: [
    crashes({ everyMs: [700, 2_500], downMs: [50, 600], power: 0.5, leader: 0.5 }),
    partitions({ everyMs: [2_000, 5_000], lastMs: [200, 1_000], kinds: { isolatedLeader: 1, isolated: 1 } }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'snapshot-installed', 'restarted-from-snapshot'],
});
