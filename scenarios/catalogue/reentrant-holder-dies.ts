import { clientFaults } from '../../sim/nemesis/clients.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { scenario } from '../define.ts';
import { lockTurns } from '../lock-workload.ts';
import { replica } from '../replica-system.ts';
import { healing, lockSafety } from './standards.ts';

/** Who acquired a lock twice dies: one end of its lease frees the lock, however often it was acquired, and the next in line has it once. */
export default scenario({
  name: 'reentrant-holder-dies',
  summary: 'Holders that acquired twice die: the lease ends once, and the next in line has the lock.',
  nodes: 3,
  clients: [3, 6],
  durationMs: 60_000,
  ...healing,
  process: replica(),
  workload: lockTurns({
    locks: [1, 2],
    ttlsMs: [2_000, 4_000],
    waitsMs: [4_000, 12_000],
    writes: [1, 4],
    reenterChance: 90,
  }),
  faults: [
    clientFaults({ everyMs: [2_000, 5_000], lastMs: [500, 6_000], holderCrash: 1 }),
    crashes({ everyMs: [6_000, 15_000], downMs: [200, 1_500], leader: 0.7 }),
  ],
  properties: lockSafety,
  reach: ['reentrant-holder-died', 'lock-reentered', 'lease-expired', 'granted-from-queue'],
});
