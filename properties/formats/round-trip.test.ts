/** What is written is read back the same. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { anyHistory, counted, kindsOfHistory } from './any-history.test-support.ts';
import { HistoryError } from './history-error.ts';
import { parseHistory } from './parse-history.ts';
import { writeHistory } from './write-history.ts';

const runs = { numRuns: 300 };

/** Read in parts that end anywhere, as files come in. */
function inParts(text: string, size: number): Iterable<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.slice(i * size, (i + 1) * size),
  );
}

/** Without what Porcupine's text has no words for. */
function bare(operation: Operation): Operation {
  const { id, process, op, invokedAt, completedAt, outcome, value } = operation;
  return { id, process, op, invokedAt, completedAt, outcome, value, place: 0 };
}

describe.each(kindsOfHistory)('a history of kind %s', (kind) => {
  test('comes back from JSON Lines with every field, ids and times included', () => {
    fc.assert(
      fc.property(anyHistory(kind), (operations) => {
        const parsed = parseHistory(writeHistory(operations, 'json-lines', { model: kind }));
        expect(parsed.operations).toEqual(operations);
        expect(parsed).toMatchObject({ format: 'json-lines', model: kind, modelFrom: 'file' });
      }),
      runs,
    );
  });

  test('comes back from Jepsen EDN, whatever the parts in which it is read', () => {
    fc.assert(
      fc.property(anyHistory(kind), fc.integer({ min: 1, max: 200 }), (operations, size) => {
        const text = writeHistory(operations, 'jepsen-edn', { model: kind });
        const parsed = parseHistory(inParts(text, size));
        expect(counted(parsed.operations)).toEqual(operations);
        expect(parsed).toMatchObject({ format: 'jepsen-edn', model: kind, modelFrom: 'file' });
      }),
      runs,
    );
  });
});

test("a key–value history comes back from Porcupine's text, but for failed operations, times, and processes that were left waiting", () => {
  fc.assert(
    fc.property(anyHistory('kv'), fc.integer({ min: 1, max: 200 }), (operations, size) => {
      const happened = operations.filter((o) => o.outcome !== 'fail');
      fc.pre(happened.length > 0);
      const parsed = parseHistory(inParts(writeHistory(operations, 'porcupine'), size), {
        format: 'porcupine',
      });
      const expected = counted(happened).map(bare);
      expect(parsed.operations.map((o, i) => ({ ...o, process: expected[i]?.process }))).toEqual(expected);
      const waiting = new Set<number>();
      for (const { process, outcome } of parsed.operations) {
        expect([...waiting]).not.toContain(process);
        if (outcome === 'info') waiting.add(process);
      }
    }),
    runs,
  );
});

const recorded: Operation = {
  ...{ id: 7, process: 2, op: { f: 'acquire', lock: 'a' }, invokedAt: 3, completedAt: 9, outcome: 'ok' },
  ...{ value: { granted: true }, place: 12, session: 5, appliedAt: 11, invokedUs: 30, completedUs: 90 },
};

test('what a simulated run adds to operations is kept by JSON Lines', () => {
  const unknown: Operation = {
    ...recorded,
    id: -8,
    outcome: 'info',
    completedAt: Infinity,
    completedUs: 60,
    value: undefined,
  };
  expect(parseHistory(writeHistory([recorded, unknown], 'json-lines')).operations).toEqual([
    recorded,
    unknown,
  ]);
});

test('the halves of an operation that waits overlap, and are events of two processes', () => {
  const half: Operation = { ...recorded, id: -8, completedAt: 5, completedUs: 50 };
  const { operations } = parseHistory(writeHistory([half, recorded], 'jepsen-edn'));
  expect(operations.map(({ process, invokedAt, completedAt }) => [process, invokedAt, completedAt])).toEqual([
    [2, 1, 3],
    [3, 2, 4],
  ]);
});

test.each([
  ['a value that is no JSON', { value: Number.NaN }, 'json-lines', 'NaN cannot be written'],
  ['a value that is no JSON', { op: { f: 'write', value: new Date(0) } }, 'jepsen-edn', '[object Date]'],
  ['an integer beyond 2^53', { value: 2 ** 53 }, 'json-lines', '9007199254740992 cannot be written'],
  ['a lock in a text for key–value stores', {}, 'porcupine', 'none that Porcupine'],
  ['a log', {}, 'jepsen-log', 'are read, not written'],
] as const)('refuses to write %s', (_, change, format, message) => {
  const write = (): string => writeHistory([{ ...recorded, ...change }], format);
  expect(write).toThrow(HistoryError);
  expect(write).toThrow(message);
});
