import type { PlantedBug } from './bug.ts';
import { raftRule } from './bug.ts';

/** No round is waited for: who was deposed and does not know it answers from an old state. */
export const readByRole: PlantedBug = {
  id: 'read-by-role',
  mistake: 'A read is served by whoever believes it leads.',
  source: 'sofa-jraft#25',
  breaks: ['linearizable-register'],
  scenarios: ['follower-reads', 'leader-isolated'],
  parts: raftRule({ roundConfirmsRead: () => true }),
};
