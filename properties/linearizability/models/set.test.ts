import { describe, expect, test } from 'vitest';
import type { Operation } from '../../history.ts';
import { checkLinearizable } from '../check.ts';
import type { AnyModel } from '../model.ts';
import { judged, operation, verdict } from './sequence.test-support.ts';
import { set } from './set.ts';

const add = (value: unknown) => ({ f: 'add', value });
const remove = (value: unknown) => ({ f: 'remove', value });
const contains = (value: unknown) => ({ f: 'contains', value });
const read = { f: 'read' };

describe('a set', () => {
  test('holds what was added and not removed, in no order', () => {
    expect(
      verdict(
        set,
        [read, []],
        [add(1), null],
        [add(2), true],
        [read, [2, 1]],
        [remove(1), true],
        [read, [2]],
      ),
    ).toBe('ok');
    expect(verdict(set, [add(1), null], [read, []])).toBe('violation');
    expect(verdict(set, [add(1), null], [read, [1, 2]])).toBe('violation');
    expect(verdict(set, [add(1), null], [read, [1, 1]])).toBe('violation');
  });

  test('says whether an add or a remove changed it, where it says so', () => {
    expect(verdict(set, [add(1), true], [add(1), false], [remove(2), false], [contains(1), true])).toBe('ok');
    expect(verdict(set, [add(1), true], [add(1), true])).toBe('violation');
    expect(verdict(set, [add(1), true], [add(1), null])).toBe('ok');
    expect(verdict(set, [contains(1), true])).toBe('violation');
  });

  test('is many small objects where nobody reads the whole, and one where somebody does', () => {
    const alone = judged(set, [operation(0, 1, 2, add('a'), null), operation(1, 3, 4, contains('a'), false)]);
    expect(alone).toMatchObject({
      ...{ verdict: 'violation', key: 'element "a"', possible: ['a set with a'] },
      reason: 'contains a → false; possible was a set with a',
    });
    const never = judged(set, [operation(0, 1, 2, contains(7), true)]);
    expect(never).toMatchObject({ possible: ['a set without 7'], prefix: { state: 'a set without 7' } });
    const whole = judged(set, [operation(0, 1, 2, add('a'), null), operation(1, 3, 4, read, [])]);
    expect(whole).toMatchObject({ verdict: 'violation', key: null, possible: ['{"a"}'] });
  });

  test('keeps objects apart that have a key, and one whose key looks like that of an element', () => {
    const at = (key: string, op: object) => ({ ...op, key });
    expect(verdict(set, [at('s', add(1)), null], [add(1), true], [at('s', contains(1)), true])).toBe('ok');
    expect(verdict(set, [at('element 1', add(2)), null], [contains(1), false], [contains(2), false])).toBe(
      'ok',
    );
  });

  test('that only grows is a count: 4,000 adds of 20 clients and three reads in fewer than 40 steps an operation', () => {
    const history: Operation[] = [];
    const elements: number[] = [];
    for (let n = 0; n < 4_000; n += 1) {
      elements.push(n);
      history.push(operation(n, 10 * n, 10 * n + 200 - (n % 7), add(n), null));
    }
    const reads = [1_000, 2_500, 3_999].map((last, i) =>
      operation(10_000 + i, 10 * last + 5, 10 * last + 6, read, elements.slice(0, last)),
    );
    const model = set as AnyModel;
    const right = checkLinearizable(model, [...history, ...reads]);
    expect(right.verdict).toBe('ok');
    expect(right.states).toBeLessThan(40 * history.length);
    // It certainly held the first one by then.
    const stale = { ...reads[1]!, value: elements.slice(1, 2_500) };
    const wrong = checkLinearizable(model, [...history, reads[0]!, stale, reads[2]!], {
      maxStates: 1_000_000,
    });
    expect(wrong.verdict).toBe('violation');
    if (wrong.verdict === 'violation') expect(wrong.operation.id).toBe(10_001);
  });
});
