import { pauses } from '../../sim/nemesis/pauses.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { safetyAndProgress } from './standards.ts';

/**
 * Writes come in so fast that no follower ever holds the whole log: the target of a transfer catches up because the leader takes
 * no more of them, or never.
 */
export default scenario({
  name: 'transfer-under-load',
  summary: 'Leadership is handed on while writes come in faster than any follower acknowledges them.',
  nodes: 3,
  clients: [2, 3],
  durationMs: 3_000,
  progressBoundMs: 5_000,
  healMs: { quorum: 5_500, all: 5_500 },
  process: replica({
    batchEntries: 64,
    snapshotEvery: 1_000,
    uncompactedEntries: 10_000,
    pendingProposals: 128,
    uncommittedBytes: 16_777_216,
  }),
  workload: mix({ put: 1 }, { thinkUs: 1_000, mode: 'open', transferEveryMs: [300, 1_500] }),
  faults: [pauses({ everyMs: [1_000, 3_000], lastMs: [100, 600], leader: 0.5 })],
  properties: safetyAndProgress,
  reach: ['leadership-transferred'],
});
