import { crashes } from '../../sim/nemesis/crashes.ts';
import { slowLinks } from '../../sim/nemesis/links.ts';
import { rounds } from '../barrier-workload.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { barrierSafety, healing } from './standards.ts';

/** The deadline of a generation against its last arrival: it trips or breaks, and everybody hears the same (CURATOR-318). */
export default scenario({
  name: 'barrier-deadline',
  summary: 'The deadline of a generation races its last arrival, across failovers.',
  nodes: 3,
  clients: [2, 5],
  durationMs: 60_000,
  ...healing,
  process: replica(),
  workload: rounds({
    kinds: ['timed', 'cascade'],
    timeoutMs: [300, 1_000],
    thinkMs: [100, 400],
    lateChance: 40,
    leaveChance: 3,
    resetChance: 25,
  }),
  faults: [
    crashes({ everyMs: [2_000, 6_000], downMs: [200, 1_500], leader: 0.8 }),
    slowLinks({ everyMs: [2_000, 6_000], lastMs: [500, 3_000], delayUs: [5_000, 60_000] }),
  ],
  properties: barrierSafety,
  reach: ['barrier-tripped', 'barrier-timed-out', 'deadline-raced-arrival', 're-elected'],
});
