import { crashes } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { slowLinks } from '../../sim/nemesis/links.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * The leader is cut off with some of its clients, whose bursts fill its log with what nobody else has; the next leader too, before the
 * first is back. Logs of many entries in old terms then meet short ones in newer terms.
 */
export default scenario({
  name: 'leader-isolated',
  summary: 'Leaders are cut off with bursts of writes on their way, and come back as the next one goes.',
  nodes: [3, 5],
  clients: [2, 5],
  durationMs: 14_000,
  ...healing,
  process: replica({ batchEntries: [1, 2], windowAppends: [1, 4], snapshotEvery: [100, 1_000] }),
  workload: mix({ put: 6, get: 2, cas: 1 }, { thinkMs: [20, 120], burst: [20, 160] }),
  faults: [
    partitions({
      everyMs: [300, 1_200],
      lastMs: [300, 1_200],
      kinds: { isolatedLeader: 2, isolatedAtElection: 4 },
    }),
    crashes({ everyMs: [1_500, 5_000], downMs: [100, 600], power: 0.5 }),
    slowLinks({ everyMs: [2_000, 6_000], lastMs: [500, 2_000], delayUs: [2_000, 40_000] }),
  ],
  properties: safetyAndProgress,
  reach: ['leader-deposed-uncommitted', 'stepped-down-without-quorum', 'two-leaders', 'log-truncated'],
});
