import { describe, expect, test } from 'vitest';
import { judged, oneByOne, verdict } from './models/sequence.test-support.ts';
import { nondeterministic } from './nondeterministic.ts';

type CacheOp = { readonly f: 'get' } | { readonly f: 'put'; readonly value: string };

/** It may drop what was put. */
const cache = nondeterministic<string | null, CacheOp, string | null>({
  name: 'cache',
  init: () => [null],
  steps(held, op, value) {
    if (op.f === 'put') return [op.value, null];
    return value === undefined ? [held] : value === null ? [null] : held === value ? [held] : [];
  },
  describeState: (held) => held ?? 'nothing',
});

const get = { f: 'get' };
const put = (value: string) => ({ f: 'put', value });

describe('a nondeterministic model', () => {
  test('allows whatever the object may have done, and nothing else', () => {
    expect(verdict(cache, [put('a'), null], [get, 'a'], [get, null], [get, null])).toBe('ok');
    expect(verdict(cache, [put('a'), null], [get, null], [get, 'a'])).toBe('violation');
    expect(verdict(cache, [put('a'), null], [put('b'), null], [get, 'a'])).toBe('violation');
  });

  test('says all that was possible', () => {
    expect(judged(cache, oneByOne([put('a'), null], [get, 'b']))).toMatchObject({
      possible: ['a or nothing'],
    });
  });

  test('holds each state once, whatever the order in which they came about', () => {
    const maybe = nondeterministic<number | string, readonly (number | string)[], null>({
      name: 'maybe',
      init: () => [0, 0],
      steps: (_state, next) => next,
    });
    expect(maybe.init()).toEqual([0]);
    const [a, b] = [
      [1, '1', 2],
      [2, '1', 1, 2],
    ].map((next) => maybe.step([0, 5], next, null)!);
    expect(maybe.identity!(a!)).toBe(maybe.identity!(b!));
    expect(maybe.identity!([1])).not.toBe(maybe.identity!(['1']));
    expect(maybe.identity!([1, 2])).not.toBe(maybe.identity!(['[1,2]']));
    const covered = [[2], [1, 2], [3], [2, 3], [...a!, 3]].map((other) => maybe.covers!(a!, other));
    expect(covered).toEqual([true, true, false, false, false]);
  });

  test('begins somewhere', () => {
    const nowhere = nondeterministic({ name: 'nowhere', init: () => [], steps: () => [] });
    expect(() => nowhere.init()).toThrow('the model nowhere begins in no state: init() gave none.');
  });
});
