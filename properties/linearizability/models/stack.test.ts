import { describe, expect, test } from 'vitest';
import type { AnyModel } from '../model.ts';
import { Draws } from '../random-history.test-support.ts';
import { search } from '../search.ts';
import { rightHistory } from './differential.test-support.ts';
import { judged, operation, verdict } from './sequence.test-support.ts';
import { stack } from './stack.ts';

const push = (value: unknown) => ({ f: 'push', value });
const pop = { f: 'pop' };

describe('a stack', () => {
  test('hands out what was put in, last in, first out, each once', () => {
    expect(verdict(stack, [push(1), null], [push(2), null], [pop, 2], [pop, 1], [pop, null])).toBe('ok');
    expect(verdict(stack, [push(1), null], [push(2), null], [pop, 1])).toBe('violation');
    expect(verdict(stack, [push(1), null], [pop, 1], [pop, 1])).toBe('violation');
    expect(verdict(stack, [push(1), null], [pop, null])).toBe('violation');
  });

  test('takes values that were put in together in either order', () => {
    const together = [operation(0, 1, 5, push('a'), null), operation(1, 2, 6, push('b'), null)];
    for (const [first, second] of ['ab', 'ba']) {
      const takes = [operation(2, 7, 8, pop, first), operation(3, 9, 10, pop, second)];
      expect(judged(stack, [...together, ...takes]).verdict).toBe('ok');
    }
  });

  test('may have lost to a pop of unknown result what nobody was shown', () => {
    expect(verdict(stack, [push(1), null], [push(2), null], [pop], [pop, 1])).toBe('ok');
    expect(verdict(stack, [push(1), null], [push(2), null], [pop, 1], [pop])).toBe('violation');
  });

  test('looks ahead: ten times the work is not enough for a search that does not', () => {
    const object = {
      init: [] as readonly number[],
      outcomes: (pile: readonly number[], op: { f: string; value?: number }) =>
        op.f === 'push'
          ? [{ answer: null, next: [...pile, op.value!] }]
          : [{ answer: pile.at(-1) ?? null, next: pile.slice(0, -1) }],
      draw: (draws: Draws, n: number) => (draws.chance(45) ? { f: 'pop' } : { f: 'push', value: n }),
      flip: () => undefined,
    };
    const { history } = rightHistory(new Draws(3), object, 200, 0, 4);
    const model = stack as AnyModel;
    const { verdict: said, states } = search(model, history, 1_000_000);
    expect(said).toBe('ok');
    expect(search(model, history, 10 * states, { hindsight: false }).verdict).toBe('undecided');
  });
});
