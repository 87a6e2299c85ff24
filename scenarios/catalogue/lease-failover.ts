import { clientFaults } from '../../sim/nemesis/clients.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { scenario } from '../define.ts';
import { lockTurns } from '../lock-workload.ts';
import { replica } from '../replica-system.ts';
import { healing, lockSafety } from './standards.ts';

/**
 * Holders die while others wait, and the leader too: the next one has had the lease armed all the time and ends it in time, neither early (etcd#12528) nor
 * as if it had just begun (etcd#9395).
 */
export default scenario({
  name: 'lease-failover',
  summary: 'Holders die with others waiting, across failovers: leases end neither early nor late.',
  nodes: [3, 5],
  clients: [3, 6],
  durationMs: 60_000,
  ...healing,
  process: replica(),
  workload: lockTurns({
    locks: [1, 2],
    ttlsMs: [0, 2_000, 4_000],
    waitsMs: [3_000, 15_000],
    thinkMs: [50, 300],
  }),
  faults: [
    clientFaults({ everyMs: [2_000, 5_000], lastMs: [500, 6_000], holderCrash: 1 }),
    crashes({ everyMs: [2_000, 6_000], downMs: [200, 2_000], leader: 0.8, power: 0.3 }),
  ],
  properties: lockSafety,
  reach: [
    're-elected',
    'lease-expired',
    'holder-died-with-waiter',
    'holder-died-across-failover',
    'granted-from-queue',
  ],
});
