/** What a lock costs without a world: pairs of acquire and release, three replicas in memory. */
import { runLocks } from '../bench/coordination-alone.ts';
import { figuresOf, figuresResult, sized } from './section.ts';
import type { Measuring, SectionResult } from './section.ts';

const BATCH = 64;

/** @throws Interrupted */
export async function locks(measuring: Measuring): Promise<SectionResult> {
  const alone = sized(measuring, 10_000);
  const together = BATCH * sized(measuring, 400);
  const figures = await figuresOf(measuring, [
    { id: 'one-by-one', label: 'one by one', unit: 'pairsPerSecond', run: () => runLocks(alone, 1) },
    {
      id: 'batches-of-64',
      label: `${BATCH} locks at once`,
      unit: 'pairsPerSecond',
      run: () => runLocks(together, BATCH),
    },
  ]);
  return figuresResult('Pairs of acquire and release, three replicas in memory, no world.', figures);
}
