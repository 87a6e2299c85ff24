import { raftRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';
import { sendingLate } from './old-leader-stamps-new-term.ts';

/** A leader that takes another's appends while it leads removes entries of its own log. */
export const leaderObeysRival: PlantedBug = {
  id: 'leader-obeys-rival',
  mistake: 'A leader takes the appends of another leader of its term, and goes on leading.',
  source: 'paper 5.2, figure 3',
  breaks: ['leader-append-only', 'committed-durable', 'log-matching'],
  alsoOff:
    'no term has two leaders: a deposed one stamps its appends with the new term (old-leader-stamps-new-term)',
  scenarios: ['long-pause'],
  parts: {
    ...raftRule({ returnsToFollower: (leaderTerm, currentTerm) => leaderTerm > currentTerm }),
    make: sendingLate,
  },
};
