/** How a generation of a barrier filled: after each that came or left how many were there, and how many it took just then. */
import { arrivedBy } from './barrier-lanes.ts';
import type { BarrierLane } from './run-page.ts';

/** From this instant to the next step's. */
export interface BarrierStep {
  readonly atUs: number;
  /** How many had arrived, and had not left. */
  readonly arrived: number;
  /** How many it took: participants come and go meanwhile. */
  readonly needed: number;
}

/** The steps of a generation in their order: up with each that arrives, down with each that leaves. */
export function barrierSteps(
  { needed }: Pick<BarrierLane, 'needed'>,
  generation: BarrierLane['generations'][number],
): readonly BarrierStep[] {
  const { arrived, fromUs, toUs } = generation;
  const instants = [
    ...arrived.flatMap(({ atUs, untilUs }) => (untilUs < 0 ? [atUs] : [atUs, untilUs])),
    ...needed.map(({ atUs }) => atUs).filter((us) => us >= fromUs && us <= toUs),
  ].sort((a, b) => a - b);
  const first = arrived[0]?.atUs ?? Infinity;
  return [...new Set(instants)]
    .filter((us) => us >= first)
    .map((atUs) => ({
      atUs,
      arrived: arrivedBy(generation, atUs).length,
      needed: needed.findLast((one) => one.atUs <= atUs)?.needed ?? 0,
    }));
}
