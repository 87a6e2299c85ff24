import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A completion for entries that were replaced meanwhile confirms their successors, which are not on disk yet. */
export const storageAckAba: PlantedBug = {
  id: 'storage-ack-aba',
  mistake: 'A storage completion is accepted whatever its term and last entry.',
  source: 'etcd-io/raft rawnode.go',
  breaks: ['committed-durable'],
  scenarios: ['crash-during-fsync'],
  parts: raftRule({ completionConfirms: () => true }),
};
