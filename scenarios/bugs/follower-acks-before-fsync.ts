import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The acknowledgement counts towards a majority although a power cut can still take the entry back. */
export const followerAcksBeforeFsync: PlantedBug = {
  id: 'follower-acks-before-fsync',
  mistake: 'A follower acknowledges entries before they are durable, duplicates above all.',
  source: 'yugabyte#32875',
  breaks: ['committed-durable'],
  scenarios: ['crash-during-fsync', 'torn-tail', 'steady-state'],
  parts: raftRule({ acknowledgementMayLeave: () => true }),
};
