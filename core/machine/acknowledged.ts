/**
 * Which request numbers a client has acknowledged: it has their outcome, or gave them up, and will never ask for them again.
 * All numbers up to `floor` are; above it, those in `ranges`, a flat list [from, to, from, to …], ascending, with at least one number
 * that is not acknowledged between two ranges and in front of the first. As ranges, one request that waits long takes one place
 * and holds nobody up: three thousand acknowledged ones behind it are one range.
 */
export interface Acknowledged {
  readonly floor: number;
  readonly ranges: readonly number[];
}

/** Nothing acknowledged yet: numbers start at 1. */
export const noneAcknowledged: Acknowledged = { floor: 0, ranges: [] };

/** Whether a list of ranges above `floor` has the form described above. */
export function rangesAreOrdered(floor: number, ranges: readonly number[]): boolean {
  if (ranges.length % 2 !== 0) return false;
  let previous = floor;
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i] as number;
    const to = ranges[i + 1] as number;
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from <= previous + 1 || to < from) {
      return false;
    }
    previous = to;
  }
  return true;
}

/** Whether `number` is acknowledged. */
export function isAcknowledged(floor: number, ranges: readonly number[], number: number): boolean {
  if (number <= floor) return true;
  for (let i = 0; i < ranges.length; i += 2) {
    if (number < (ranges[i] as number)) return false;
    if (number <= (ranges[i + 1] as number)) return true;
  }
  return false;
}

/** How many of the numbers in (floor, number] are not acknowledged: the places that they take in the session's window. */
export function openNumbers(floor: number, ranges: readonly number[], number: number): number {
  let open = number - floor;
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i] as number;
    if (from > number) break;
    open -= Math.min(ranges[i + 1] as number, number) - from + 1;
  }
  return open;
}

/** Both sets together, in the one form that a set has. */
export function unite(a: Acknowledged, b: Acknowledged): Acknowledged {
  if (a.ranges.length === 0 && b.ranges.length === 0) return a.floor >= b.floor ? a : b;
  let floor = Math.max(a.floor, b.floor);
  const ranges: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.ranges.length || j < b.ranges.length) {
    const takeA = j >= b.ranges.length || (i < a.ranges.length && a.ranges[i]! <= b.ranges[j]!);
    const from = takeA ? a.ranges[i]! : b.ranges[j]!;
    const to = takeA ? a.ranges[i + 1]! : b.ranges[j + 1]!;
    if (takeA) i += 2;
    else j += 2;
    const last = ranges.length - 1;
    if (from <= floor + 1) {
      // Ranges come in ascending order: none stands yet while one still joins the floor.
      if (to > floor) floor = to;
    } else if (last >= 0 && from <= ranges[last]! + 1) {
      if (to > ranges[last]!) ranges[last] = to;
    } else ranges.push(from, to);
  }
  return { floor, ranges };
}

/** With one more number acknowledged. */
export function acknowledge(set: Acknowledged, number: number): Acknowledged {
  if (set.ranges.length === 0 && number === set.floor + 1) return { floor: number, ranges: set.ranges };
  return unite(set, { floor: 0, ranges: [number, number] });
}
