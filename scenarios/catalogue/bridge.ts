import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** Two halves that see each other only through one server, and rings in which everyone sees another majority. */
export default scenario({
  name: 'bridge',
  summary: 'Halves joined by a single server, and rings of overlapping majorities.',
  nodes: [3, 7],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 3, get: 4, delete: 1, cas: 1 }),
  faults: [
    partitions({ everyMs: [700, 2_500], lastMs: [500, 3_000], kinds: { bridge: 2, ring: 1, split: 1 } }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'stepped-down-without-quorum', 'log-truncated'],
});
