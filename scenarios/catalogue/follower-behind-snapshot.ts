import { crashes } from '../../sim/nemesis/crashes.ts';
import { duplicatingLinks, reorderingLinks } from '../../sim/nemesis/links.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Followers are away until the leader has compacted what they lack, get a snapshot, at times twice and late, and soon lead themselves: all
 * that the machine knew, remembered replies included, must have come along.
 */
export default scenario({
  name: 'follower-behind-snapshot',
  summary: 'Followers fall behind past the leader’s snapshot, install it, and lead soon after.',
  nodes: [3, 5],
  clients: [2, 5],
  durationMs: 14_000,
  ...healing,
  process: replica({ batchEntries: [8, 64], snapshotEvery: [10, 60], keptBehind: [0, 5] }),
  workload: mix({ put: 6, get: 2, cas: 1 }, { thinkMs: [20, 100], burst: [8, 60] }),
  network: { lossPpm: 60_000, reorderMaxUs: 200_000 },
  faults: [
    crashes({ everyMs: [700, 2_500], downMs: [300, 2_500], leader: 0.4, power: 0.5 }),
    partitions({ everyMs: [1_000, 3_000], lastMs: [500, 2_000], kinds: { isolated: 2, isolatedLeader: 1 } }),
    duplicatingLinks({ everyMs: [1_500, 4_000] }),
    reorderingLinks({ everyMs: [1_500, 4_000] }),
  ],
  properties: safetyAndProgress,
  reach: ['snapshot-installed', 'restarted-from-snapshot', 'reply-remembered', 're-elected'],
});
