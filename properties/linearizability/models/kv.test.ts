import { describe, expect, test } from 'vitest';
import type { Operation } from '../../history.ts';
import type { AnyModel } from '../model.ts';
import { Draws } from '../random-history.test-support.ts';
import { search } from '../search.ts';
import { rightHistory } from './differential.test-support.ts';
import { kv } from './kv.ts';
import { judged, operation, verdict } from './sequence.test-support.ts';

const get = { f: 'get', key: 'k' };
const put = (value: string) => ({ f: 'put', key: 'k', value });
const append = (value: string) => ({ f: 'append', key: 'k', value });

describe('a key–value store', () => {
  test('holds the empty string, then what was put and appended', () => {
    expect(verdict(kv, [get, ''], [append('a'), null], [append('b'), null], [get, 'ab'])).toBe('ok');
    expect(verdict(kv, [append('a'), null], [put('b'), null], [get, 'b'])).toBe('ok');
    expect(verdict(kv, [append('a'), null], [append('b'), null], [get, 'ba'])).toBe('violation');
    expect(verdict(kv, [put('a'), null], [get, ''])).toBe('violation');
  });

  test('orders appends under way as a later get shows them', () => {
    const under = (shown: string): readonly Operation[] => [
      operation(0, 1, 9, append('a'), null),
      operation(1, 2, 8, append('b'), null),
      operation(2, 3, 7, append('c'), null),
      operation(3, 10, 11, get, shown),
    ];
    for (const shown of ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']) {
      expect(judged(kv, under(shown)).verdict).toBe('ok');
    }
    expect(judged(kv, under('ab')).verdict).toBe('violation');
  });

  test('may have hidden an append under a put that was under way with it', () => {
    const history = [
      operation(0, 1, 9, append('a'), null),
      operation(1, 2, 8, put('b'), null),
      operation(2, 10, 11, get, 'b'),
    ];
    expect(judged(kv, history).verdict).toBe('ok');
  });

  test('never shows a state that an answer cannot be compared with: neither a number nor null is a text', () => {
    expect(verdict(kv, [append('a'), null], [get, 0])).toBe('violation');
    expect(verdict(kv, [get, null])).toBe('violation');
  });

  test('tells the texts that were possible, long ones by their ends', () => {
    expect(judged(kv, [operation(0, 1, 2, put('x'), null), operation(1, 3, 4, get, 'y')])).toMatchObject({
      message: expect.stringContaining('get k → "y" by process 1') as string,
      possible: ['"x"'],
    });
    const long = 'a'.repeat(1_000);
    expect(kv.describe!({ ...get, f: 'get' }, long).length).toBeLessThan(140);
    expect(kv.describe!({ ...get, f: 'get' }, long)).toContain('(1000 characters)');
  });

  test('looks ahead: ten times the work is not enough for a search that does not', () => {
    const object = {
      init: '',
      outcomes: (text: string, op: { f: string; value?: string }) =>
        op.f === 'get'
          ? [{ answer: text, next: text }]
          : [{ answer: null, next: (op.f === 'put' ? '' : text) + op.value! }],
      draw: (draws: Draws, n: number) =>
        draws.chance(30) ? { f: 'get' } : { f: draws.chance(90) ? 'append' : 'put', value: `x ${n} y` },
      flip: () => undefined,
    };
    const { history } = rightHistory(new Draws(5), object, 300, 0, 8);
    const model = kv as AnyModel;
    const ahead = search(model, history, 10_000_000);
    expect(ahead.verdict).toBe('ok');
    expect(search(model, history, 10 * ahead.states, { hindsight: false }).verdict).toBe('undecided');
  });
});
