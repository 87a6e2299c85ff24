import { minorityRestarts } from '../../sim/nemesis/crashes.ts';
import { fsyncStalls } from '../../sim/nemesis/disks.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** Fewer than half of the servers restart together, again and again, while disks of the others stall. */
export default scenario({
  name: 'minority-restarts',
  summary: 'Fewer than half of the servers restart together, again and again; disks of others stall.',
  nodes: [3, 7],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 3, get: 4, delete: 1, cas: 1 }),
  faults: [minorityRestarts(), fsyncStalls({ everyMs: [1_500, 5_000], lastMs: [200, 1_500] })],
  properties: safetyAndProgress,
  reach: ['re-elected', 'fsync-outlasted-election', 'snapshot-installed'],
});
