import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** A server that hears but is not heard, or the reverse: pre-vote and check-quorum must keep it from unseating or blocking the rest. */
export default scenario({
  name: 'one-way-partition',
  summary: 'Servers, often the leader, that are not heard, or hear nobody.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 3, get: 5, cas: 1 }),
  faults: [partitions({ everyMs: [500, 2_000], lastMs: [300, 2_500], kinds: { oneWay: 1 } })],
  properties: safetyAndProgress,
  reach: ['re-elected', 'stepped-down-without-quorum', 'leader-deposed-uncommitted', 'operation-unknown'],
});
