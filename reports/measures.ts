/** What is measured of every run, in virtual time: how long leaders, operations, leases and barriers took. */
import { addHistograms, emptyHistogram } from './histogram.ts';
import type { Histogram } from './histogram.ts';

/** By the names of the result document, in the order in which they are told. */
export const measures: readonly Measure[] = ['leader', 'unavailable', 'operation', 'lease', 'barrier'];

/**
 * `leader`: from when a group lost its leader, or the start, to the next election. `unavailable`: from then to the first entry that a new leader
 * committed, or until a leader that had stood still went on. `operation`: from asking to the answer, of those that ended ok. `lease`: from the grant of a lock
 * to its end. `barrier`: from arriving to the outcome. What the end of a run cut short is not counted.
 */
export type Measure = 'leader' | 'unavailable' | 'operation' | 'lease' | 'barrier';

/** A histogram of each. */
export type Measures = { readonly [M in Measure]: Histogram };

/** Of nothing. */
export function emptyMeasures(): Measures {
  return {
    leader: emptyHistogram,
    unavailable: emptyHistogram,
    operation: emptyHistogram,
    lease: emptyHistogram,
    barrier: emptyHistogram,
  };
}

/** Of two lots together, in whatever order. */
export function addMeasures(a: Measures, b: Measures): Measures {
  return {
    leader: addHistograms(a.leader, b.leader),
    unavailable: addHistograms(a.unavailable, b.unavailable),
    operation: addHistograms(a.operation, b.operation),
    lease: addHistograms(a.lease, b.lease),
    barrier: addHistograms(a.barrier, b.barrier),
  };
}
