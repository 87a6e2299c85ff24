import { flappingLinks } from '../../sim/nemesis/links.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** Links that come and go every 40 ms, faster than elections and heartbeats can follow. */
export default scenario({
  name: 'flapping-links',
  summary: 'Links that come and go faster than elections can follow.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 3, get: 4, cas: 1 }),
  faults: [
    flappingLinks({ everyMs: [500, 2_500], lastMs: [500, 3_000] }),
    partitions({ everyMs: [2_000, 5_000], lastMs: [300, 1_000], kinds: { isolatedLeader: 1 } }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'reply-remembered', 'stepped-down-without-quorum'],
});
