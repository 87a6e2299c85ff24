/** From time and events to places across the lanes, and back: the causal scale or that of real time, scrolled or zoomed as the page just shows it. */
import { columnOf, timeAt, xOfTime } from './causal-columns.ts';
import type { CausalColumns } from './causal-columns.ts';
import type { RunPage } from './run-page.ts';

/** A scale. Places are px from the left edge of the lanes in view. */
export interface LaneScale {
  readonly kind: 'causal' | 'time';
  /** Px in view. */
  readonly width: number;
  /** What is in view, microseconds. */
  readonly fromUs: number;
  readonly toUs: number;
  /** Microseconds a px; of the causal scale, where it changes from column to column, the least. */
  readonly stepUs: number;
  /** Where an instant lies; in the causal scale that of a host may have a column of its own. */
  readonly x: (us: number, host?: number) => number;
  /** Where an event lies. */
  readonly xEvent: (event: number, us: number, host: number) => number;
  /** The instant at a place. */
  readonly time: (x: number) => number;
}

/** The causal scale, scrolled by so many px. */
export function causalScale(columns: CausalColumns, scrolled: number, width: number): LaneScale {
  return {
    kind: 'causal',
    width,
    // What was over before the first column, or begins after the last, has no place here: what goes on there shows at the edges.
    fromUs: timeAt(columns, scrolled),
    toUs: timeAt(columns, scrolled + width),
    stepUs: 0,
    x: (us, host) => xOfTime(columns, us, host) - scrolled,
    xEvent: (event, us, host) => {
      const column = columnOf(columns, event);
      return (column >= 0 ? columns.left + column * columns.pitch : xOfTime(columns, us, host)) - scrolled;
    },
    time: (x) => timeAt(columns, x + scrolled),
  };
}

/** How much time the lanes of real time show at most: a little more than the run, as a conflict that ended it would stand on the very edge. */
export function timeSpan({ about }: RunPage): number {
  return Math.max(1, about.untilUs * 1.02);
}

/** Real time between two instants. */
export function timeScale(fromUs: number, toUs: number, width: number): LaneScale {
  const perPx = (toUs - fromUs) / Math.max(1, width);
  const x = (us: number) => (us - fromUs) / perPx;
  return {
    kind: 'time',
    width,
    fromUs,
    toUs,
    stepUs: perPx,
    x,
    xEvent: (_, us) => x(us),
    time: (place) => fromUs + place * perPx,
  };
}
