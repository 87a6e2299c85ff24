/** The ends of operations in order of time. */
import type { Operation } from '../history.ts';

/** An order by counting is worth it while times are not much sparser than ends. */
const sparseness = 4;

/**
 * Invocations and returns as integers: 2p is the invocation of the operation at position p, 2p + 1 its return. Those of unknown result
 * never return. Equal readings are concurrent, so invocations come first.
 */
export function eventsOf(operations: readonly Operation[]): Int32Array {
  return counted(operations) ?? sorted(operations);
}

/** By counting, where times are small whole numbers, no two alike: those of a recorder that numbers what it hears. */
function counted(operations: readonly Operation[]): Int32Array | null {
  const n = operations.length;
  const bound = 2 * n * sparseness + 64;
  const at = new Int32Array(bound);
  let count = 0;
  for (let p = 0; p < n; p += 1) {
    const { invokedAt, completedAt, outcome } = operations[p]!;
    if (!isPlace(invokedAt, bound) || at[invokedAt] !== 0) return null;
    at[invokedAt] = 2 * p + 1;
    count += 1;
    if (outcome !== 'ok') continue;
    if (!isPlace(completedAt, bound) || at[completedAt] !== 0) return null;
    at[completedAt] = 2 * p + 2;
    count += 1;
  }
  const events = new Int32Array(count);
  let next = 0;
  for (let time = 0; next < count; time += 1) if (at[time] !== 0) events[next++] = at[time]! - 1;
  return events;
}

function isPlace(time: number, bound: number): boolean {
  return Number.isInteger(time) && time >= 0 && time < bound;
}

function sorted(operations: readonly Operation[]): Int32Array {
  const events: number[] = [];
  operations.forEach((o, p) => {
    events.push(2 * p);
    if (o.outcome === 'ok') events.push(2 * p + 1);
  });
  const timeOf = (event: number): number => {
    const operation = operations[event >>> 1]!;
    return (event & 1) === 0 ? operation.invokedAt : operation.completedAt;
  };
  events.sort((a, b) => timeOf(a) - timeOf(b) || (a & 1) - (b & 1) || a - b);
  return Int32Array.from(events);
}
