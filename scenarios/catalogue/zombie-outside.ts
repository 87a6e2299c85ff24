import { clientFaults } from '../../sim/nemesis/clients.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { scenario } from '../define.ts';
import { lockTurns } from '../lock-workload.ts';
import { replica } from '../replica-system.ts';
import { healing, lockSafety } from './standards.ts';

/**
 * The zombie writes to a resource that cannot ask who holds the lock. It keeps the greatest token that it has seen, durably and with the data, and refuses
 * smaller ones: through its own crashes too.
 */
export default scenario({
  name: 'zombie-outside',
  summary: 'Holders sleep through their lease, and write to a resource outside the group, which crashes too.',
  nodes: 3,
  clients: [4, 6],
  durationMs: 60_000,
  ...healing,
  process: replica({ resource: true }),
  workload: lockTurns({
    locks: [1, 2],
    ttlsMs: [1_000, 2_000],
    writes: [2, 6],
    staleChance: 5,
    waitsMs: [0, 4_000, 12_000],
    outside: true,
  }),
  faults: [
    clientFaults({ everyMs: [2_000, 6_000], lastMs: [1_500, 9_000], holderPause: 3, crash: 1 }),
    crashes({ everyMs: [8_000, 20_000], downMs: [200, 1_500], leader: 0.7 }),
  ],
  properties: lockSafety,
  reach: [
    'lease-expired',
    'granted-from-queue',
    'holder-slept-through-lease',
    'resource-wrote',
    'resource-refused',
  ],
});
