import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtInMerges } from '../core/machine/siblings/strategies.ts';
import { counterexample, triedMerges } from './merge-laws.ts';

const integers = fc.integer({ min: -1_000, max: 1_000 });
const texts = fc.stringMatching(/^[a-c]{1,3}( [a-c]{1,3}){0,2}$/);

describe('the trial of merge functions', () => {
  test('passes those that come with the package', () => {
    // A set of words is written in order, each once: that is the form in which merging it with itself gives it back.
    const sets = texts.map((text) => builtInMerges['union']!(text, text));
    const merges = triedMerges({
      max: { merge: builtInMerges['max']!, values: integers },
      union: { merge: builtInMerges['union']!, values: sets },
    });
    expect(Object.keys(merges)).toEqual(['max', 'union']);
  });

  test('shows the smallest values by which a function depends on the order', () => {
    const merge = (a: number | string, b: number | string): string => `${a}${b}`;
    const found = counterexample('concat', {
      merge,
      values: fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1 }),
    });
    expect(found).toMatch(
      /^merge\("concat"\) is not commutative: concat\("a", "[ab]{1,2}"\) = "[ab]{2,3}", concat\("[ab]{1,2}", "a"\) =/,
    );
  });

  test('shows what is not idempotent, not associative, or throws', () => {
    const sum = (a: number | string, b: number | string): number => Number(a) + Number(b);
    expect(counterexample('sum', { merge: sum, values: integers })).toMatch(
      /not idempotent: sum\(-?1, -?1\) = -?2/,
    );
    const middle = (a: number | string, b: number | string): number =>
      Math.trunc((Number(a) + Number(b)) / 2);
    expect(counterexample('mean', { merge: middle, values: integers })).toContain('not associative');
    expect(counterexample('max', { merge: builtInMerges['max']!, values: texts })).toMatch(
      /throws: max\("a", "a"\): max merges integers/,
    );
  });

  test('refuses the configuration before anything starts', () => {
    const merge = (a: number | string): number | string => a;
    expect(() => triedMerges({ first: { merge, values: integers } })).toThrow(
      /BAD_CONFIGURATION: merge\("first"\) is not commutative: first\(0, -?1\) = 0, first\(-?1, 0\) = -?1\./,
    );
  });
});
