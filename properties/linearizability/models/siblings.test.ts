import { describe, expect, test } from 'vitest';
import { checkLinearizable } from '../check.ts';
import type { AnyModel } from '../model.ts';
import type { SiblingClock, Standing } from './siblings.ts';
import { siblings } from './siblings.ts';
import { strategies } from './siblings.test-support.ts';

type Step = readonly [op: object, answer: object];

/** One after the other. */
function verdict(...steps: readonly Step[]): string {
  const history = steps.map(([op, value], id) => ({
    ...{ id, process: 0, op, value, outcome: 'ok' as const, place: 0 },
    ...{ invokedAt: 2 * id, completedAt: 2 * id + 1 },
  }));
  return checkLinearizable(siblings(strategies) as unknown as AnyModel, history).verdict;
}

const key = 'kept/k';
const put = (actor: string, value: number, seen?: SiblingClock, k = key) => ({
  ...{ f: 'putSiblings', key: k, actor, value },
  ...(seen === undefined ? {} : { context: { key: k, clock: seen } }),
});
const cas = (actor: string, value: number, seen: SiblingClock) => ({
  ...put(actor, value, seen),
  f: 'casSiblings',
});
const stand = (clock: SiblingClock, ...standing: readonly Standing[]) => ({
  siblings: standing,
  context: { key, clock },
});
const dot = (actor: string, counter: number, value: number): Standing => ({ actor, counter, value });

const first: Step = [put('a', 1), stand([['a', 1]], dot('a', 1, 1))];
const both: SiblingClock = [
  ['a', 1],
  ['b', 1],
];

describe('a register that keeps concurrent values', () => {
  test('keeps what a write has not seen, and nothing that it has', () => {
    const beside = stand(both, dot('a', 1, 1), dot('b', 1, 2));
    const instead = stand(both, dot('b', 1, 2));
    expect([verdict(first, [put('b', 2), beside]), verdict(first, [put('b', 2), instead])]).toEqual([
      'ok',
      'violation',
    ]);
    const seen = put('b', 2, [['a', 1]]);
    expect([verdict(first, [seen, beside]), verdict(first, [seen, instead])]).toEqual(['violation', 'ok']);
  });

  test('applies no write that has seen what was not written yet', () => {
    expect(verdict([put('b', 2, [['a', 1]]), stand([['b', 1]], dot('b', 1, 2))])).toBe('violation');
  });

  test('exchanges only where the context is the one that stands, and shows it where it is not', () => {
    const exchanged = { done: true, ...stand(both, dot('b', 1, 2)) };
    expect(verdict(first, [cas('b', 2, [['a', 1]]), exchanged])).toBe('ok');
    expect(
      verdict(first, [cas('b', 2, []), { done: true, ...stand(both, dot('a', 1, 1), dot('b', 1, 2)) }]),
    ).toBe('violation');
    const refused = { done: false, ...stand([['a', 1]], dot('a', 1, 1)) };
    expect([
      verdict(first, [cas('b', 2, []), refused]),
      verdict(first, [cas('b', 2, [['a', 1]]), refused]),
    ]).toEqual(['ok', 'violation']);
  });

  test('rejects, where that is the strategy, what is concurrent, and nothing else', () => {
    const k = 'none/k';
    const alone: Step = [put('a', 1, undefined, k), stand([['a', 1]], dot('a', 1, 1))];
    const rejected = { rejected: true, ...stand([['a', 1]], dot('a', 1, 1)) };
    expect(verdict(alone, [put('b', 2, undefined, k), rejected])).toBe('ok');
    expect(verdict(alone, [put('b', 2, [['a', 1]], k), rejected])).toBe('violation');
    expect(
      verdict(alone, [put('b', 2, [['a', 1]], k), { rejected: true, ...stand(both, dot('b', 1, 2)) }]),
    ).toBe('violation');
  });
});
