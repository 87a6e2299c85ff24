import { fsyncStalls } from '../../sim/nemesis/disks.ts';
import { lossyLinks, slowLinks } from '../../sim/nemesis/links.ts';
import { pauses } from '../../sim/nemesis/pauses.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Some follower is always slow: its links, its disk, or itself. The leader's windows towards it are small in appends and in bytes, and run full; what is
 * not committed is bounded too, and bursts of clients meet that bound. Nobody else may wait for the slow one.
 */
export default scenario({
  name: 'slow-follower',
  summary: 'A follower that is slow past its window, under bursts, with little room for what is on its way.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica({
    batchEntries: [1, 8],
    windowAppends: [4, 16],
    windowBytes: [1_000, 3_000],
    batchBytes: [40, 200],
    uncommittedBytes: [3_000, 8_000],
  }),
  workload: mix({ put: 6, get: 2, cas: 1 }, { thinkMs: [10, 60], burst: [20, 120] }),
  faults: [
    slowLinks({ everyMs: [500, 2_000], lastMs: [500, 3_000], delayUs: [2_000, 80_000] }),
    lossyLinks({ everyMs: [1_500, 4_000], lastMs: [300, 1_500] }),
    pauses({ everyMs: [1_500, 4_000], lastMs: [100, 800] }),
    fsyncStalls({ everyMs: [2_000, 5_000] }),
  ],
  properties: safetyAndProgress,
  reach: ['proposal-refused', 'uncommitted-full', 're-elected'],
});
