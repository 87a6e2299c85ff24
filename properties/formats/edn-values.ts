/**
 * Values of EDN as plain data, and back. A keyword `:a` becomes the text `:a`, a symbol its name after a quote (`'a`), a character a text
 * of one character, a set an array, a tagged value what was tagged. An integer that a double cannot hold becomes the text of its digits with
 * an N: two different ones must not look the same to a checker.
 */
import { parseEDNString } from 'edn-data';
import type { EdnForm } from './edn-forms.ts';
import { HistoryError, quoted } from './history-error.ts';
import type { TextPlace } from './history-error.ts';
import { checkPlain } from './plain-data.ts';

/** What a form of EDN can be, as `edn-data` gives it. */
type Parsed =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | readonly Parsed[]
  | { readonly map: readonly (readonly [Parsed, Parsed])[] }
  | { readonly set: readonly Parsed[] }
  | { readonly list: readonly Parsed[] }
  | { readonly key: string }
  | { readonly sym: string }
  | { readonly char: string }
  | { readonly tag: string; readonly val: Parsed };

/** The entries of an event: keys are names of keywords. */
export type EdnEvent = ReadonlyMap<string, unknown>;

/**
 * Reads a form that must be a map with keywords as keys, tagged (`#jepsen.history.Op{…}`) or not.
 *
 * @throws HistoryError BAD_EDN where it is not to be read, BAD_EVENT where it is no such map
 */
export function readEdnEvent({ text, place }: EdnForm): EdnEvent {
  let form = parsed(text, place);
  if (isTagged(form)) form = form.val;
  if (form === null || typeof form !== 'object' || isVector(form) || !('map' in form)) {
    throw new HistoryError(
      'BAD_EVENT',
      place,
      `an event is a map such as {:process 0, :type :invoke, :f :read, :value nil}; this is ${quoted(text)}`,
      'leave only events in the file',
    );
  }
  const entries = new Map<string, unknown>();
  for (const [key, value] of form.map) {
    if (key === null || typeof key !== 'object' || isVector(key) || !('key' in key)) {
      throw new HistoryError(
        'BAD_EVENT',
        place,
        `keys of an event are keywords; got ${quoted(JSON.stringify(plain(key, place)))}`,
        'write them as :process, :type, :f, :value, :time',
      );
    }
    if (entries.has(key.key)) {
      throw new HistoryError('BAD_EVENT', place, `:${key.key} stands twice in one event`, 'keep one of them');
    }
    // A nanosecond since 1970 does not fit a double, and need not be exact.
    const time = key.key === 'time' && typeof value === 'bigint';
    entries.set(key.key, time ? Number(value) : plain(value, place));
  }
  return entries;
}

/** Reads one form as plain data. @throws HistoryError BAD_EDN */
export function readEdnValue({ text, place }: EdnForm): unknown {
  return plain(parsed(text, place), place);
}

function parsed(text: string, place: TextPlace): Parsed {
  try {
    return parseEDNString(text) as Parsed;
  } catch (error) {
    throw new HistoryError(
      'BAD_EDN',
      place,
      `this event cannot be read: ${(error as Error).message}`,
      'mend it, or take it out',
    );
  }
}

function isTagged(value: Parsed): value is { readonly tag: string; readonly val: Parsed } {
  return value !== null && typeof value === 'object' && 'tag' in value;
}

/** Asked first: an array has a `map` as well. */
function isVector(value: Parsed): value is readonly Parsed[] {
  return Array.isArray(value);
}

function plain(value: Parsed, place: TextPlace): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : `${value}N`;
  }
  if (value === null || typeof value !== 'object') return value;
  if (isVector(value)) return value.map((item) => plain(item, place));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if ('map' in value) return record(value.map, place);
  if ('set' in value) return value.set.map((item) => plain(item, place));
  if ('list' in value) return value.list.map((item) => plain(item, place));
  if ('key' in value) return `:${value.key}`;
  if ('sym' in value) return `'${value.sym}`;
  if ('char' in value) return value.char;
  return plain(value.val, place);
}

/** A map as an object, its keys in order of their names, so that equal maps are equal as JSON. Names such as `__proto__` are names like others. */
function record(map: readonly (readonly [Parsed, Parsed])[], place: TextPlace): unknown {
  const entries = new Map<string, unknown>();
  for (const [key, value] of map) {
    const name = nameOf(key, place);
    if (entries.has(name)) {
      throw new HistoryError(
        'BAD_EVENT',
        place,
        `the key ${quoted(name)} stands twice in one map`,
        'keep one of them',
      );
    }
    entries.set(name, plain(value, place));
  }
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function nameOf(key: Parsed, place: TextPlace): string {
  if (key !== null && typeof key === 'object' && 'key' in key) return key.key;
  const simple = plain(key, place);
  return typeof simple === 'string' ? simple : JSON.stringify(simple);
}

/** What a keyword can be called, so that it is read as one. */
const keyword = /^[A-Za-z*!?<>=_][\w*!?<>=-]*$/;

/** Plain data as EDN: objects as maps, with keywords where their keys can be such. @throws HistoryError NOT_WRITABLE, see `checkPlain` */
export function ednOf(value: unknown): string {
  checkPlain(value);
  return told(value);
}

function told(value: unknown): string {
  if (value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(told).join(' ')}]`;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${entries.map(([key, inner]) => `${ednKey(key)} ${told(inner)}`).join(', ')}}`;
}

function ednKey(name: string): string {
  return keyword.test(name) ? `:${name}` : JSON.stringify(name);
}
