import { siblingRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A new write has the name of an old one, and whoever has seen that takes it for seen. */
export const dotReused: PlantedBug = {
  id: 'dot-reused',
  mistake: "After a delete an actor's counter starts again.",
  source: 'riak_kv#679',
  breaks: ['causality'],
  scenarios: ['conflicting-writes'],
  parts: siblingRule({ tombstone: () => new Map() }),
};
