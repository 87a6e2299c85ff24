import { crashes, outages } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replicaGroups } from '../replica-groups-system.ts';
import { acrossGroups, mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Three groups of three voters, drawn, on five hosts: one host is away for long stretches, others crash. A host takes a member of each of its groups
 * with it, and the groups must not mix anything up: each elects, serves and is judged for itself.
 */
export default scenario({
  name: 'three-groups',
  summary: 'Three groups of three voters share five hosts, of which one is away for long stretches.',
  nodes: 5,
  clients: [2, 4],
  durationMs: 24_000,
  ...healing,
  process: replicaGroups({ count: 3, voters: 3 }),
  workload: acrossGroups(mix({ put: 4, get: 4, delete: 1, cas: 1 }, { keys: [1, 6], thinkMs: [5, 60] })),
  faults: [
    outages({ perMs: 12_000, lastMs: [5_000, 8_000], atMs: [500, 3_000] }),
    crashes({ everyMs: [1_500, 5_000], downMs: [200, 1_500], leader: 0.5, power: 0.5 }),
    partitions({ everyMs: [6_000, 12_000], lastMs: [500, 2_000] }),
  ],
  properties: safetyAndProgress,
  reach: [
    'groups-led-apart',
    'crash-deposed-two',
    're-elected',
    'snapshot-installed',
    'leader-deposed-uncommitted',
  ],
});
