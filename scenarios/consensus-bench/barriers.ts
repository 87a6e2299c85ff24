/** What a barrier costs without a world: arrivals of 64 participants, all of a generation at once, three replicas in memory. */
import { runBarrier } from '../bench/coordination-alone.ts';
import { figuresOf, figuresResult, sized } from './section.ts';
import type { Measuring, SectionResult } from './section.ts';

/** @throws Interrupted */
export async function barriers(measuring: Measuring): Promise<SectionResult> {
  const generations = sized(measuring, 600);
  const figures = await figuresOf(measuring, [
    {
      id: 'participants-64',
      label: '64 participants at once',
      unit: 'arrivalsPerSecond',
      run: () => runBarrier(generations),
    },
  ]);
  return figuresResult('Arrivals at a barrier that trips each time, three replicas in memory.', figures);
}
