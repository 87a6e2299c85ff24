import { crashes, majorityRestarts } from '../../sim/nemesis/crashes.ts';
import { fsyncErrors } from '../../sim/nemesis/disk-trouble.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Fsyncs fail. A replica must stop and never ask again: what the failed one should have covered stays readable, and is lost with the next power cut
 * although a second fsync would have said that it is durable.
 */
export default scenario({
  name: 'fsync-errors',
  summary:
    'Fsyncs fail: servers stop, are started again, and lose power; nobody counts on what no fsync has covered.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 15_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 6, get: 3, delete: 1 }, { thinkMs: [5, 60] }),
  faults: [
    fsyncErrors({ everyMs: [400, 2_000], lastMs: [20, 1_000] }),
    crashes({ everyMs: [800, 3_000], downMs: [20, 500], power: 0.8 }),
    majorityRestarts({ everyMs: [4_000, 8_000], downMs: [20, 300] }),
  ],
  properties: safetyAndProgress,
  reach: ['disk-failed', 're-elected', 'crashed-in-fsync'],
});
