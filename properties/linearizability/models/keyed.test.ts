import { describe, expect, test } from 'vitest';
import { counter } from './counter.ts';
import { kv } from './kv.ts';
import { judged, oneByOne, verdict } from './sequence.test-support.ts';

describe('an operation that asks nothing a model could judge', () => {
  test('is refused by name, with what to write instead', () => {
    expect(() => verdict(kv, [{ f: 'put', key: 'a', value: 1 }, null])).toThrow(
      expect.objectContaining({
        code: 'BAD_OPERATION',
        operation: 0,
        message:
          'operation 0 of the kv asks {"f":"put","key":"a","value":1}. What is written, `value`, is a string.',
        next: 'What is written, `value`, is a string.',
      }) as Error,
    );
    expect(() => verdict(counter, [{ f: 'read', key: [1] }, 0])).toThrow('A key is a string or a number.');
  });

  test('is none of its business where the operation is of another kind, or no operation at all', () => {
    const mixed = oneByOne([{ f: 'put', value: 1 }, null], [{ f: 'read' }, 0]).map((o, i) =>
      i === 0 ? { ...o, op: null } : o,
    );
    expect(judged(counter, mixed)).toMatchObject({ verdict: 'ok', operations: 1 });
  });
});
