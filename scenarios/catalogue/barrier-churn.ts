import { crashes } from '../../sim/nemesis/crashes.ts';
import { lossyLinks } from '../../sim/nemesis/links.ts';
import { rounds } from '../barrier-workload.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { barrierSafetyWithSessionsOf, healing } from './standards.ts';

/** Participants join and leave while generations trip: the threshold is looked at again each time. */
export default scenario({
  name: 'barrier-churn',
  summary: 'Participants join and leave while generations trip, over lossy links.',
  nodes: 3,
  clients: [4, 9],
  durationMs: 40_000,
  ...healing,
  process: replica({ sessionTtlMs: 10_000 }),
  workload: rounds({
    kinds: ['full', 'partial', 'cascade'],
    leaveChance: 50,
    closeChance: 6,
    thinkMs: [5, 120],
    resetChance: 5,
  }),
  faults: [
    lossyLinks({ everyMs: [1_000, 4_000], lastMs: [500, 2_500], lossPpm: [50_000, 300_000] }),
    crashes({ everyMs: [3_000, 9_000], downMs: [200, 1_500], leader: 0.7 }),
  ],
  properties: barrierSafetyWithSessionsOf(10_000_000),
  reach: ['barrier-tripped', 'barrier-waiter-left', 'barrier-emptied', 'session-closed', 'arrival-waited'],
});
