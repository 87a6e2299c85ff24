/** Values that clients write and read: anything that JSON can say. Two are the same if they mean the same JSON. */

/** The value with the keys of its objects in one order, all the way down: equal meaning, equal text. Scalars as they are. */
export function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  // `fromEntries` defines properties: one called `__proto__` is a key like any other.
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, canonical(one)]),
  );
}

/** Whether two values mean the same. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  // Not a number is, as a name of a value, one value like any other.
  if (typeof a !== 'object' || typeof b !== 'object') return Number.isNaN(a) && Number.isNaN(b);
  if (a === null || b === null) return false;
  return textOf(a) === textOf(b);
}

/**
 * What stands for a value in a map: equal for two values exactly if they mean the same. A number stands for itself, and so does a
 * string, but for one that begins with the mark under which all else is written.
 */
export function nameOfValue(value: unknown): string | number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && value.charCodeAt(0) !== 0) return value;
  return `\0${textOf(value)}`;
}

/** The value as JSON, equal for two values exactly if they mean the same. */
export function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return JSON.stringify(canonical(value)) ?? 'undefined';
}

/** A value for people: `41`, `a word`, `{"a":1}`. */
export function shownValue(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : textOf(value);
}
