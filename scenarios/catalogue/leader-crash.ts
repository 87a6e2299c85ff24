import { crashes } from '../../sim/nemesis/crashes.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Leaders go down, one after another, many just after their election: what an earlier leader left on some disks must be neither
 * committed by counting nor lost (paper, figure 8), and requests retried at the next leader must not be executed twice.
 */
export default scenario({
  name: 'leader-crash',
  summary: 'Leaders crash, many within 30 ms of their election; clients retry at the next one.',
  nodes: [3, 5],
  clients: [2, 5],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 4, get: 4, cas: 1 }),
  faults: [
    crashes({ everyMs: [300, 1_500], downMs: [100, 1_200], leader: 0.4, aimedAtElection: 0.4, power: 0.5 }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'snapshot-installed', 'log-truncated', 'reply-remembered', 'operation-unknown'],
});
