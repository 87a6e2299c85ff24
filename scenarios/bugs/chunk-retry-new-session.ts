import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The last chunk, sent again, begins a snapshot that is complete with it: what it does not bring is empty. */
export const chunkRetryNewSession: PlantedBug = {
  id: 'chunk-retry-new-session',
  mistake: 'A retried last chunk opens a new session.',
  source: 'openraft 2eccb9e1',
  breaks: ['state-machine-safety', 'process-alive'],
  alsoOff:
    'the checksum of the whole (snapshotIsWhole), and size and checksum where chunks are told apart (chunkContinues)',
  scenarios: ['snapshot-chunks'],
  parts: raftRule({
    chunkBegins: () => true,
    snapshotIsWhole: () => true,
    chunkContinues: (arriving, chunk) => arriving.index === chunk.index && arriving.term === chunk.term,
  }),
};
