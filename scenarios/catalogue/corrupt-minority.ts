import { crashes } from '../../sim/nemesis/crashes.ts';
import { damage } from '../../sim/nemesis/disk-trouble.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * The disks of a minority rot, and put writes where they do not belong; it shows when a server comes back. One that has lost what it had acknowledged must
 * not vote before its peers have given it back, through crashes in the middle of that, elections, and partitions; votes that it gave still bind it.
 */
export default scenario({
  name: 'corrupt-minority',
  summary:
    'Rot and misdirected writes on a minority: servers that lost their log abstain, and are repaired by the others.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 15_000,
  ...healing,
  process: replica({ snapshotEvery: [20, 200] }),
  workload: mix({ put: 6, get: 3, delete: 1, cas: 2 }, { thinkMs: [5, 60] }),
  faults: [
    damage({ everyMs: [500, 2_500], downMs: [20, 600] }),
    crashes({ everyMs: [500, 2_500], downMs: [20, 500], power: 0.5, leader: 0.4, aimedAtFsync: 0.2 }),
    partitions({ everyMs: [3_000, 6_000], lastMs: [300, 1_500] }),
  ],
  properties: safetyAndProgress,
  reach: [
    'damage-found',
    'repaired',
    'snapshot-damaged',
    'crashed-in-repair',
    're-elected',
    'snapshot-installed',
  ],
});
