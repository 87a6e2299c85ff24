import { clientFaults } from '../../sim/nemesis/clients.ts';
import { driftingClocks } from '../../sim/nemesis/clocks.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { lockSafety } from './standards.ts';
import { scenario } from '../define.ts';
import { lockTurns } from '../lock-workload.ts';
import { replica } from '../replica-system.ts';

/**
 * Servers' clocks run up to a third too fast or too slow, far beyond what leases allow for: they end early, and their holders do not know. What rests on that bound is
 * switched off; fencing must hold all the same.
 */
export default scenario({
  name: 'lease-drift-beyond',
  summary: 'Clocks drift far beyond the bound: leases end early, and fencing holds all the same.',
  nodes: 3,
  clients: [3, 5],
  durationMs: 60_000,
  process: replica(),
  workload: lockTurns({ locks: [1, 2], ttlsMs: [1_000, 2_000], writes: [3, 8], waitsMs: [0, 4_000, 12_000] }),
  faults: [
    driftingClocks({ everyMs: [500, 2_000], lastMs: [1_000, 6_000], ppm: 300_000 }),
    clientFaults({ everyMs: [3_000, 9_000], lastMs: [500, 4_000], holderPause: 1 }),
    crashes({ everyMs: [5_000, 12_000], downMs: [200, 1_500], leader: 0.8 }),
  ],
  // The model of the lock lets a lease lapse by the length that it was granted for; elections, too, count on clocks: nothing is said of progress.
  properties: lockSafety.filter(({ id }) => id !== 'linearizable-lock' && id !== 'progress'),
  reach: ['lease-expired', 'granted-from-queue', 'stale-token-refused'],
});
