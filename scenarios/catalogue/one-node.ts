import { crashes } from '../../sim/nemesis/crashes.ts';
import { fsyncStalls } from '../../sim/nemesis/disks.ts';
import { fsyncErrors } from '../../sim/nemesis/disk-trouble.ts';
import { pauses } from '../../sim/nemesis/pauses.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** A group of one has nobody to make good what it forgets: its own disk is the quorum, its own vote elects it, a read is confirmed by itself. */
export default scenario({
  name: 'one-node',
  summary:
    'A single server: restarts, power cuts in the middle of an fsync, failing and stalling disks, snapshots.',
  nodes: 1,
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica({ snapshotEvery: [10, 200] }),
  workload: mix({ put: 5, get: 4, cas: 2, delete: 1 }, { thinkMs: [5, 60] }),
  faults: [
    crashes({ everyMs: [300, 1_500], downMs: [5, 300], power: 0.6, aimedAtFsync: 0.4 }),
    fsyncErrors({ everyMs: [2_000, 5_000], lastMs: [20, 300] }),
    fsyncStalls({ everyMs: [2_000, 5_000], lastMs: [200, 1_000], leader: 0, inVote: 0 }),
    pauses(),
  ],
  properties: safetyAndProgress,
  reach: [
    'crashed-in-fsync',
    'torn-tail-cut',
    'restarted-from-snapshot',
    'reply-remembered',
    'read-at-leader',
  ],
});
