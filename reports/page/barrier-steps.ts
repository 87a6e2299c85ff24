/** How a generation of a barrier filled: after each that came or left how many were there, and how many it took just then. */
import { countWhile } from '../run-record.ts';
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
  const first = arrived[0]?.atUs ?? Infinity;
  // A barrier of a long run changed thousands of times: only those of this generation are looked at.
  const begun = countWhile(needed.length, (i) => needed[i]!.atUs < fromUs);
  let at = begun;
  const instants = arrived.flatMap(({ atUs, untilUs }) => (untilUs < 0 ? [atUs] : [atUs, untilUs]));
  for (let i = begun; i < needed.length && needed[i]!.atUs <= toUs; i += 1) instants.push(needed[i]!.atUs);
  return [...new Set(instants)]
    .filter((us) => us >= first)
    .sort((a, b) => a - b)
    .map((atUs) => {
      while (at < needed.length && needed[at]!.atUs <= atUs) at += 1;
      return { atUs, arrived: arrivedBy(generation, atUs).length, needed: needed[at - 1]?.needed ?? 0 };
    });
}
