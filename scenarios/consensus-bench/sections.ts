/** The parts of the benchmark, in the order in which they are run and told. */
import { barriers } from './barriers.ts';
import { checkers } from './checkers.ts';
import { conflicts } from './conflicts.ts';
import { elections } from './elections.ts';
import { locks } from './locks.ts';
import { replication } from './replication.ts';
import type { Measuring, SectionResult } from './section.ts';
import { worldSpeed } from './world-speed.ts';

/** One part: what `--only` takes, and what measures it. */
export interface Section {
  readonly name: string;
  /** It puts files into the folder that it is given. */
  readonly needsFolder?: true;
  /** @throws Interrupted */
  readonly measure: (measuring: Measuring) => Promise<SectionResult>;
}

/** All parts. */
export const sections: readonly Section[] = [
  { name: 'elections', measure: elections },
  { name: 'replication', needsFolder: true, measure: replication },
  { name: 'locks', measure: locks },
  { name: 'barriers', measure: barriers },
  { name: 'conflicts', measure: conflicts },
  { name: 'world-speed', measure: worldSpeed },
  { name: 'checkers', measure: checkers },
];
