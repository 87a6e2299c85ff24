import { pauses } from '../../sim/nemesis/pauses.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** Processes, often the leader, stop for longer than an election and go on believing what they believed. */
export default scenario({
  name: 'long-pause',
  summary: 'Servers, often the leader, stop for longer than an election and go on as if nothing had been.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 3, get: 5, cas: 1 }),
  faults: [pauses({ everyMs: [400, 2_000], lastMs: [200, 2_500], leader: 0.5 })],
  properties: safetyAndProgress,
  reach: ['leader-paused', 'two-leaders', 'leader-deposed-uncommitted', 're-elected'],
});
