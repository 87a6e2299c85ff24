import { crashes } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/**
 * Reads are asked of any replica, few keys are written all the time, and the network is cut in every shape there is: whoever
 * answers from what it has, without having asked a leader that a quorum still follows, shows an old value. Some replicas have room for few reads at a time.
 */
export default scenario({
  name: 'follower-reads',
  summary: 'Reads at any replica, over few keys, under partitions of every shape.',
  nodes: [3, 5],
  clients: [3, 6],
  durationMs: 12_000,
  ...healing,
  process: replica({ readsAt: 'any', pendingReads: [4, 100] }),
  workload: mix({ put: 3, get: 6 }, { keys: [1, 3], thinkMs: [5, 60] }),
  faults: [
    partitions({
      everyMs: [300, 1_500],
      lastMs: [300, 2_000],
      kinds: {
        split: 2,
        isolated: 1,
        isolatedLeader: 2,
        isolatedAtElection: 1,
        oneWay: 2,
        bridge: 1,
        ring: 1,
      },
    }),
    crashes({ everyMs: [1_500, 4_000], downMs: [100, 600], power: 0.5 }),
  ],
  properties: safetyAndProgress,
  reach: ['read-at-leader', 'read-at-follower', 're-elected', 'two-leaders', 'redirected', 'read-refused'],
});
