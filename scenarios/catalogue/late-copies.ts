import { crashes } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Every message arrives twice, and one in twenty up to three seconds later: in another term, to another boot, after the session that it belonged to has moved
 * on. Votes, acknowledgements, chunks, questions of reads, requests that were answered long ago: none may be believed for what it was.
 */
export default scenario({
  name: 'late-copies',
  summary: 'Every message arrives twice, and some of them seconds later, across elections and restarts.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica({ snapshotEvery: [20, 200] }),
  workload: mix({ put: 5, get: 4, cas: 2, delete: 1 }, { thinkMs: [20, 150] }),
  network: { lossPpm: 10_000, duplicationPpm: 1_000_000, reorderPpm: 50_000, reorderMaxUs: 3_000_000 },
  faults: [
    crashes({ everyMs: [500, 2_000], downMs: [20, 400], power: 0.4, leader: 0.5 }),
    partitions({ everyMs: [2_000, 5_000], lastMs: [200, 1_000], kinds: { isolatedLeader: 1, isolated: 1 } }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'log-truncated', 'reply-remembered', 'snapshot-installed'],
});
