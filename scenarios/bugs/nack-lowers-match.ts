import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/**
 * A leader takes a refusal for news of what the follower holds, and forgets what it has acknowledged. Only an old refusal can say less than the match, and those are
 * told apart before they are heard: with that defence the mistake changes nothing.
 */
export const nackLowersMatch: PlantedBug = {
  id: 'nack-lowers-match',
  mistake: 'A refusal lowers what the leader knows the follower to hold.',
  source: 'CCF#5326',
  breaks: ['monotonic'],
  alsoOff:
    'a refusal of something acknowledged since, or of an earlier attempt, is old news (refusalIsStale)',
  scenarios: ['duplicated-and-reordered', 'lossy-and-slow'],
  parts: raftRule({
    refusalIsStale: () => false,
    matchAfterRefusal: (matchIndex, agreedIndex) => Math.min(matchIndex, agreedIndex),
  }),
};
