import { clientFaults } from '../../sim/nemesis/clients.ts';
import { driftingClocks, jumpingWallClocks } from '../../sim/nemesis/clocks.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { turns } from '../turn-workload.ts';
import { healing, lockSafety } from './standards.ts';

/** Renewals by clocks that drift as far as is allowed for: no lease ends early, and no work starts late. */
export default scenario({
  name: 'lease-drift',
  summary: 'Leases renewed by clocks that drift up to the bound: none ends early, no work starts late.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 60_000,
  ...healing,
  process: replica(),
  workload: turns({ ttlsMs: [1_000, 2_000], stepMs: [20, 200] }),
  faults: [
    driftingClocks({ everyMs: [500, 2_000], lastMs: [1_000, 6_000], ppm: 8_000 }),
    jumpingWallClocks(),
    clientFaults({ everyMs: [3_000, 9_000], lastMs: [500, 3_000], holderPause: 2, holderCrash: 1 }),
    crashes({ everyMs: [4_000, 12_000], downMs: [200, 1_500], leader: 0.8 }),
  ],
  properties: lockSafety,
  reach: ['lease-expired', 'work-started', 're-elected', 'granted-from-queue'],
});
