/**
 * A history of a key–value store in Porcupine's text (the lines of its `test_data/kv`, which its tests read by regular expressions):
 * `{:process 0, :type :invoke, :f :put, :key "1", :value "x"}`. It has no words for a failed operation, which did nothing and is left out, nor for
 * an unknown one, which stays open and keeps its process for ever. Texts are escaped as in EDN; Porcupine takes the escapes for what
 * they are made of, which changes no verdict.
 */
import type { Operation } from '../history.ts';
import { eventsInOrder } from './event-order.ts';
import { HistoryError } from './history-error.ts';
import type { NamedOp } from './meaning.ts';

/** The lines, without their ends. @throws HistoryError NOT_WRITABLE for what is not get, put or append of texts */
export function* porcupineLines(operations: readonly Operation[]): Iterable<string> {
  const happened = operations.filter((o) => o.outcome !== 'fail');
  for (const { type, process, operation } of eventsInOrder(happened, { tellsInfo: false, leastProcess: 0 })) {
    const { f, key, value } = fields(operation);
    const told = f !== 'get' ? value : type === 'ok' ? operation.value : undefined;
    const text = told === undefined ? 'nil' : JSON.stringify(told);
    yield `{:process ${process}, :type :${type}, :f :${f}, :key ${JSON.stringify(key)}, :value ${text}}`;
  }
}

function fields({ id, op, outcome, value: answer }: Operation): NamedOp {
  const named = (op ?? {}) as NamedOp;
  const { f, key, value } = named;
  const writes = (f === 'put' || f === 'append') && typeof value === 'string';
  const reads = f === 'get' && value === undefined && (outcome !== 'ok' || typeof answer === 'string');
  if (typeof key === 'string' && (writes || reads)) return named;
  throw new HistoryError(
    'NOT_WRITABLE',
    null,
    `operation ${id}, ${JSON.stringify(op)} → ${JSON.stringify(answer) ?? 'unknown'}, is none that Porcupine's text has: get, put and append of texts, under a key that is one`,
    'write jepsen-edn or json-lines',
  );
}
