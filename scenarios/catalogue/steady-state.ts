import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** No faults but a little loss: elections, replication, snapshots and limits under drawn loads. */
export default scenario({
  name: 'steady-state',
  summary: 'No faults: drawn clusters, loads and limits; what holds here is the baseline.',
  nodes: [1, 7],
  clients: [1, 6],
  durationMs: 10_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 4, get: 5, delete: 1, cas: 2 }),
  properties: safetyAndProgress,
  reach: ['leader-elected', 'snapshot-taken', 'proposal-refused', 'redirected', 'healed'],
});
