import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** What was on its way when the leader started anew counts for ever; the window is full of it, and one append at a time leaves, or none. */
export const inflightBytesLeak: PlantedBug = {
  id: 'inflight-bytes-leak',
  mistake: 'The in-flight counter is not reset.',
  source: 'etcd-io/raft e419ba5',
  breaks: ['progress'],
  alsoOff: 'one append may always leave (mayPipeline)',
  scenarios: ['slow-follower', 'lossy-and-slow'],
  parts: raftRule({
    bytesInFlightAfterRestart: (bytes) => bytes,
    mayPipeline: (appends, appendsMax, bytes, bytesMax) => appends < appendsMax && bytes < bytesMax,
  }),
};
