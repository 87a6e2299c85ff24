/** Random numbers of the operating system: elections on real machines must not fall together. */
import { randomInt } from 'node:crypto';
import type { Random } from '../ports.ts';

/** Draws from the system's own source. */
export const systemRandom: Random = {
  below: (bound) => randomInt(bound),
  between: (min, max) => randomInt(min, max + 1),
};
