import { crashes } from '../../sim/nemesis/crashes.ts';
import { fullDisks } from '../../sim/nemesis/disk-trouble.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** Disks fill up: a batch, a snapshot or the segment of a recovery is cut short. The replica stops; when there is room it goes on from what was durable. */
export default scenario({
  name: 'disk-full',
  summary:
    'Disks fill up in the middle of a write: servers stop, and go on from what was durable when there is room.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 15_000,
  ...healing,
  process: replica({ snapshotEvery: [20, 200] }),
  workload: mix({ put: 8, get: 2, delete: 1 }, { thinkMs: [5, 60] }),
  faults: [
    fullDisks({ everyMs: [400, 2_000], lastMs: [100, 1_200] }),
    crashes({ everyMs: [800, 3_000], downMs: [20, 500], power: 0.5 }),
  ],
  properties: safetyAndProgress,
  reach: ['disk-was-full', 'disk-failed', 're-elected', 'snapshot-taken'],
});
