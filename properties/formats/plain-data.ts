/** Plain data: what JSON can say, and say again the same. Values of operations are such. */
import { HistoryError } from './history-error.ts';

/** Containers within containers; the reader takes a few more, for the event around the value. */
const depthMax = 60;

/**
 * @throws HistoryError NOT_WRITABLE for anything that would come back as something else: undefined inside, NaN, a function, a Date, a whole
 * number beyond 2^53, and what is nested too deep
 */
export function checkPlain(value: unknown, depth = 0): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))) return;
  } else if (typeof value === 'object' && depth < depthMax) {
    if (Array.isArray(value)) return value.forEach((inner) => checkPlain(inner, depth + 1));
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      for (const inner of Object.values(value)) if (inner !== undefined) checkPlain(inner, depth + 1);
      return;
    }
  }
  const told =
    typeof value === 'object' ? `an object (${Object.prototype.toString.call(value)})` : String(value);
  throw new HistoryError(
    'NOT_WRITABLE',
    null,
    `${told} cannot be written: values are JSON, at most ${depthMax} deep, with whole numbers within 2^53`,
    'turn it into a text first',
  );
}

/** Whether two values say the same as JSON, whatever the order of keys. */
export function sameData(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [entriesOf(a), entriesOf(b)];
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && sameData(value, right.get(key)))
  );
}

function entriesOf(value: object): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(value).filter(([, inner]) => inner !== undefined));
}
