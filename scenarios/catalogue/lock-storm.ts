import { crashes } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { lockTurns } from '../lock-workload.ts';
import { replica } from '../replica-system.ts';
import { healing, lockSafety } from './standards.ts';

/**
 * Many clients, few locks: queues, leases that run out, tokens of yesterday, while leaders crash and links are cut. What a lock guards is written under its
 * token alone.
 */
export default scenario({
  name: 'lock-storm',
  summary: 'Many clients contend for few locks while leaders crash: queues, lost leases, stale tokens.',
  nodes: [3, 5],
  clients: [3, 8],
  durationMs: 40_000,
  ...healing,
  process: replica(),
  workload: lockTurns(),
  faults: [
    crashes({ everyMs: [1_500, 5_000], downMs: [100, 1_500], leader: 0.6, power: 0.3 }),
    partitions({ everyMs: [3_000, 9_000], lastMs: [500, 3_000] }),
  ],
  properties: lockSafety,
  reach: [
    're-elected',
    'lock-queued',
    'granted-from-queue',
    'lease-expired',
    'stale-token-refused',
    'lock-reentered',
  ],
});
