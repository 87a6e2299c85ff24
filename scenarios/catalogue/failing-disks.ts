import { crashes, majorityRestarts } from '../../sim/nemesis/crashes.ts';
import { damage, fsyncErrors, fullDisks } from '../../sim/nemesis/disk-trouble.ts';
import { fsyncStalls } from '../../sim/nemesis/disks.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * All that disks do, at once, and faster than it is made good: a server rots again while it is repaired, its disk fills up as the repaired log is
 * written, fsyncs fail where the rest loses power. Short logs and many snapshots make every record one that damage may hit.
 */
export default scenario({
  name: 'failing-disks',
  summary:
    'Rot, misdirected writes, failing and stuck fsyncs, full disks and power cuts, all at once, faster than repair.',
  nodes: [3, 7],
  clients: [2, 4],
  durationMs: 15_000,
  ...healing,
  process: replica({ snapshotEvery: [5, 40], keptBehind: [0, 3] }),
  workload: mix({ put: 6, get: 2, delete: 1, cas: 2 }, { thinkMs: [5, 60] }),
  faults: [
    damage({ everyMs: [100, 700], downMs: [5, 200], misdirected: 0.6 }),
    crashes({ everyMs: [400, 2_000], downMs: [5, 300], power: 0.7, leader: 0.5, aimedAtFsync: 0.4 }),
    majorityRestarts({ everyMs: [2_000, 5_000], downMs: [5, 200] }),
    fsyncErrors({ everyMs: [2_000, 5_000], lastMs: [20, 600] }),
    fullDisks({ everyMs: [2_000, 5_000], lastMs: [50, 600] }),
    fsyncStalls({ everyMs: [3_000, 7_000] }),
    partitions({ everyMs: [3_000, 6_000], lastMs: [200, 1_000] }),
  ],
  properties: safetyAndProgress,
  reach: [
    'damage-found',
    'repaired',
    'snapshot-damaged',
    'crashed-in-repair',
    'disk-failed',
    'disk-was-full',
    'snapshot-installed',
    're-elected',
  ],
});
