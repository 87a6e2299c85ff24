/**
 * Events of Jepsen's histories in EDN and of Porcupine's key–value text, which are maps of the same kind:
 * `{:process 0, :type :invoke, :f :write, :value 3, :time 1820000, :index 4}`. `:time` is nanoseconds. Events of no client
 * (`:process :nemesis`) are passed over, other entries ignored. Our own writer adds
 * `:op` and `:answer` where `:value` cannot tell them, and under `:also` what a simulated system said of an operation.
 */
import type { EdnForm } from './edn-forms.ts';
import { readEdnEvent } from './edn-values.ts';
import type { EdnEvent } from './edn-values.ts';
import { HistoryError, quoted } from './history-error.ts';
import type { EventType, SaidEvent } from './history-event.ts';
import { alsoKnown } from './history-event.ts';
import { camelCase } from './meaning.ts';

/** What an event must be, for messages. */
const types: readonly string[] = ['invoke', 'ok', 'fail', 'info'];

/** @returns `null` for an event of no client. @throws HistoryError BAD_EDN, BAD_EVENT */
export function readEdn(form: EdnForm): SaidEvent | null {
  const event = readEdnEvent(form);
  const bad = (what: string, next: string): HistoryError =>
    new HistoryError('BAD_EVENT', form.place, what, next);
  const need = (name: string): unknown => {
    if (event.has(name)) return event.get(name);
    throw bad(`the event has no :${name}: ${quoted(form.text)}`, `every event has :process, :type and :f`);
  };
  const process = need('process');
  // Jepsen names the threads that are no clients.
  if (typeof process === 'string' && process.startsWith(':')) return null;
  if (!Number.isSafeInteger(process)) {
    throw bad(
      `:process is a whole number; got ${quoted(JSON.stringify(process))}`,
      'number the clients from 0',
    );
  }
  const type = String(need('type')).slice(1);
  if (!types.includes(type)) {
    throw bad(`:type is :invoke, :ok, :fail or :info; got ${quoted(String(event.get('type')))}`, 'mend it');
  }
  const f = need('f');
  if (typeof f !== 'string' || f.length < 2 || !f.startsWith(':')) {
    throw bad(`:f is a keyword such as :read; got ${quoted(JSON.stringify(f))}`, 'name the operation');
  }
  const key = event.get('key');
  if (key !== undefined && typeof key !== 'string' && typeof key !== 'number') {
    throw bad(`:key is a text or a number; got ${quoted(JSON.stringify(key))}`, 'write it as a text');
  }
  return {
    type: type as EventType,
    process: process as number,
    f: camelCase(f.slice(1)),
    value: event.get('value'),
    place: form.place,
    chars: form.text.length,
    ...(key !== undefined && { key }),
    ...(event.has('op') && { op: event.get('op') }),
    ...(event.has('answer') && { answer: { value: event.get('answer') } }),
    ...numbers(event, bad),
    ...alsoSaid(event.get('also'), bad),
  };
}

function numbers(
  event: EdnEvent,
  bad: (what: string, next: string) => HistoryError,
): { index?: number; us?: number } {
  const time = event.get('time');
  const index = event.get('index');
  if (time !== undefined && time !== null && typeof time !== 'number') {
    throw bad(
      `:time is a number of nanoseconds; got ${quoted(JSON.stringify(time))}`,
      'mend it, or leave it out',
    );
  }
  if (index !== undefined && index !== null && !Number.isSafeInteger(index)) {
    throw bad(`:index is a whole number; got ${quoted(JSON.stringify(index))}`, 'mend it, or leave it out');
  }
  return {
    ...(typeof time === 'number' && { us: time / 1000 }),
    // Jepsen writes −1 where it has given none yet.
    ...(typeof index === 'number' && index >= 0 && { index }),
  };
}

function alsoSaid(also: unknown, bad: (what: string, next: string) => HistoryError): Pick<SaidEvent, 'also'> {
  if (also === undefined) return {};
  const known: { [name: string]: number } = {};
  for (const [name, value] of Object.entries(also ?? {})) {
    if (!alsoKnown.includes(name as (typeof alsoKnown)[number]) || !Number.isSafeInteger(value)) {
      throw bad(
        `:also holds whole numbers called ${alsoKnown.join(', ')}; got ${quoted(JSON.stringify(also))}`,
        'leave it out',
      );
    }
    known[name] = value as number;
  }
  return { also: known };
}
