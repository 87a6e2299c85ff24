/**
 * What a conflict costs without a world, under each strategy: three replicas in memory. Two actors write to a key with the same context, so that the second write is
 * concurrent with the first; what becomes of it is the strategy's. Where both values stay, the application's own write, which covers both, counts as well: a conflict
 * is resolved when one value stands.
 */
import type { Operation } from '../../core/machine/commands.ts';
import type { RegisterValue } from '../../core/machine/registers/registers.ts';
import type { Context } from '../../core/machine/siblings/operations.ts';
import { MemoryGroup } from '../bench/memory-group.ts';
import { figuresOf, figuresResult, sized } from './section.ts';
import type { Measure, Measuring, SectionResult } from './section.ts';

/** An answer to a write. */
interface Standing {
  readonly siblings: readonly { readonly value: RegisterValue }[];
  readonly context: Context;
  readonly rejected?: true;
}

/** How a strategy is tried. */
interface Trial {
  readonly id: string;
  readonly label: string;
  readonly prefix: string;
  /** What the two actors write. */
  readonly values: readonly [first: RegisterValue, second: RegisterValue];
  /** What must stand after the second write. */
  readonly stands: readonly RegisterValue[];
  /** Written by the application over what stands. */
  readonly resolution?: RegisterValue;
}

const trials: readonly Trial[] = [
  {
    ...{ id: 'last-writer-wins', label: 'last writer wins', prefix: 'lww:' },
    ...{ values: [1, 2], stands: [2] },
  },
  {
    ...{ id: 'merge-max', label: 'merge: max', prefix: 'max:' },
    ...{ values: [2, 1], stands: [2] },
  },
  {
    ...{ id: 'merge-union', label: 'merge: union', prefix: 'union:' },
    ...{ values: ['b', 'a'], stands: ['a b'] },
  },
  {
    ...{ id: 'application-callback', label: 'application', prefix: 'app:' },
    ...{ values: [1, 2], stands: [1, 2], resolution: 3 },
  },
  {
    ...{ id: 'reject', label: 'reject', prefix: 'reject:' },
    ...{ values: [1, 2], stands: [1] },
  },
];

const WARM_UP = 512;
const BATCH = 64;

/**
 * Conflicts resolved a second.
 * @param batch on how many keys at once
 * @throws Error where something else stands than the strategy says: the figure would be of something else
 */
export function runConflicts(trial: Trial, conflicts: number, batch: number): number {
  const group = new MemoryGroup();
  const keys = Array.from({ length: batch }, (_, i) => `${trial.prefix}${i}`);
  const contexts = new Map<string, Context>();
  const write = (actor: string, value: RegisterValue): readonly Standing[] => {
    const answers = group.ask(
      keys.map((key): Operation => {
        const context = contexts.get(key);
        return { f: 'putSiblings', key, actor, value, ...(context !== undefined && { context }) };
      }),
    );
    return answers as readonly Standing[];
  };
  const saw = (standing: readonly Standing[]): void => {
    keys.forEach((key, i) => contexts.set(key, standing[i]!.context));
  };
  const round = (): void => {
    write('a', trial.values[0]);
    const standing = write('b', trial.values[1]);
    requireStands(trial, standing);
    saw(standing);
    if (trial.resolution !== undefined) saw(write('a', trial.resolution));
  };
  for (let warm = 0; warm < WARM_UP; warm += batch) round();
  const startedAt = performance.now();
  for (let done = 0; done < conflicts; done += batch) round();
  return conflicts / ((performance.now() - startedAt) / 1e3);
}

function requireStands({ id, stands }: Trial, answers: readonly Standing[]): void {
  for (const { siblings, rejected } of answers) {
    const same = siblings.length === stands.length && siblings.every(({ value }, i) => value === stands[i]);
    if (!same || (rejected === true) !== (id === 'reject'))
      throw new Error(`under ${id} there stands ${JSON.stringify(siblings)}`);
  }
}

/** Each strategy, one by one and in batches. */
function measuresOf(measuring: Measuring): Measure[] {
  const alone = sized(measuring, 4_000);
  const together = BATCH * sized(measuring, 100);
  const unit = 'conflictsPerSecond';
  return trials.flatMap((trial) => [
    {
      ...{ id: `${trial.id}-one-by-one`, label: `${trial.label}, one by one`, unit },
      run: () => runConflicts(trial, alone, 1),
    },
    {
      ...{ id: `${trial.id}-batches-of-64`, label: `${trial.label}, ${BATCH} keys at once`, unit },
      run: () => runConflicts(trial, together, BATCH),
    },
  ]) as Measure[];
}

/** @throws Interrupted */
export async function conflicts(measuring: Measuring): Promise<SectionResult> {
  return figuresResult(
    'Conflicts resolved: two concurrent writes, and where both values stay the application’s third. Three replicas in memory.',
    await figuresOf(measuring, measuresOf(measuring)),
  );
}
