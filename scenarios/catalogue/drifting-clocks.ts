import { driftingClocks, jumpingWallClocks } from '../../sim/nemesis/clocks.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** Monotonic clocks that drift within ρ and wall clocks that jump by up to an hour: nothing may rest on the latter. */
export default scenario({
  name: 'drifting-clocks',
  summary: 'Clocks that drift within 1 % and wall clocks that jump by up to an hour, among partitions.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 3, get: 5, cas: 1 }),
  faults: [
    driftingClocks(),
    jumpingWallClocks(),
    partitions({ everyMs: [1_000, 3_000], lastMs: [300, 1_500], kinds: { isolatedLeader: 1, split: 1 } }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'two-leaders', 'leader-deposed-uncommitted'],
});
