/**
 * A page as bytes: its columns of numbers apart from the rest. A column is written as variable-length integers, each number or its distance from the
 * one before, whichever is shorter; columns that others tell are left out. What is not a column is JSON. Deflated it is a
 * tenth of the JSON of the whole.
 *
 * Layout: length of the JSON as four bytes, little end first; the JSON, in UTF-8; the columns in the order in which it names them.
 */
import { runPageSchemaVersion } from './run-page.ts';
import type { EventTable, MessageTable, RunPage } from './run-page.ts';

/** Shorter lists of numbers are as well in the JSON. */
const columnMin = 16;
/** Lists of few different words are columns of their places. */
const wordsMax = 64;

/** A column by where it stands in the page. */
interface ColumnHead {
  readonly path: readonly string[];
  readonly length: number;
  readonly coding: 'plain' | 'distance';
  /** The words that its numbers stand for; absent: they are numbers. */
  readonly words?: readonly string[];
}

interface Head {
  readonly schema: number;
  readonly page: unknown;
  readonly columns: readonly ColumnHead[];
  /** Columns that were left out. */
  readonly derived: readonly Derived[];
}

type Derived = 'previous' | 'received' | 'from' | 'sentUs' | 'receivedUs';

/** The page as bytes, not yet deflated. */
export function pageBytes(page: RunPage): Uint8Array {
  const derived = derivedOf(page.timeline.events, page.timeline.messages);
  const columns: ColumnHead[] = [];
  const bytes = new ByteList();
  const leftOut = new Set(derived.map((name) => pathOf[name].join(' ')));
  const rest = walk(page, [], (list, path) => {
    if (leftOut.has(path.join(' '))) return true;
    const words = wordsOf(list);
    const numbers = words === null ? list : list.map((word) => words.indexOf(word as string));
    if (words === null && !isColumn(numbers)) return false;
    const coding = shorter(numbers as readonly number[]);
    columns.push({ path, length: list.length, coding, ...(words !== null && { words }) });
    write(bytes, numbers as readonly number[], coding);
    return true;
  });
  const head: Head = { schema: runPageSchemaVersion, page: rest, columns, derived };
  const json = new TextEncoder().encode(JSON.stringify(head));
  const all = new Uint8Array(4 + json.length + bytes.length);
  new DataView(all.buffer).setUint32(0, json.length, true);
  all.set(json, 4);
  all.set(bytes.taken(), 4 + json.length);
  return all;
}

/** The page of such bytes. Throws an Error where they are none, or of another version. */
export function pageOfBytes(bytes: Uint8Array): RunPage {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))) as Head;
  if (head.schema !== runPageSchemaVersion)
    throw new Error(`the page's data are of version ${head.schema}; this is ${runPageSchemaVersion}`);
  const reader = { bytes, at: 4 + length };
  for (const { path, length: count, coding, words } of head.columns) {
    const numbers = read(reader, count, coding);
    place(head.page, path, words === undefined ? numbers : numbers.map((one) => words[one]!));
  }
  const page = head.page as RunPage;
  // In this order: what a message's events tell needs its receiver first.
  for (const name of derivable)
    if (head.derived.includes(name))
      place(page, pathOf[name], derive[name](page.timeline.events, page.timeline.messages));
  return page;
}

/** A copy without the lists that were taken. */
function walk(
  value: unknown,
  path: readonly string[],
  take: (list: readonly unknown[], path: readonly string[]) => boolean,
): unknown {
  if (Array.isArray(value)) {
    const list = value as readonly unknown[];
    if (list.length >= columnMin && typeof list[0] !== 'object') return take(list, path) ? [] : list;
    return list.length === 0 || typeof list[0] !== 'object'
      ? list
      : list.map((one, i) => walk(one, [...path, String(i)], take));
  }
  if (typeof value !== 'object' || value === null) return value;
  // Tables by names that users chose have no columns in them, and their names are no path.
  if (path.at(-1) === 'texts' || path.at(-1) === 'labels') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, walk(one, [...path, key], take)]),
  );
}

function place(page: unknown, path: readonly string[], column: readonly unknown[]): void {
  let at = page as Record<string, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  at[path.at(-1)!] = column;
}

function isColumn(list: readonly unknown[]): boolean {
  return list.every(
    (one) =>
      typeof one === 'number' && Number.isSafeInteger(one) && !Object.is(one, -0) && Math.abs(one) < 2 ** 51,
  );
}

/** The different words of a list of few; null where it is none. */
function wordsOf(list: readonly unknown[]): string[] | null {
  const words = new Set<string>();
  for (const one of list) {
    if (typeof one !== 'string') return null;
    words.add(one);
    if (words.size > wordsMax) return null;
  }
  return words.size * 2 > list.length ? null : [...words];
}

/** The coding that takes fewer bytes. */
function shorter(numbers: readonly number[]): ColumnHead['coding'] {
  let plain = 0;
  let distance = 0;
  let before = 0;
  for (const one of numbers) {
    plain += bytesOf(one);
    distance += bytesOf(one - before);
    before = one;
  }
  return distance < plain ? 'distance' : 'plain';
}

function bytesOf(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let count = 1;
  for (; rest >= 128; rest = Math.floor(rest / 128)) count += 1;
  return count;
}

function write(bytes: ByteList, numbers: readonly number[], coding: ColumnHead['coding']): void {
  let before = 0;
  for (const one of numbers) {
    const value = coding === 'plain' ? one : one - before;
    before = one;
    // Small distances, of either sign, are small numbers: 0, −1, 1, −2 …
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest);
  }
}

function read(
  reader: { readonly bytes: Uint8Array; at: number },
  count: number,
  coding: ColumnHead['coding'],
): number[] {
  const numbers: number[] = [];
  let before = 0;
  for (let i = 0; i < count; i += 1) {
    let rest = 0;
    let scale = 1;
    for (;;) {
      const byte = reader.bytes[reader.at];
      if (byte === undefined) throw new Error('the page’s data end too early');
      reader.at += 1;
      rest += (byte % 128) * scale;
      if (byte < 128) break;
      scale *= 128;
    }
    const value = rest % 2 === 1 ? -(rest + 1) / 2 : rest / 2;
    before = coding === 'plain' ? value : before + value;
    numbers.push(before);
  }
  return numbers;
}

/** Bytes that grow. */
class ByteList {
  #bytes = new Uint8Array(65_536);
  length = 0;

  push(byte: number): void {
    if (this.length === this.#bytes.length) {
      const more = new Uint8Array(2 * this.length);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    this.#bytes[this.length] = byte;
    this.length += 1;
  }

  taken(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}

const derivable: readonly Derived[] = ['previous', 'received', 'from', 'sentUs', 'receivedUs'];

const pathOf: { readonly [D in Derived]: readonly string[] } = {
  previous: ['timeline', 'events', 'previous'],
  received: ['timeline', 'messages', 'received'],
  from: ['timeline', 'messages', 'from'],
  sentUs: ['timeline', 'messages', 'sentUs'],
  receivedUs: ['timeline', 'messages', 'receivedUs'],
};

/** Columns that others tell. */
const derive: { readonly [D in Derived]: (events: EventTable, messages: MessageTable) => number[] } = {
  previous({ host }) {
    const last = new Map<number, number>();
    return host.map((one, event) => {
      const before = last.get(one) ?? -1;
      last.set(one, event);
      return before;
    });
  },
  received({ message }, { sent }) {
    const received = sent.map(() => -1);
    for (let event = message.length - 1; event >= 0; event -= 1)
      if (message[event]! >= 0) received[message[event]!] = event;
    return received;
  },
  from: ({ host }, { sent }) => sent.map((event) => host[event] ?? -1),
  sentUs: ({ atUs }, { sent }) => sent.map((event) => atUs[event] ?? -1),
  receivedUs: ({ atUs }, { received }) => received.map((event) => atUs[event] ?? -1),
};

/** Those that are as the others tell. */
function derivedOf(events: EventTable, messages: MessageTable): Derived[] {
  const columns: { readonly [D in Derived]: readonly number[] } = { ...messages, previous: events.previous };
  return derivable.filter((name) => {
    const told = derive[name](events, messages);
    const own = columns[name];
    return told.length === own.length && told.every((one, i) => one === own[i]);
  });
}
