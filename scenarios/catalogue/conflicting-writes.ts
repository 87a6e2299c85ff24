import { jumpingWallClocks } from '../../sim/nemesis/clocks.ts';
import { clientFaults } from '../../sim/nemesis/clients.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { conflicts } from '../sibling-workload.ts';
import { healing, siblingSafety } from './standards.ts';

/**
 * Writes that do not know of each other, under each strategy, through partitions and restarts of servers and clients, by clocks that disagree by hours: clocks order the causal
 * pairs and no others, and no acknowledged write loses to an earlier one.
 */
export default scenario({
  name: 'conflicting-writes',
  summary:
    'Concurrent writes under each conflict strategy, through partitions, restarts and jumping wall clocks.',
  nodes: [3, 5],
  clients: [2, 6],
  durationMs: 20_000,
  ...healing,
  process: replica(),
  workload: conflicts(),
  faults: [
    partitions({ everyMs: [1_500, 5_000], lastMs: [300, 2_500] }),
    crashes({ everyMs: [2_000, 6_000], downMs: [100, 1_500], leader: 0.6, power: 0.3 }),
    clientFaults({ everyMs: [2_000, 8_000], lastMs: [200, 2_000], crash: 2, pause: 1 }),
    jumpingWallClocks(),
  ],
  properties: siblingSafety,
  reach: [
    're-elected',
    'siblings-kept',
    'values-merged',
    'write-rejected',
    'key-deleted',
    'snapshot-installed',
  ],
});
