import { crashes } from '../../sim/nemesis/crashes.ts';
import { duplicatingLinks, reorderingLinks } from '../../sim/nemesis/links.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Everything arrives twice and late: old appends after newer ones, old rejections after agreement, old snapshots on newer logs, copies of requests
 * that were refused. The base network stays so while progress is judged.
 */
export default scenario({
  name: 'duplicated-and-reordered',
  summary:
    'Copies and late messages: old appends, rejections, snapshots and requests arrive after newer ones.',
  nodes: [3, 5],
  clients: [2, 5],
  durationMs: 12_000,
  ...healing,
  process: replica({ batchEntries: [2, 16], windowAppends: [4, 16], snapshotEvery: [8, 300] }),
  workload: mix({ put: 5, get: 3, cas: 1 }, { thinkMs: [60, 250], burst: [8, 40] }),
  network: { lossPpm: 20_000, duplicationPpm: 200_000, reorderPpm: 150_000, reorderMaxUs: 150_000 },
  faults: [
    duplicatingLinks(),
    reorderingLinks(),
    crashes({ everyMs: [800, 2_500], downMs: [200, 1_500], leader: 0.3 }),
    partitions({ everyMs: [1_500, 4_000], lastMs: [300, 1_500], kinds: { isolated: 1, isolatedLeader: 1 } }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'snapshot-installed', 'log-truncated', 'reply-remembered'],
});
