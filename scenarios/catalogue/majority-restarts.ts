import { majorityRestarts } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** At least half of the servers, at times all, lose power together: what was acknowledged is on a quorum of disks or nowhere. */
export default scenario({
  name: 'majority-restarts',
  summary: 'Half of the servers or more, at times all, lose power together.',
  nodes: [3, 7],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 4, get: 4, cas: 1 }),
  faults: [
    majorityRestarts({ everyMs: [800, 3_000], downMs: [50, 800] }),
    partitions({ everyMs: [1_500, 4_000], lastMs: [200, 1_000], kinds: { isolatedLeader: 1, split: 1 } }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'restarted-from-snapshot', 'torn-tail-cut', 'operation-unknown'],
});
