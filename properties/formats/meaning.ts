/**
 * What the events of Jepsen's and Porcupine's histories mean. There `:value` is what was written while an operation is invoked, what was read when it
 * ends, and an echo where nothing was read; a test on many keys (`jepsen.independent`) wraps it into `[key value]`. The models of this package
 * keep what was asked and what was answered apart.
 */
import type { HistoryError } from './history-error.ts';
import type { SaidEvent } from './history-event.ts';

/** An operation with a name; the other fields are its own. */
export interface NamedOp {
  readonly f: string;
  readonly key?: string | number;
  readonly value?: unknown;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Operations whose `:value` is what they are given, even where that is nil. */
const given = new Set([
  'write',
  'put',
  'append',
  'enqueue',
  'push',
  'add',
  'addAndGet',
  'remove',
  'contains',
]);
/** Operations that answer nothing of interest. */
const silent = new Set(['write', 'put', 'append', 'enqueue', 'push']);

/** Whether events wrap their values into `[key value]`: what one event tells, if anything. */
export function tellsKeyed({ type, f, value, op, key }: SaidEvent): boolean | undefined {
  if (type !== 'invoke' || op !== undefined) return undefined;
  if (key !== undefined || !Array.isArray(value)) return value === undefined ? undefined : false;
  const [first, second] = value as readonly unknown[];
  if (value.length !== 2 || (typeof first !== 'string' && typeof first !== 'number')) return false;
  if (f === 'cas') return Array.isArray(second) && second.length === 2;
  if (given.has(f)) return undefined;
  return second === null ? true : undefined;
}

/**
 * The operation that an invocation asks for.
 *
 * @param keyed whether its value is `[key value]`
 * @param bad makes the error of an event that cannot be one
 */
export function opOf(said: SaidEvent, keyed: boolean, bad: (what: string) => HistoryError): unknown {
  if (said.op !== undefined) return said.op;
  const { f } = said;
  let { key, value } = said;
  if (keyed) {
    if (!Array.isArray(value) || value.length !== 2) {
      throw bad(`values of this history are [key value]; got ${JSON.stringify(value)}`);
    }
    const [first, second] = value as [unknown, unknown];
    key = typeof first === 'string' || typeof first === 'number' ? first : JSON.stringify(first);
    value = second;
  }
  const on = key === undefined ? {} : { key };
  if (f === 'cas') {
    if (!Array.isArray(value) || value.length !== 2) {
      throw bad(`the value of a cas is [from to]; got ${JSON.stringify(value) ?? 'none'}`);
    }
    const [from, to] = value as [unknown, unknown];
    return { f, ...on, from, to } satisfies NamedOp;
  }
  const has = given.has(f) ? value !== undefined : value !== undefined && value !== null;
  return (has ? { f, ...on, value } : { f, ...on }) satisfies NamedOp;
}

/** What an operation was answered, given the event that it ended `ok` with. */
export function answerOf(op: unknown, said: SaidEvent, keyed: boolean): unknown {
  if (said.answer !== undefined) return said.answer.value;
  if (said.value === undefined) return undefined;
  const { f, key, value: asked } = (op ?? {}) as NamedOp;
  const told = keyed && isPair(said.value) && sameKey(said.value[0], key) ? said.value[1] : said.value;
  if (silent.has(f)) return null;
  switch (f) {
    case 'cas':
      return typeof told === 'boolean' ? told : true;
    case 'acquire':
    case 'release':
      return typeof told === 'boolean' || typeof told === 'number' ? told : true;
    case 'add':
    case 'remove':
      return typeof told === 'boolean' && typeof asked !== 'boolean' ? told : null;
    case 'addAndGet':
    case 'contains':
      // Jepsen's tests answer [what was given, what came of it].
      return isPair(told) && JSON.stringify(told[0]) === JSON.stringify(asked) ? told[1] : told;
    default:
      return told;
  }
}

function isPair(value: unknown): value is readonly [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function sameKey(told: unknown, key: string | number | undefined): boolean {
  return told === key || JSON.stringify(told) === key;
}

/** `add-and-get` → `addAndGet`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `addAndGet` → `add-and-get`. */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
