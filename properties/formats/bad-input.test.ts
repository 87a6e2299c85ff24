/** Histories that are broken, huge or hostile: one error each, with its place, and memory within bounds. */
import { describe, expect, test } from 'vitest';
import { HistoryError } from './history-error.ts';
import type { HistoryErrorCode } from './history-error.ts';
import { historyLimits } from './limits.ts';
import { parseHistory } from './parse-history.ts';
import type { HistoryReadOptions } from './history-reader.ts';

/** The error that reading ends with: its code, place and sentence. */
function refusal(
  source: Parameters<typeof parseHistory>[0],
  options?: HistoryReadOptions,
): { readonly code: HistoryErrorCode; readonly at: string; readonly message: string; readonly next: string } {
  try {
    parseHistory(source, options);
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const { code, place, message, next } = error;
    return { code, at: place === null ? '' : `${place.line}:${place.column}`, message, next };
  }
  throw new Error('it was read');
}

const edn = '{:process 0, :type :invoke, :f :read, :value nil}\n';
const json = '{"type":"invoke","process":0,"f":"read"}\n';
const log = 'INFO  jepsen.util - 0\t:invoke\t:read\tnil\n';

test.each([
  ['nothing at all', '', 'EMPTY_HISTORY', ''],
  ['blank lines and comments', '\n ; no event\n\n', 'EMPTY_HISTORY', ''],
  ['an empty vector', '[\n]\n', 'EMPTY_HISTORY', ''],
  ['a header alone', '{"history":1}\n', 'EMPTY_HISTORY', ''],
  ['a nemesis alone', '{:process :nemesis, :type :info, :f :start}', 'EMPTY_HISTORY', ''],
  ['prose', 'Dear checker,\nis this linearizable?\n', 'UNKNOWN_FORMAT', '1:1'],
  ['a page', '\n<html><body>404</body></html>', 'UNKNOWN_FORMAT', '2:1'],
  ['one JSON array', '[{"type":"invoke"}]', 'UNKNOWN_FORMAT', '1:1'],

  ['EDN that ends in a map', `${edn}{:process 0, :type :ok`, 'CUT_HISTORY', '2:1'],
  ['EDN that ends in a text', `${edn}{:process 0, :f "re`, 'CUT_HISTORY', '2:1'],
  ['EDN that ends in its vector', `[${edn}`, 'CUT_HISTORY', '1:1'],
  ['EDN that ends after a tag', `${edn}#jepsen.history.Op`, 'CUT_HISTORY', '2:1'],
  ['JSON that ends in a line', `${json}{"type":"ok","proc`, 'CUT_HISTORY', '2:19'],
  ['a log that ends in a line', `${log}INFO  jepsen.util - 0\t:o`, 'CUT_HISTORY', '2:21'],

  ['EDN, then JSON', edn + json, 'MIXED_FORMATS', '2:1'],
  ['JSON, then EDN', json + edn, 'MIXED_FORMATS', '2:1'],
  ['a log, then EDN', log + edn, 'MIXED_FORMATS', '2:1'],
  ['a log, then JSON', log + json, 'MIXED_FORMATS', '2:1'],
  ['events, then operations', `${json}{"id":1,"process":0,"op":{},"invokedAt":1}`, 'MIXED_FORMATS', '2:1'],

  ['a bracket of another kind', '{:process 0\n :value [1 2)}', 'BAD_EDN', '2:13'],
  ['a bracket too many', `${edn}}`, 'BAD_EDN', '2:1'],
  ['a key without a value', '{:process 0, :type}', 'BAD_EDN', '1:19'],
  ['an escape that is none', '{:process 0, :f "a\\q"}', 'BAD_EDN', '1:20'],
  ['a tag called like a method', `${edn}{:process 0, :value #constructor 1}`, 'BAD_EDN', '2:21'],
  ['another', `${edn}{:process 0, :value #hasOwnProperty {:a 1}}`, 'BAD_EDN', '2:21'],
  ['more after the vector', `[${edn}] ${edn}`, 'BAD_EDN', '2:3'],
  ['a form that is no map', `${edn}17`, 'BAD_EVENT', '2:1'],
  ['a map without a process', `${edn}{:type :ok, :f :read}`, 'BAD_EVENT', '2:1'],
  ['a type that is none', '{:process 0, :type :maybe, :f :read}', 'BAD_EVENT', '1:1'],
  ['a key twice', '{:process 0, :process 1, :type :ok, :f :read}', 'BAD_EVENT', '1:1'],
  ['a cas of one value', '{:process 0, :type :invoke, :f :cas, :value 1}', 'BAD_EVENT', '1:1'],
  ['JSON with a comma too many', '{"type":"invoke","process":0,"f":"read",}\n', 'BAD_JSON', '1:41'],
  ['JSON without a type', `${json}{"process":0}\n`, 'BAD_EVENT', '2:1'],
  ['JSON with a process that is a text', '{"type":"invoke","process":"0","f":"read"}\n', 'BAD_EVENT', '1:1'],
  [
    'JSON with a number beyond 2^53',
    '{"type":"invoke","process":0,"f":"write","value":9007199254740993}',
    'BAD_EVENT',
    '1:50',
  ],
  ['a header of another version', '{"history":2}\n', 'BAD_EVENT', '1:1'],
  ['a log line without its operation', `${log}INFO  jepsen.util - 4\t:invoke\n`, 'BAD_LINE', '2:21'],

  ['an end without an invocation', `${edn}{:process 1, :type :ok, :f :read}`, 'NOT_INVOKED', '2:1'],
  ['an end of something else', `${edn}{:process 0, :type :ok, :f :write}`, 'NOT_INVOKED', '2:1'],
  [
    'an end of another id',
    '{"type":"invoke","process":0,"f":"read","id":3}\n{"type":"ok","process":0,"id":4}',
    'NOT_INVOKED',
    '2:1',
  ],
  ['a process that does two things at once', json + json, 'PROCESS_BUSY', '2:1'],
  [
    'an id twice',
    '{"id":1,"process":0,"op":{},"invokedAt":1}\n{"id":1,"process":1,"op":{},"invokedAt":2}',
    'DUPLICATE_ID',
    '2:1',
  ],
  [
    'ids that fall',
    '{"type":"invoke","process":0,"f":"r","id":3}\n{"type":"invoke","process":1,"f":"r","id":3}',
    'DUPLICATE_ID',
    '2:1',
  ],
  [
    'an index twice',
    '{:process 0 :type :invoke :f :read :index 4}\n{:process 0 :type :ok :f :read :index 4}',
    'DUPLICATE_ID',
    '2:1',
  ],
  [
    'times that go back',
    '{:process 0 :type :invoke :f :read :time 9}\n{:process 0 :type :ok :f :read :time 8}',
    'TIME_GOES_BACK',
    '2:1',
  ],
  [
    'an operation that ended before it began',
    '{"id":1,"process":0,"op":{},"invokedAt":5,"completedAt":4}',
    'TIME_GOES_BACK',
    '1:1',
  ],
] as const)('%s', (_, text, code, at) => {
  const whole = refusal(text);
  expect(whole).toMatchObject({ code, at });
  expect(whole.next).not.toBe('');
  // In whatever parts it comes.
  expect(refusal([...text])).toEqual(whole);
});

test('the message says the file, the place, and what stood there', () => {
  const { message, next } = refusal(`${edn}{:process 1, :type :ok, :f :read}`, { name: 'runs/etcd.edn' });
  expect(message).toBe('runs/etcd.edn, line 2, column 1: process 1 ends "read" (ok), and it has none open');
  expect(next).toContain('beginning of the history is missing');
});

test('what is seen where no format is recognised', () => {
  expect(refusal('Dear checker').message).toBe(
    'line 1, column 1: this begins like no format that is read: "Dear checker" (first bytes 44 65 61 72 20 63 68 65)',
  );
});

test('a named format is not guessed, and says what does not fit', () => {
  expect(refusal(json, { format: 'jepsen-edn' }).code).toBe('MIXED_FORMATS');
  expect(refusal(edn, { format: 'json-lines' }).code).toBe('MIXED_FORMATS');
  expect(refusal(edn, { format: 'jepsen-log' }).code).toBe('MIXED_FORMATS');
});

test('times that go back are taken where that is asked for', () => {
  const text = '{:process 0 :type :invoke :f :read :time 9}\n{:process 0 :type :ok :f :read :time 8}';
  expect(parseHistory(text, { ignoreTimes: true }).operations).toHaveLength(1);
});

describe('bytes that are no text', () => {
  test.each([
    ['gzip', [0x1f, 0x8b, 8, 0], '1:1', 'compressed by gzip'],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0], '1:1', 'UTF-16'],
    ['NUL bytes', [...Buffer.from(edn), 0x7b, 0, 0], '2:2', 'NUL'],
    [
      'Latin-1',
      [...Buffer.from(`${edn}{:process 0, :f "Gr`), 0xfc, 0xdf, 0x65],
      '2:20',
      'a byte that UTF-8 does not have',
    ],
    ['noise', Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 24), '1:1', 'UTF-8|NUL'],
  ])('%s', (_, bytes, at, message) => {
    const told = refusal(Uint8Array.from(bytes));
    expect(told).toMatchObject({ code: 'BINARY_HISTORY', at });
    expect(told.message).toMatch(new RegExp(message));
  });
});

describe('beyond a limit', () => {
  /** The most memory that reading took, in MiB, and how it ended. */
  function reading(chunks: Iterable<string>): { readonly code: HistoryErrorCode; readonly mib: number } {
    let most = 0;
    const before = process.memoryUsage();
    function* watched(): Iterable<string> {
      for (const chunk of chunks) {
        const { heapUsed, external } = process.memoryUsage();
        most = Math.max(most, heapUsed + external - before.heapUsed - before.external);
        yield chunk;
      }
    }
    const { code } = refusal(watched());
    return { code, mib: most / 2 ** 20 };
  }
  function* repeated(head: string, part: string, times: number): Iterable<string> {
    yield head;
    for (let i = 0; i < times; i += 1) yield part;
  }
  function* inOneVector(events: string, times: number): Iterable<string> {
    yield* repeated('[', events, times);
    yield ']';
  }
  const kilobytes64 = 'x'.repeat(65_536);

  test('a line of 100 MB of JSON is refused at 16 MiB', () => {
    const { code, mib } = reading(repeated(`${json}{"type":"`, kilobytes64, 1_600));
    expect(code).toBe('EVENT_TOO_LONG');
    expect(mib).toBeLessThan(200);
  });

  test('so is a text of 100 MB in EDN, and in a log', () => {
    expect(reading(repeated(`${edn}{:process 0, :f "`, kilobytes64, 1_600)).code).toBe('EVENT_TOO_LONG');
    expect(reading(repeated(log, kilobytes64, 1_600)).code).toBe('EVENT_TOO_LONG');
  });

  test('a line of many events is no event: one vector may be far longer than an event', () => {
    const events =
      '{:process 0 :type :invoke :f :read :value nil} {:process 0 :type :ok :f :read :value 3} '.repeat(700);
    const parsed = parseHistory(inOneVector(events, 40), { limits: { eventChars: 100 } });
    expect(parsed.operations).toHaveLength(28_000);
  });

  test.each([
    ['EDN', '{:process 0, :type :invoke, :f :write, :value ', '[', '1:110'],
    ['maps of EDN', '{:process 0, :type :invoke, :f :write, :value ', '{:a ', '1:299'],
    ['JSON', '{"type":"invoke","process":0,"f":"write","value":', '[', '1:1'],
  ])('%s nested 100,000 deep', (_, head, bracket, at) => {
    const closer = bracket === '[' ? ']' : '}';
    const text = `${head}${bracket.repeat(100_000)}1${closer.repeat(100_000)}}\n`;
    expect(refusal(text)).toMatchObject({ code: 'NESTED_TOO_DEEP', at });
  });

  test('a million pending operations are refused at 200,000', () => {
    function* pending(): Iterable<string> {
      for (let i = 0; i < 1_000_000; i += 1) yield `{"type":"invoke","process":${i},"f":"read"}\n`;
    }
    expect(refusal(pending())).toMatchObject({ code: 'TOO_MANY_PENDING', at: '200001:1' });
  });

  test('unknown results count as pending', () => {
    const unknown = `${json}{"type":"info","process":0}\n`.repeat(4);
    expect(refusal(unknown, { limits: { pending: 3 } })).toMatchObject({
      code: 'TOO_MANY_PENDING',
      at: '7:1',
    });
  });

  test('more operations than the limit', () => {
    const text = `${json}{"type":"ok","process":0}\n`.repeat(4);
    expect(refusal(text, { limits: { operations: 3 } })).toMatchObject({
      code: 'TOO_MANY_OPERATIONS',
      at: '7:1',
    });
    expect(historyLimits.operations).toBe(10_000_000);
  });
});

test('whatever is cut off or changed in a history, reading it ends with operations or with a named error', () => {
  const texts = [
    `[${edn}{:process 0, :type :ok, :f :read, :value #{[1 "a\\n"] \\a}}\n #_ {:a 1}]`,
    `${json}{"type":"ok","process":0,"value":[1,{"a":"b"}]}\n`,
    `${log}INFO  jepsen.util - 0\t:ok\t:read\t[1 2]\n`,
  ];
  let refused = 0;
  for (const text of texts) {
    for (let at = 0; at < text.length; at += 1) {
      for (const changed of [text.slice(0, at), ...'{}[]()"\\#:; \n0'].map((c, i) =>
        i === 0 ? c : text.slice(0, at) + c + text.slice(at + 1),
      )) {
        try {
          expect(parseHistory(changed).operations.length).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof HistoryError)) throw error;
          refused += 1;
        }
      }
    }
  }
  expect(refused).toBeGreaterThan(1_000);
});
