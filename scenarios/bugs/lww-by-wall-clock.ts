import { siblingRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** Whose clock is ahead wins, for as long as it is ahead. */
export const lwwByWallClock: PlantedBug = {
  id: 'lww-by-wall-clock',
  mistake: "The writer's wall clock decides between concurrent writes.",
  source: 'Jepsen, Cassandra 2013',
  breaks: ['linearizable-register'],
  scenarios: ['conflicting-writes'],
  parts: siblingRule({ wins: (incoming, standing) => incoming.wallUs > standing.wallUs }),
};
