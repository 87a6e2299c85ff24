import { crashes, majorityRestarts } from '../../sim/nemesis/crashes.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Power cuts under heavy writing, with fsyncs that take tens of milliseconds: long unsynced tails are torn in sectors, cut at recovery, and cut again when
 * the power goes during recovery itself. What a cut removed must not come back at a later boot.
 */
export default scenario({
  name: 'torn-tail',
  summary:
    'Power cuts under heavy writing on slow disks: torn tails are cut, again and again, also during recovery.',
  nodes: [3, 5],
  clients: [3, 6],
  durationMs: 12_000,
  ...healing,
  process: replica({ batchEntries: [8, 64] }),
  workload: mix({ put: 8, get: 1, delete: 1 }, { thinkMs: [40, 200], mode: 'open', burst: [8, 60] }),
  fsync: { minUs: 1_000, maxUs: 12_000, tailPpm: 50_000, tailMaxUs: 80_000 },
  faults: [
    crashes({ everyMs: [150, 900], downMs: [5, 400], power: 1, aimedAtFsync: 0.6 }),
    majorityRestarts({ everyMs: [2_000, 5_000], downMs: [20, 300] }),
  ],
  properties: safetyAndProgress,
  reach: ['crashed-in-fsync', 'torn-tail-cut', 're-elected', 'restarted-from-snapshot'],
});
