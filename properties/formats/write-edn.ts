/**
 * A history in Jepsen's EDN. What Jepsen's own checkers know is written as they know it (`:value` and its echo, `[key value]` where every
 * operation has a key); what they have no words for stands beside it, the operation under `:op`, the answer under `:answer`. Whether that is
 * needed is found out by reading it.
 */
import type { Operation } from '../history.ts';
import { ednOf } from './edn-values.ts';
import type { OrderedEvent } from './event-order.ts';
import { eventsInOrder } from './event-order.ts';
import type { HistoryError } from './history-error.ts';
import { alsoKnown } from './history-event.ts';
import type { SaidEvent } from './history-event.ts';
import type { NamedOp } from './meaning.ts';
import { answerOf, camelCase, kebabCase, opOf } from './meaning.ts';
import { sameData } from './plain-data.ts';

/** What an invocation of an operation is written as. */
interface Written {
  readonly f: string;
  readonly value: unknown;
  /** Whether `f` and `value` say all there is. */
  readonly whole: boolean;
}

/** The lines, without their ends. @throws HistoryError NOT_WRITABLE */
export function* ednLines(operations: readonly Operation[], model: string | undefined): Iterable<string> {
  const keyed = operations.every(
    (o) => (o.op as NamedOp | null)?.key !== undefined && written(o.op, true).whole,
  );
  const named = model === undefined ? '' : `; model ${model}`;
  yield `; stormglass history 1${named}; keyed ${keyed ? 'yes' : 'no'}`;
  let index = 0;
  for (const event of eventsInOrder(operations, { tellsInfo: true, leastProcess: 0 })) {
    yield line(event, index, keyed);
    index += 1;
  }
}

function line({ type, process, operation, us }: OrderedEvent, index: number, keyed: boolean): string {
  const { op } = operation;
  const asked = written(op, keyed);
  const fields = [`:process ${process}`, `:type :${type}`, `:f :${asked.f}`];
  if (type === 'ok') fields.push(...answer(operation, asked, keyed));
  else {
    fields.push(`:value ${ednOf(asked.value)}`);
    if (type === 'invoke') fields.push(...beside(operation, asked));
  }
  // Jepsen's times are nanoseconds.
  if (us !== undefined) fields.push(`:time ${Math.round(us * 1000)}`);
  fields.push(`:index ${index}`);
  return `{${fields.join(', ')}}`;
}

/** What `f` and `value` do not say of an invocation. */
function beside(operation: Operation, asked: Written): readonly string[] {
  const known = alsoKnown.flatMap((name) => {
    const value = operation[name];
    return value === undefined || (name === 'place' && value === 0) ? [] : [[name, value] as const];
  });
  return [
    ...(asked.whole ? [] : [`:op ${ednOf(operation.op)}`]),
    ...(known.length === 0 ? [] : [`:also ${ednOf(Object.fromEntries(known))}`]),
  ];
}

function written(op: unknown, keyed: boolean): Written {
  const { f, key, value, from, to } = (op ?? {}) as NamedOp;
  const name =
    typeof f === 'string' && /^[a-z][\w*!?<>=-]*$/i.test(f) && camelCase(kebabCase(f)) === f ? f : null;
  if (name === null) return { f: 'op', value: null, whole: false };
  const plain = f === 'cas' ? [from ?? null, to ?? null] : (value ?? null);
  const told = keyed ? [key, plain] : plain;
  const said = { ...anEvent, type: 'invoke', f: name, value: told } as const;
  const whole = sameData(opOf(said, keyed, unreadable), op);
  return { f: kebabCase(name), value: whole ? told : null, whole };
}

/** The echo of what was asked, or the answer, if either is read as the answer; else the answer beside it. */
function answer({ op, value }: Operation, asked: Written, keyed: boolean): readonly string[] {
  const wraps = keyed && asked.whole;
  if (value === undefined) return [];
  const wrapped = wraps ? [(op as NamedOp).key, value] : value;
  for (const told of [asked.value, wrapped]) {
    const said = { ...anEvent, type: 'ok', f: asked.f, value: told } as const;
    if (sameData(answerOf(op, said, wraps), value)) return [`:value ${ednOf(told)}`];
  }
  return [`:value ${ednOf(asked.value)}`, `:answer ${ednOf(value)}`];
}

const anEvent: Pick<SaidEvent, 'process' | 'place' | 'chars'> = {
  process: 0,
  place: { line: 1, column: 1 },
  chars: 0,
};

function unreadable(what: string): HistoryError {
  throw new Error(`invariant broken: ${what}`);
}
