import { describe, expect, test } from 'vitest';
import { counter } from './counter.ts';
import { verdict } from './sequence.test-support.ts';

const read = { f: 'read' };
const add = (value: number) => ({ f: 'add', value });
const addAndGet = (value: number) => ({ f: 'addAndGet', value });

describe('a counter', () => {
  test('begins at 0 and holds the sum of what was added', () => {
    expect(verdict(counter, [read, 0], [add(2), null], [addAndGet(-3), -1], [read, -1])).toBe('ok');
    expect(verdict(counter, [add(2), null], [read, 0])).toBe('violation');
    expect(verdict(counter, [add(2), null], [addAndGet(1), 2])).toBe('violation');
  });

  test('may hold what was added with an unknown result, once', () => {
    expect(verdict(counter, [add(2)], [read, 0], [read, 2])).toBe('ok');
    expect(verdict(counter, [add(2)], [read, 4])).toBe('violation');
  });

  test('takes whole amounts only', () => {
    expect(() => verdict(counter, [{ f: 'add', value: '1' }, null])).toThrow(
      'operation 0 of the counter asks {"f":"add","value":"1"}. The amount `value` is a whole number.',
    );
  });
});
