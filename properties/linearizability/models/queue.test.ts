import { describe, expect, test } from 'vitest';
import type { AnyModel } from '../model.ts';
import { Draws } from '../random-history.test-support.ts';
import { search } from '../search.ts';
import { rightHistory } from './differential.test-support.ts';
import { queue } from './queue.ts';
import { judged, operation, verdict } from './sequence.test-support.ts';

const enqueue = (value: unknown) => ({ f: 'enqueue', value });
const dequeue = { f: 'dequeue' };

describe('a queue', () => {
  test('hands out what was put in, first in, first out, each once', () => {
    expect(
      verdict(queue, [enqueue(1), null], [enqueue(2), null], [dequeue, 1], [dequeue, 2], [dequeue, null]),
    ).toBe('ok');
    expect(verdict(queue, [enqueue(1), null], [enqueue(2), null], [dequeue, 2])).toBe('violation');
    expect(verdict(queue, [enqueue(1), null], [dequeue, 1], [dequeue, 1])).toBe('violation');
    expect(verdict(queue, [enqueue(1), null], [dequeue, null])).toBe('violation');
    expect(verdict(queue, [dequeue, 1])).toBe('violation');
  });

  test('takes values that were put in together in either order, and no third one out of turn', () => {
    const together = [
      operation(0, 1, 5, enqueue('a'), null),
      operation(1, 2, 6, enqueue('b'), null),
      operation(2, 7, 8, enqueue('c'), null),
    ];
    const takes = (...values: readonly string[]) =>
      values.map((value, i) => operation(10 + i, 10 + 2 * i, 11 + 2 * i, dequeue, value));
    expect(judged(queue, [...together, ...takes('a', 'b', 'c')]).verdict).toBe('ok');
    expect(judged(queue, [...together, ...takes('b', 'a', 'c')]).verdict).toBe('ok');
    expect(judged(queue, [...together, ...takes('a', 'c', 'b')]).verdict).toBe('violation');
  });

  test('was not empty while something was certainly in it', () => {
    const history = (emptyFrom: number) => [
      operation(0, 1, 5, enqueue('a'), null),
      operation(1, emptyFrom, 7, dequeue, null),
      operation(2, 8, 9, dequeue, 'a'),
    ];
    expect(judged(queue, history(4)).verdict).toBe('ok');
    expect(judged(queue, history(6)).verdict).toBe('violation');
  });

  test('may have lost to a dequeue of unknown result what nobody was shown', () => {
    const history = [[enqueue(1), null] as const, [enqueue(2), null] as const];
    expect(verdict(queue, ...history, [dequeue], [dequeue, 2], [dequeue, null])).toBe('ok');
    expect(verdict(queue, ...history, [dequeue], [dequeue, 2], [dequeue, 1])).toBe('violation');
  });

  test('takes no null, which is the answer of an empty one', () => {
    expect(() => verdict(queue, [enqueue(null), null])).toThrow(
      'operation 0 of the queue asks {"f":"enqueue","value":null}. The `value` that is put in is not null: null is the answer of what is empty.',
    );
  });

  test('is searched without trying orders of enqueues: a hundred times the work is not enough otherwise', () => {
    const object = {
      init: [] as readonly number[],
      outcomes: (line: readonly number[], op: { f: string; value?: number }) =>
        op.f === 'enqueue'
          ? [{ answer: null, next: [...line, op.value!] }]
          : [{ answer: line[0] ?? null, next: line.slice(1) }],
      draw: (draws: Draws, n: number) => (draws.chance(45) ? { f: 'dequeue' } : { f: 'enqueue', value: n }),
      flip: () => undefined,
    };
    const { history } = rightHistory(new Draws(3), object, 300, 0, 5);
    const model = queue as AnyModel;
    const { verdict: said, states } = search(model, history, 1_000_000);
    expect(said).toBe('ok');
    expect(search(model, history, 100 * states, { hindsight: false }).verdict).toBe('undecided');
  });
});
