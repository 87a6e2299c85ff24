/** The parts of the benchmark, in the order in which they are run and told. */
import { barriers } from './barriers.ts';
import { checkers } from './checkers.ts';
import { conflicts } from './conflicts.ts';
import { elections } from './elections.ts';
import { locks } from './locks.ts';
import { replication, requireFolder } from './replication.ts';
import type { Measuring, SectionResult } from './section.ts';
import { worldSpeed } from './world-speed.ts';

/** One part: what `--only` takes, and what measures it. */
export interface Section {
  readonly name: string;
  /** Looks whether it can be measured here, before anything is. @throws InputError */
  readonly require?: () => void;
  /** @throws Interrupted */
  readonly measure: (measuring: Measuring) => Promise<SectionResult>;
}

/** All parts. */
export const sections: readonly Section[] = [
  { name: 'elections', measure: elections },
  { name: 'replication', require: requireFolder, measure: replication },
  { name: 'locks', measure: locks },
  { name: 'barriers', measure: barriers },
  { name: 'conflicts', measure: conflicts },
  { name: 'world-speed', measure: worldSpeed },
  // Last: the engine runs everything slower once it has been sampled.
  { name: 'checkers', measure: checkers },
];
