import { barrierRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** An arrival that comes late is taken for the generation that has begun since. */
export const barrierGenerationIgnored: PlantedBug = {
  id: 'barrier-generation-ignored',
  mistake: 'An arrival for an earlier generation counts in the current one.',
  source: 'asyncband#220',
  breaks: ['barrier-not-early', 'linearizable-barrier'],
  scenarios: ['barrier-resets', 'barriers-under-crashes'],
  parts: barrierRule({ arrivalIsFor: (_named, current) => current }),
};
