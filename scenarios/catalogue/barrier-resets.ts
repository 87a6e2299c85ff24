import { crashes } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { rounds } from '../barrier-workload.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { barrierSafety, healing } from './standards.ts';

/** Resets that race one another, arrivals and trips: each ends the generation that it names, or changes nothing. */
export default scenario({
  name: 'barrier-resets',
  summary: 'Resets race one another, arrivals and trips.',
  nodes: 3,
  clients: [4, 8],
  durationMs: 40_000,
  ...healing,
  process: replica(),
  workload: rounds({ resetChance: 60, thinkMs: [5, 80], strangeChance: 15, lateChance: 3 }),
  faults: [
    partitions({ everyMs: [2_000, 6_000], lastMs: [300, 2_000] }),
    crashes({ everyMs: [4_000, 12_000], downMs: [200, 1_500], leader: 0.7 }),
  ],
  properties: barrierSafety,
  reach: ['barrier-tripped', 'barrier-reset', 'reset-came-late', 'barrier-broken-by-parent'],
});
