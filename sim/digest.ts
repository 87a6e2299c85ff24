/**
 * Digests of plain data, for messages and observations that bring no digest of their own. Two values that differ in any integer, string,
 * flag or field name get different digests (with the usual probability of 32 bits); equal values the same one on every machine.
 */
import type { Codec } from '../core/ports.ts';

/** Nesting deeper than this is not looked into: a cycle ends here. */
const DEPTH = 16;

/** One step of the digest: `h` so far, with a 32-bit integer mixed in. */
export function mixed(h: number, value: number): number {
  const x = Math.imul(h ^ value, 0x9e3779b1);
  return x ^ (x >>> 15);
}

function mixedText(h: number, text: string): number {
  let x = mixed(h, text.length);
  for (let i = 0; i < text.length; i += 1) x = mixed(x, text.charCodeAt(i));
  return x;
}

function mixedNumber(h: number, value: number): number {
  if (Number.isInteger(value))
    return mixed(mixed(h, (value % 4294967296) | 0), Math.floor(value / 4294967296) | 0);
  // Shortest decimal text of a double is fixed by the language.
  return mixedText(h, String(value));
}

function mixedValue(h: number, value: unknown, depth: number): number {
  switch (typeof value) {
    case 'number':
      return mixedNumber(mixed(h, 1), value);
    case 'string':
      return mixedText(mixed(h, 2), value);
    case 'boolean':
      return mixed(h, value ? 3 : 4);
    case 'bigint':
      return mixedText(mixed(h, 5), String(value));
    case 'object':
      break;
    default:
      return mixed(h, 6);
  }
  if (value === null) return mixed(h, 7);
  if (depth === DEPTH) return mixed(h, 8);
  let x = h;
  if (value instanceof Uint8Array) {
    x = mixed(mixed(x, 9), value.length);
    for (let i = 0; i < value.length; i += 1) x = mixed(x, value[i] as number);
    return x;
  }
  if (Array.isArray(value)) {
    x = mixed(mixed(x, 10), value.length);
    for (const item of value) x = mixedValue(x, item, depth + 1);
    return x;
  }
  if (value instanceof Map || value instanceof Set) {
    x = mixed(mixed(x, 11), value.size);
    for (const item of value) x = mixedValue(x, item, depth + 1);
    return x;
  }
  x = mixed(x, 12);
  for (const name of Object.keys(value)) {
    x = mixedValue(mixedText(x, name), (value as Record<string, unknown>)[name], depth + 1);
  }
  return x;
}

/** A 32-bit digest of plain data: numbers, strings, flags, arrays, bytes, maps and objects, in their own order. */
export function digestOfData(value: unknown): number {
  return mixedValue(0x5bd1e995, value, 0);
}

/** What a system without a codec of its own gets: messages digested as plain data; they cannot travel as bytes. */
export const plainCodec: Codec = {
  digest: digestOfData,
  describe: (message) => describePlain(message),
};

function describePlain(message: unknown): string {
  const text =
    JSON.stringify(message, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)) ??
    'undefined';
  return text.length <= 120 ? text : `${text.slice(0, 117)}...`;
}
