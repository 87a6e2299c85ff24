import { clientFaults } from '../../sim/nemesis/clients.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { rounds } from '../barrier-workload.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { barrierSafetyWithSessionsOf, healing } from './standards.ts';

/** Full, partial, timed and cascading barriers whose participants die, come late and come back, under leaders that crash. */
export default scenario({
  name: 'barriers-under-crashes',
  summary: 'Barriers of each kind with participants that crash and come late, under crashing leaders.',
  nodes: 3,
  clients: [3, 7],
  durationMs: 60_000,
  ...healing,
  process: replica({ sessionTtlMs: 10_000 }),
  workload: rounds(),
  faults: [
    clientFaults({ everyMs: [2_000, 8_000], lastMs: [500, 6_000], crash: 2, pause: 1 }),
    crashes({ everyMs: [2_000, 8_000], downMs: [200, 1_500], leader: 0.7, power: 0.3 }),
  ],
  properties: barrierSafetyWithSessionsOf(10_000_000),
  reach: [
    're-elected',
    'barrier-tripped',
    'barrier-timed-out',
    'barrier-broken-by-parent',
    'barrier-waiter-left',
    'arrival-waited',
  ],
});
