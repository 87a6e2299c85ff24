import { crashes } from '../../sim/nemesis/crashes.ts';
import { fsyncStalls, isolatedStalledLeaders } from '../../sim/nemesis/disks.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Power goes in the middle of fsyncs and votes, on disks that at times need longer for one than an election takes. Whatever was
 * said before it was durable comes out: a vote given twice, an acknowledgement for an entry that is gone.
 */
export default scenario({
  name: 'crash-during-fsync',
  summary: 'Power cuts aimed at fsyncs and votes in flight, on disks that stall longer than an election.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 14_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 5, get: 3, cas: 1 }),
  fsync: { minUs: 300, maxUs: 4_000, tailPpm: 100_000, tailMaxUs: 20_000 },
  faults: [
    crashes({ everyMs: [500, 2_500], downMs: [50, 700], aimedAtFsync: 0.45, aimedAtVote: 0.45 }),
    fsyncStalls({ everyMs: [1_500, 4_000], lastMs: [200, 3_000] }),
    isolatedStalledLeaders(),
    partitions({
      everyMs: [1_500, 4_000],
      lastMs: [200, 900],
      kinds: { isolatedLeader: 2, isolatedAtElection: 1 },
    }),
  ],
  properties: safetyAndProgress,
  reach: ['crashed-in-fsync', 'fsync-outlasted-election', 'torn-tail-cut', 're-elected'],
});
