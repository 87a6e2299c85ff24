import { crashes, minorityRestarts } from '../../sim/nemesis/crashes.ts';
import { fsyncStalls } from '../../sim/nemesis/disks.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** The largest group: quorums of four overlap in one server alone, three may be away at once, and partitions have more shapes than in small groups. */
export default scenario({
  name: 'seven-nodes',
  summary: 'Seven servers: quorums of four, partitions of every shape, up to three servers away.',
  nodes: 7,
  clients: [2, 5],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix({ put: 5, get: 4, cas: 2, delete: 1 }, { thinkMs: [20, 150] }),
  faults: [
    partitions({
      everyMs: [800, 3_000],
      lastMs: [300, 1_500],
      kinds: {
        split: 3,
        isolated: 1,
        isolatedLeader: 2,
        isolatedAtElection: 1,
        oneWay: 1,
        bridge: 1,
        ring: 1,
      },
    }),
    crashes({ everyMs: [800, 3_000], downMs: [50, 1_000], power: 0.5, leader: 0.4 }),
    minorityRestarts({ everyMs: [2_000, 5_000] }),
    fsyncStalls({ everyMs: [3_000, 6_000], lastMs: [200, 1_500] }),
  ],
  properties: safetyAndProgress,
  reach: ['re-elected', 'vote-split', 'two-leaders', 'log-truncated', 'stepped-down-without-quorum'],
});
