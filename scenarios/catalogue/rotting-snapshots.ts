import { crashes, outages } from '../../sim/nemesis/crashes.ts';
import { rottingSnapshots } from '../../sim/nemesis/disk-trouble.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Snapshots of a minority rot while their servers run. Followers that were away get theirs from memory, whole; a leader that sends one looks whether its own file is
 * whole, and writes it anew where it is not. What nobody has looked at shows at the next start: such a server is repaired by the others.
 * Some intervals are long, and crashes frequent, so that what was written anew is read at a start before the next snapshot takes its place.
 */
export default scenario({
  name: 'rotting-snapshots',
  summary:
    'Snapshots rot under running servers: found when a follower needs one, and written anew, or at the next start.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 15_000,
  ...healing,
  process: replica({ snapshotEvery: [10, 300], keptBehind: [0, 5] }),
  workload: mix({ put: 6, get: 3, delete: 1, cas: 2 }, { thinkMs: [5, 60] }),
  faults: [
    rottingSnapshots(),
    outages({ perMs: 4_000, lastMs: [300, 2_000], atMs: [500, 3_000] }),
    crashes({ everyMs: [700, 2_500], downMs: [20, 500], power: 0.5, leader: 0.6 }),
    partitions({ everyMs: [2_000, 5_000], lastMs: [300, 1_500] }),
  ],
  properties: safetyAndProgress,
  reach: ['snapshot-rewritten', 'snapshot-damaged', 'repaired', 'snapshot-installed'],
});
