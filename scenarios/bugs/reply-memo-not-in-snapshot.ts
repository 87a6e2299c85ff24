import { machineRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A replica that starts from a snapshot executes a retried request a second time. */
export const replyMemoNotInSnapshot: PlantedBug = {
  id: 'reply-memo-not-in-snapshot',
  mistake: 'The remembered replies are missing from the snapshot.',
  source: 'curvine#676',
  breaks: ['exactly-once'],
  alsoOff: 'the digest of the state does not cover the replies either',
  scenarios: ['majority-restarts', 'follower-behind-snapshot', 'minority-restarts'],
  parts: machineRule({ sections: ['sessions', 'registers'] }),
};
