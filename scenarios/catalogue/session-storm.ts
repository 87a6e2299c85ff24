import { lockProperties } from '../../properties/index.ts';
import { clientFaults } from '../../sim/nemesis/clients.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { scenario } from '../define.ts';
import { lockTurns } from '../lock-workload.ts';
import { replica } from '../replica-system.ts';
import { safety } from './standards.ts';

/**
 * Clients that die as soon as they are up leave a session behind each time, until no more may be open: what comes then is refused, and gets in when others
 * expire. A thousand sessions end in few entries, with the locks that they hold and the places in line that they had.
 *
 * Progress is not judged: a server that restarts counts a session's time anew, so that a group can stay full for as long as a session lives, and for so long
 * nobody is promised a place. Nor is the history of the locks searched: who dies before it has heard of its session leaves requests that nothing can place, and here
 * there are hundreds; exclusion, fences, order and leases are judged in the order of the log.
 */
export default scenario({
  name: 'session-storm',
  summary: 'Clients die again and again and leave their sessions behind, until no more may be open.',
  nodes: 3,
  clients: [10, 14],
  durationMs: 75_000,
  process: replica({ sessionTtlMs: 60_000, snapshotEvery: [300, 1_000], batchEntries: [8, 64] }),
  workload: lockTurns({
    locks: [4, 6],
    thinkMs: [40, 90],
    waitsMs: [0, 500],
    reenterChance: 0,
    closeChance: 0,
  }),
  faults: [
    clientFaults({ everyMs: [15, 45], lastMs: [1, 10], crash: 1 }),
    crashes({ everyMs: [10_000, 30_000], downMs: [200, 1_500], leader: 0.7 }),
  ],
  properties: [...safety, ...lockProperties],
  reach: ['sessions-full', 'session-expired', 'lease-expired', 'lock-granted'],
});
