import { clientFaults } from '../../sim/nemesis/clients.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { scenario } from '../define.ts';
import { lockTurns } from '../lock-workload.ts';
import { replica } from '../replica-system.ts';
import { healing, lockSafetyWithSessionsOf } from './standards.ts';

/** Whoever waits in line dies, closes its session or stops waiting: nothing is granted to the dead (etcd#11456), and the living keep their places. */
export default scenario({
  name: 'waiters-die',
  summary:
    'Waiters die, close their sessions or stop waiting: the dead are granted nothing, the living keep their places.',
  nodes: 3,
  clients: [5, 10],
  durationMs: 90_000,
  ...healing,
  process: replica({ sessionTtlMs: 10_000 }),
  workload: lockTurns({
    locks: 1,
    ttlsMs: [4_000, 8_000],
    waitsMs: [2_000, 30_000],
    thinkMs: [100, 600],
    closeChance: 10,
    forgetChance: 20,
  }),
  faults: [
    clientFaults({ everyMs: [1_000, 4_000], lastMs: [2_000, 30_000], waiterCrash: 3, holderCrash: 1 }),
    crashes({ everyMs: [8_000, 20_000], downMs: [200, 1_500], leader: 0.7 }),
  ],
  properties: lockSafetyWithSessionsOf(10_000_000),
  reach: [
    'waiter-died',
    'waiter-timed-out',
    'granted-from-queue',
    'lock-freed-with-session',
    'session-expired',
    'session-closed',
  ],
});
