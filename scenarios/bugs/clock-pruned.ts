import { siblingRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** A client that knew of a write is taken for one that did not, or the other way round. */
export const clockPruned: PlantedBug = {
  id: 'clock-pruned',
  mistake: "A key's clock keeps its two newest actors only.",
  source: 'riak_core#613',
  breaks: ['causality'],
  scenarios: ['conflicting-writes'],
  parts: siblingRule({ kept: (clock) => new Map([...clock].slice(-2)) }),
};
