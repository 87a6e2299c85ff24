import { clientFaults } from '../../sim/nemesis/clients.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { scenario } from '../define.ts';
import { lockTurns } from '../lock-workload.ts';
import { replica } from '../replica-system.ts';
import { healing, lockSafety } from './standards.ts';

/**
 * A holder sleeps through its lease, wakes, and writes as if nothing had been: another has the lock by then, and the token tells them apart
 * (Kleppmann 2016; Burrows 2006, section 2.4).
 */
export default scenario({
  name: 'zombie-holder',
  summary: 'Holders sleep through their lease, wake, and write with the token of yesterday.',
  nodes: 3,
  clients: [3, 5],
  durationMs: 60_000,
  ...healing,
  process: replica(),
  workload: lockTurns({
    locks: [1, 2],
    ttlsMs: [1_000, 2_000],
    writes: [2, 6],
    staleChance: 5,
    waitsMs: [0, 4_000, 12_000],
  }),
  faults: [
    clientFaults({ everyMs: [2_000, 6_000], lastMs: [1_500, 9_000], holderPause: 3, pause: 1 }),
    crashes({ everyMs: [6_000, 15_000], downMs: [200, 1_500], leader: 0.7 }),
  ],
  properties: lockSafety,
  reach: ['lease-expired', 'granted-from-queue', 'stale-token-refused', 'holder-slept-through-lease'],
});
