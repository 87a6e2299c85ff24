import { crashes, outages } from '../../sim/nemesis/crashes.ts';
import { duplicatingLinks, lossyLinks, reorderingLinks } from '../../sim/nemesis/links.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Snapshots of many small chunks over links that lose, copy and hold back, to followers that crash in between, from leaders that change: each is
 * resumed where it was, or begun anew, and is never put together from two.
 */
export default scenario({
  name: 'snapshot-chunks',
  summary: 'Snapshots in many chunks over bad links, with leaders and followers that change in between.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 14_000,
  ...healing,
  process: replica({
    batchEntries: [8, 64],
    snapshotEvery: [10, 40],
    keptBehind: [0, 3],
    chunkBytes: [40, 300],
    windowChunks: [1, 8],
  }),
  workload: mix({ put: 6, get: 2, cas: 1 }, { keys: [8, 40], thinkMs: [10, 60], burst: [8, 60] }),
  network: { lossPpm: 60_000, reorderMaxUs: 200_000 },
  faults: [
    crashes({ everyMs: [700, 2_500], downMs: [200, 1_500], leader: 0.4, power: 0.5 }),
    partitions({ everyMs: [1_000, 3_000], lastMs: [500, 2_000], kinds: { isolated: 2, isolatedLeader: 1 } }),
    outages({ perMs: 7_000, lastMs: [2_000, 3_500], atMs: [500, 3_000] }),
    lossyLinks({ everyMs: [1_500, 4_000] }),
    duplicatingLinks({ everyMs: [1_500, 4_000] }),
    reorderingLinks({ everyMs: [1_500, 4_000] }),
  ],
  properties: safetyAndProgress,
  reach: ['snapshot-installed', 'snapshot-resumed', 'snapshot-begun-anew', 'snapshot-superseded'],
});
