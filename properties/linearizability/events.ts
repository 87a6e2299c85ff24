/** The ends of operations in order of time. */
import type { Operation } from '../history.ts';

/** An order by counting is worth it while times are not much sparser than ends: for one of many keys they are, but it is cheap where memory is at hand. */
const sparseness = 4;
const sparsenessAtHand = 32;
/** So many places are kept at hand, all 0 between two uses: most histories are short, and new memory is dear. */
const placesAtHand = 8_192;
const atHand = new Int32Array(placesAtHand);

/**
 * Invocations and returns as integers: 2p is the invocation of the operation at position p, 2p + 1 its return. Those of unknown result
 * never return. Equal readings are concurrent, so invocations come first.
 */
export function eventsOf(operations: readonly Operation[]): readonly number[] {
  const ends = 2 * operations.length;
  if (ends * sparseness > placesAtHand) {
    const bound = ends * sparseness;
    return counted(operations, new Int32Array(bound), bound) ?? sorted(operations);
  }
  const events = counted(operations, atHand, Math.min(placesAtHand, ends * sparsenessAtHand + 64));
  if (events !== null) return events;
  // It was left as it was when two times were found to be alike, or one not to be a place.
  atHand.fill(0);
  return sorted(operations);
}

/**
 * By counting, where times are small whole numbers, no two alike: those of a recorder that numbers what it hears.
 *
 * @param at a place for each time, all 0; they are again, unless the result is `null`
 */
function counted(operations: readonly Operation[], at: Int32Array, bound: number): number[] | null {
  const n = operations.length;
  let count = 0;
  let first = bound;
  for (let p = 0; p < n; p += 1) {
    const { invokedAt, completedAt, outcome } = operations[p]!;
    if (!isPlace(invokedAt, bound) || at[invokedAt] !== 0) return null;
    at[invokedAt] = 2 * p + 1;
    if (invokedAt < first) first = invokedAt;
    count += 1;
    if (outcome !== 'ok') continue;
    if (!isPlace(completedAt, bound) || at[completedAt] !== 0) return null;
    at[completedAt] = 2 * p + 2;
    count += 1;
  }
  const events: number[] = [];
  for (let time = first; events.length < count; time += 1) {
    if (at[time] === 0) continue;
    events.push(at[time]! - 1);
    at[time] = 0;
  }
  return events;
}

function isPlace(time: number, bound: number): boolean {
  return Number.isInteger(time) && time >= 0 && time < bound;
}

function sorted(operations: readonly Operation[]): number[] {
  const events: number[] = [];
  operations.forEach((o, p) => {
    events.push(2 * p);
    if (o.outcome === 'ok') events.push(2 * p + 1);
  });
  const timeOf = (event: number): number => {
    const operation = operations[event >>> 1]!;
    return (event & 1) === 0 ? operation.invokedAt : operation.completedAt;
  };
  return events.sort((a, b) => timeOf(a) - timeOf(b) || (a & 1) - (b & 1) || a - b);
}
