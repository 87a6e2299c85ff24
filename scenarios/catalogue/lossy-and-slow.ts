import { crashes } from '../../sim/nemesis/crashes.ts';
import { lossyLinks, slowLinks } from '../../sim/nemesis/links.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * A bad network at all times: much loss, tails longer than an election. Votes and acknowledgements arrive in terms to
 * which they do not belong.
 */
export default scenario({
  name: 'lossy-and-slow',
  summary: 'Loss and delays on the scale of an election: votes and acknowledgements arrive terms later.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 15_000,
  ...healing,
  process: replica({ batchEntries: [8, 64] }),
  workload: mix({ put: 3, get: 4, cas: 1 }, { thinkMs: [40, 300], burst: [8, 60] }),
  network: {
    delay: { minUs: 1_000, maxUs: 12_000, tailPpm: 60_000, tailMaxUs: 120_000 },
    reorderPpm: 60_000,
    reorderMaxUs: 500_000,
  },
  faults: [
    lossyLinks({ everyMs: [700, 2_500], lastMs: [500, 2_500], lossPpm: [50_000, 500_000] }),
    slowLinks({ everyMs: [1_000, 4_000], lastMs: [500, 2_000], delayUs: [5_000, 60_000] }),
    crashes({ everyMs: [1_500, 4_000], downMs: [100, 800], leader: 0.6 }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'vote-split', 'reply-remembered', 'operation-unknown'],
});
