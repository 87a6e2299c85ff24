/** Registers told as a key–value store: every right history stays right, and what is wrong with values is still found. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { checkLinearizable } from '../linearizability/check.ts';
import { modelNamed } from '../linearizability/models-by-name.ts';
import { Draws, rightHistory } from '../linearizability/random-history.test-support.ts';
import { registersAsKeyValue } from './register-as-kv.ts';

const kv = modelNamed('kv');
const base = { process: 0, outcome: 'ok', place: 7 } as const;

/** Operations one after another, from what was asked and answered. */
function told(...calls: readonly (readonly [op: object, value: unknown])[]): readonly unknown[] {
  const operations = calls.map(([op, value], id): Operation => {
    return { ...base, id, op, value, invokedAt: 2 * id, completedAt: 2 * id + 1 };
  });
  return registersAsKeyValue(operations).map(({ op, value }) => [op, value]);
}

test('values become texts, versions go, an absent key reads as the empty text', () => {
  expect(
    told(
      [
        { f: 'get', key: 'a' },
        { value: null, version: 0 },
      ],
      [{ f: 'put', key: 'a', value: 'x' }, { version: 4 }],
      [
        { f: 'get', key: 'a' },
        { value: 'x', version: 4 },
      ],
      [
        { f: 'cas', key: 'a', version: 4, value: 2 },
        { done: true, version: 5 },
      ],
      [
        { f: 'cas', key: 'a', version: 4, value: 9 },
        { done: false, value: 2, version: 5 },
      ],
      [{ f: 'delete', key: 'a' }, { existed: true }],
      [{ f: 'put', key: 'a', value: 3 }, { error: 'UNCOMMITTED_FULL' }],
      [{ f: 'acquire', lock: 'l' }, { busy: true }],
    ),
  ).toEqual([
    [{ f: 'get', key: 'a' }, ''],
    [{ f: 'put', key: 'a', value: '"x"' }, null],
    [{ f: 'get', key: 'a' }, '"x"'],
    [{ f: 'put', key: 'a', value: '2' }, null],
    [{ f: 'get', key: 'a' }, '2'],
    [{ f: 'put', key: 'a', value: '' }, null],
  ]);
});

describe('of 300 random histories of registers, with unknown results and four processes', () => {
  const shape = { operations: 14, processes: 4, values: 3, infoPercent: 20 };
  const verdictOf = (operations: readonly Operation[]): string =>
    checkLinearizable(
      kv,
      registersAsKeyValue(operations).map((o) => ({ ...o, place: 0 })),
    ).verdict;

  test('all that are right stay right', () => {
    const verdicts = Array.from({ length: 300 }, (_, seed) =>
      verdictOf(rightHistory(new Draws(seed + 1), shape)),
    );
    expect(new Set(verdicts)).toEqual(new Set(['ok']));
  });

  test('each that shows a value that nobody wrote is refused', () => {
    let changed = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      const history = rightHistory(new Draws(seed), shape);
      const read = history.find((o) => (o.op as { f: string }).f === 'get' && o.outcome === 'ok');
      if (read === undefined) continue;
      changed += 1;
      const wrong = history.map((o) => (o === read ? { ...o, value: { value: 'never', version: 3 } } : o));
      expect(verdictOf(wrong)).toBe('violation');
    }
    expect(changed).toBeGreaterThan(200);
  });
});
