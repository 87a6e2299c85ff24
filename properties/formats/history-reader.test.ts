/** What recorded histories of others say, format by format. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { guessModel } from './guess-model.ts';
import { HistoryReader } from './history-reader.ts';
import type { HistoryReadOptions } from './history-reader.ts';
import { parseHistory } from './parse-history.ts';

/** Operations, short: process, what was asked, interval, how it ended, what was answered. */
function short(text: string, options?: HistoryReadOptions): readonly unknown[] {
  return parseHistory(text, options).operations.map(tell);
}
function tell({ process, op, invokedAt, completedAt, outcome, value }: Operation): readonly unknown[] {
  return [process, op, `${invokedAt}–${completedAt}`, outcome, value];
}

describe('Jepsen EDN', () => {
  test('a map a line: :value is what was written, then an echo, or what was read', () => {
    const text = `
{:process 0, :type :invoke, :f :write, :value 3, :time 1500, :index 0}
{:process 1, :type :invoke, :f :read,  :value nil, :time 2000, :index 1}
{:process :nemesis, :type :info, :f :start-partition, :value nil, :time 2100, :index 2}
{:process 0, :type :ok, :f :write, :value 3, :time 2500, :index 3}
{:process 1, :type :ok, :f :read, :value 3, :time 4000, :index 4}
{:process 0, :type :invoke, :f :cas, :value [3 4], :time 5000, :index 5}
{:process 0, :type :ok, :f :cas, :value [3 4], :time 6000, :index 6}`;
    expect(short(text)).toEqual([
      [0, { f: 'write', value: 3 }, '1–3', 'ok', null],
      [1, { f: 'read' }, '2–4', 'ok', 3],
      [0, { f: 'cas', from: 3, to: 4 }, '5–6', 'ok', true],
    ]);
    expect(parseHistory(text)).toMatchObject({
      format: 'jepsen-edn',
      model: 'cas-register',
      modelFrom: 'guess',
    });
    expect(parseHistory(text).operations[0]).toMatchObject({ invokedUs: 1.5, completedUs: 2.5 });
  });

  test('all events in one vector, as tagged records, with comments and dropped forms', () => {
    const text = `; recorded by hand
[#jepsen.history.Op{:index 0, :time 1, :type :invoke, :process 0, :f :read, :value nil}
 #_{:not "an event"} ; nor is this {
 #jepsen.history.Op{:index 1, :time 2, :type :ok, :process 0, :f :read, :value #_ 7 nil}]`;
    expect(short(text)).toEqual([[0, { f: 'read' }, '1–2', 'ok', null]]);
  });

  test(':fail did not happen, :info is unknown, and so is what never ended', () => {
    const text = `
{:process 0 :type :invoke :f :cas :value [1 2]} {:process 0 :type :fail :f :cas :value [1 2]}
{:process 0 :type :invoke :f :write :value 1} {:process 0 :type :info :f :write :value 1 :error :timeout}
{:process 5 :type :invoke :f :write :value 2}`;
    expect(short(text)).toEqual([
      [0, { f: 'cas', from: 1, to: 2 }, '1–2', 'fail', undefined],
      [0, { f: 'write', value: 1 }, '3–Infinity', 'info', undefined],
      [5, { f: 'write', value: 2 }, '5–Infinity', 'info', undefined],
    ]);
  });

  test('[key value] is told by a read of [key nil], although writes came before it', () => {
    const text = `
{:process 0 :type :invoke :f :write :value [:x 1]} {:process 1 :type :invoke :f :write :value ["y" [1 2]]}
{:process 0 :type :ok :f :write :value [:x 1]}
{:process 0 :type :invoke :f :read :value [7 nil]} {:process 0 :type :ok :f :read :value [7 5]}
{:process 0 :type :invoke :f :cas :value ["y" [1 2]]} {:process 0 :type :ok :f :cas :value ["y" [1 2]]}`;
    expect(short(text)).toEqual([
      [0, { f: 'write', key: ':x', value: 1 }, '1–3', 'ok', null],
      [1, { f: 'write', key: 'y', value: [1, 2] }, '2–Infinity', 'info', undefined],
      [0, { f: 'read', key: 7 }, '4–5', 'ok', 5],
      [0, { f: 'cas', key: 'y', from: 1, to: 2 }, '6–7', 'ok', true],
    ]);
  });

  test('writes of pairs alone tell no key, unless they are said to have one', () => {
    const text = '{:process 0 :type :invoke :f :write :value [1 2]}';
    expect(short(text)).toEqual([[0, { f: 'write', value: [1, 2] }, '1–Infinity', 'info', undefined]]);
    expect(short(text, { keyed: true })).toEqual([
      [0, { f: 'write', key: 1, value: 2 }, '1–Infinity', 'info', undefined],
    ]);
  });

  test('integers beyond 2^53 stay apart, other values become plain data', () => {
    const value =
      '[9007199254740992 9007199254740993 5N 1.5M :a b \\a \\( #{1 2} {:b 1 :a (2)} #inst "2020-01-01T00:00:00Z" #x/y 1]';
    const text = `{:process 0 :type :invoke :f :write :value ${value} :time 1700000000123456789}`;
    const [only] = parseHistory(text, { keyed: false }).operations;
    expect((only!.op as { value: unknown }).value).toEqual([
      ...['9007199254740992N', '9007199254740993N', 5, 1.5, ':a', "'b", 'a', '('],
      ...[[1, 2], { a: [2], b: 1 }, '2020-01-01T00:00:00.000Z', 1],
    ]);
    expect(only!.invokedUs).toBe(1700000000123456.8);
  });

  test('answers of sets, counters and mutexes', () => {
    const text = `
{:process 0 :type :invoke :f :add :value 1} {:process 0 :type :ok :f :add :value 1}
{:process 0 :type :invoke :f :remove :value 1} {:process 0 :type :ok :f :remove :value true}
{:process 0 :type :invoke :f :contains :value 1} {:process 0 :type :ok :f :contains :value [1 false]}
{:process 0 :type :invoke :f :read} {:process 0 :type :ok :f :read :value #{1 3}}
{:process 0 :type :invoke :f :add-and-get :value 2} {:process 0 :type :ok :f :add-and-get :value [2 8]}
{:process 0 :type :invoke :f :acquire :value nil} {:process 0 :type :ok :f :acquire :value nil}
{:process 0 :type :invoke :f :acquire :value nil} {:process 0 :type :ok :f :acquire :value 17}`;
    expect(parseHistory(text).operations.map((o) => o.value)).toEqual([
      null,
      true,
      false,
      [1, 3],
      8,
      true,
      17,
    ]);
  });
});

describe("Jepsen's log lines", () => {
  test('a cas that failed was compared and did not match; anything else that failed had no effect', () => {
    const text = [
      'INFO  jepsen.core - Running test',
      'INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]',
      'INFO  jepsen.util - 0\t:fail\t:cas\t[1 2]',
      'INFO  jepsen.util - 1\t:invoke\t:read\tnil',
      'INFO  jepsen.util - 1\t:fail\t:read\t:timed-out',
      'INFO  jepsen.util - :nemesis\t:info\t:start\t"Cut off {:n1 #{:n2}}"',
      '2016-01-01 10:00:00,123{GMT}\tINFO\t[jepsen worker 0] jepsen.util: 0\t:invoke\t:write\t4',
      'java.net.SocketTimeoutException: Read timed out',
      'INFO  jepsen.util - 0\t:info\t:write\t:timed-out',
    ].join('\n');
    expect(short(text)).toEqual([
      [0, { f: 'cas', from: 1, to: 2 }, '1–2', 'ok', false],
      [1, { f: 'read' }, '3–4', 'fail', undefined],
      [0, { f: 'write', value: 4 }, '5–Infinity', 'info', undefined],
    ]);
    expect(parseHistory(text)).toMatchObject({ format: 'jepsen-log', model: 'cas-register' });
  });
});

test("Porcupine's text: a key beside the value", () => {
  const text = `{:process 2, :type :invoke, :f :append, :key "4", :value "x"}
{:process 3, :type :invoke, :f :get, :key "4", :value nil}
{:process 2, :type :ok, :f :append, :key "4", :value "x"}
{:process 3, :type :ok, :f :get, :key "4", :value "x"}`;
  expect(short(text)).toEqual([
    [2, { f: 'append', key: '4', value: 'x' }, '1–3', 'ok', null],
    [3, { f: 'get', key: '4' }, '2–4', 'ok', 'x'],
  ]);
  expect(parseHistory(text)).toMatchObject({ format: 'porcupine', model: 'kv' });
});

describe('JSON Lines', () => {
  test('events: what is asked are the other fields, what is answered the value', () => {
    const text = `{"history":1}
{"type":"invoke","process":0,"f":"add","value":7,"key":"__proto__","timeUs":5}
{"type":"ok","process":0,"f":"add","value":true,"timeUs":8}

{"type":"invoke","process":1,"f":"cas","from":1,"to":{"__proto__":2},"id":9}
{"type":"info","process":1,"id":9}\r
{"type":"invoke","process":1,"f":"write","value":null}
{"type":"ok","process":1}`;
    expect(short(text)).toEqual([
      [0, { f: 'add', value: 7, key: '__proto__' }, '1–2', 'ok', true],
      [
        1,
        { f: 'cas', from: 1, to: JSON.parse('{"__proto__":2}') as unknown },
        '3–Infinity',
        'info',
        undefined,
      ],
      [1, { f: 'write', value: null }, '5–6', 'ok', undefined],
    ]);
    expect(parseHistory(text).operations.map((o) => o.id)).toEqual([0, 9, 2]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('whole operations in any order, null for what JSON has no number for', () => {
    const text = `{"id":4,"process":1,"op":{"f":"read"},"invokedAt":10,"completedAt":12,"value":3}
{"id":2,"process":0,"op":{"f":"write","value":3},"invokedAt":1,"completedAt":null,"outcome":"info","invokedUs":7}`;
    expect(parseHistory(text).operations).toEqual([
      {
        ...{ id: 4, process: 1, op: { f: 'read' }, invokedAt: 10 },
        ...{ completedAt: 12, outcome: 'ok', value: 3, place: 0 },
      },
      {
        ...{ id: 2, process: 0, op: { f: 'write', value: 3 }, invokedAt: 1, completedAt: Infinity },
        ...{ outcome: 'info', value: undefined, place: 0, invokedUs: 7, completedUs: Infinity },
      },
    ]);
  });
});

test('events come out as soon as they are whole, and nothing else is kept', () => {
  const reader = new HistoryReader();
  expect(reader.push('{"type":"invoke","process":3,')).toEqual([]);
  expect(reader.push('"f":"read"}\n{"type":"ok"')).toEqual([
    { type: 'invoke', id: 0, process: 3, op: { f: 'read' }, at: 1 },
  ]);
  expect(reader.push(',"process":3,"value":1}\n')).toEqual([
    { type: 'ok', id: 0, process: 3, value: 1, at: 2 },
  ]);
  expect(reader.end()).toEqual([]);
});

test('a byte order mark and bytes cut inside a character are no matter', () => {
  const bytes = new TextEncoder().encode(
    '\ufeff{"type":"invoke","process":0,"f":"write","value":"Grüße 🌩"}\n',
  );
  const parts = [...bytes].map((byte) => Uint8Array.of(byte));
  expect(parseHistory(parts).operations[0]!.op).toEqual({ f: 'write', value: 'Grüße 🌩' });
});

describe('the model is guessed', () => {
  const of = (...lines: readonly (readonly [op: object, value?: unknown])[]): string | null =>
    guessModel(
      lines.map(([op, value], id) => ({
        ...{ id, process: 0, op, invokedAt: 2 * id, completedAt: 2 * id + 1, outcome: 'ok', value, place: 0 },
      })),
    );
  test.each([
    [
      'cas-register',
      [
        [{ f: 'read' }, 1],
        [{ f: 'cas', from: 1, to: 2 }, true],
      ],
    ],
    [
      'kv',
      [
        [{ f: 'get', key: 'a' }, ''],
        [{ f: 'append', key: 'a', value: 'x' }, null],
      ],
    ],
    [
      'register',
      [
        [
          { f: 'get', key: 'a' },
          { value: 1, version: 4 },
        ],
      ],
    ],
    [
      'counter',
      [
        [{ f: 'add', value: 1 }, null],
        [{ f: 'read' }, 1],
      ],
    ],
    [
      'set',
      [
        [{ f: 'add', value: 1 }, null],
        [{ f: 'read' }, [1]],
      ],
    ],
    ['set', [[{ f: 'add', value: 1 }, true]]],
    ['queue', [[{ f: 'enqueue', value: 1 }], [{ f: 'dequeue' }, 1]]],
    ['stack', [[{ f: 'pop' }, null]]],
    [
      'mutex',
      [
        [{ f: 'acquire' }, true],
        [{ f: 'release' }, true],
      ],
    ],
    ['fenced-mutex', [[{ f: 'acquire' }, 3]]],
    ['semaphore', [[{ f: 'acquire', permits: 1 }, true]]],
  ] as const)('%s', (model, lines) => {
    expect(of(...lines)).toBe(model);
  });

  test('and not where several would fit, or none', () => {
    expect(of([{ f: 'acquire', client: 'a' }, true])).toBeNull();
    expect(of([{ f: 'read' }, 1], [{ f: 'push', value: 1 }])).toBeNull();
    expect(of([{ f: 'txn', value: [] }])).toBeNull();
    expect(of([['no name']])).toBeNull();
  });
});
