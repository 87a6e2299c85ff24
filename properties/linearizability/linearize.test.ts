import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import type { ConcreteRegister, Relation } from './brute-force.test-support.ts';
import { concreteRegister, isLinearizableByBruteForce } from './brute-force.test-support.ts';
import { checkLinearizable } from './check.ts';
import { linearize } from './linearize.ts';
import type { AnyModel, Model } from './model.ts';
import type { RegisterOp, RegisterValue } from './models/register.ts';
import { register } from './models/register.ts';
import { Draws, mutated, rightHistory } from './random-history.test-support.ts';

const model = register as AnyModel;

function draw(seed: number, wrongPercent: number): readonly Operation[] {
  const draws = new Draws(seed);
  const history = rightHistory(draws, {
    operations: 4 + draws.below(6),
    processes: 4,
    values: draws.chance(50) ? 2 : 6,
    infoPercent: draws.chance(70) ? 25 : 0,
  });
  return draws.chance(wrongPercent) ? mutated(draws, history) : history;
}

/** What it was asked, and what it is to answer if it takes effect. */
interface Told {
  readonly op: { readonly version?: number };
  readonly value: { readonly version?: number } | undefined;
}

/** By brute force; one of unknown result that has a value nonetheless takes effect with that, or never. */
function isRight(history: readonly Operation[]): boolean {
  const told = history.map((o) => ({ ...o, op: { op: o.op, value: o.value } as Told }));
  const versions = told.map(({ op: { op, value } }) => Math.max(op.version ?? 0, value?.version ?? 0));
  const unknown = history.filter((o) => o.outcome === 'info').length;
  // More than any explanation could need.
  const { init, next } = concreteRegister(Math.max(0, ...versions) + unknown + 1);
  const relation: Relation<ConcreteRegister> = {
    init,
    next: (state, o) => next(state, (o as Told).op, (o as Told).value),
  };
  return isLinearizableByBruteForce(relation, told);
}

/** Whether the model allows the operations in this order, and real time does. A value that one of unknown result has is that it was to have. */
function explains(judge: AnyModel, order: readonly Operation[]): boolean {
  let state: unknown = judge.init();
  let latestInvocation = -Infinity;
  for (const o of order) {
    if (o.completedAt < latestInvocation) return false;
    latestInvocation = Math.max(latestInvocation, o.invokedAt);
    state = judge.step(state, o.op, o.value);
    if (state === null) return false;
  }
  return true;
}

describe('an order that explains a history', () => {
  test('is found for exactly those of 3,000 small histories that brute force finds right, and explains them', () => {
    let wrong = 0;
    for (let seed = 1; seed <= 3_000; seed += 1) {
      const history = draw(seed, 70);
      const found = linearize(model, history, 100_000);
      const right = isRight(history);
      expect(found !== null, `seed ${seed}`).toBe(right);
      if (found === null) {
        wrong += 1;
        continue;
      }
      expect(explains(model, found.order), `seed ${seed}`).toBe(true);
      const placed = new Set(found.order);
      expect(placed.size).toBe(found.order.length);
      expect(history.every((o) => o.outcome !== 'ok' || placed.has(o))).toBe(true);
    }
    expect(wrong).toBeGreaterThan(900);
    expect(wrong).toBeLessThan(2_100);
  });

  test('is found for 5,000 operations of 12 clients, 2 % of unknown result, and for 20,000 without such', () => {
    for (const [operations, infoPercent] of [
      [5_000, 2],
      [20_000, 0],
    ] as const) {
      const shape = { operations, processes: 12, values: 1_000_000, infoPercent };
      const found = linearize(model, rightHistory(new Draws(9), shape), 1_000_000);
      expect(found).not.toBeNull();
      expect(explains(model, found!.order)).toBe(true);
    }
  });

  test('is given up when the steps are spent', () => {
    const history = rightHistory(new Draws(9), { operations: 50, processes: 4, values: 2, infoPercent: 0 });
    expect(linearize(model, history, 20)).toBeNull();
  });
});

describe('the prefix that is told with a violation', () => {
  test('is linearizable in the order told, and with the failed operation it is not: 600 wrong histories', () => {
    let found = 0;
    let prefixed = 0;
    for (let seed = 30_001; found < 600; seed += 1) {
      const history = draw(seed, 100) as readonly Operation<RegisterOp, RegisterValue>[];
      const result = checkLinearizable(register, history);
      if (result.verdict !== 'violation') continue;
      found += 1;
      const { operation: failed, prefix } = result;
      const told = prefix!.operations;
      expect(explains(model, told), `seed ${seed}`).toBe(true);
      const returned = history.filter((o) => o.completedAt < failed.completedAt);
      expect(returned.every((o) => told.includes(o))).toBe(true);
      expect(told.every((o) => history.includes(o) && o.invokedAt < failed.completedAt)).toBe(true);
      prefixed += told.length;
      // What was open may take effect with its result, or never.
      const before = history.flatMap((o): Operation[] => {
        if (o.invokedAt > failed.completedAt) return [];
        return o.completedAt > failed.completedAt ? [{ ...o, completedAt: Infinity, outcome: 'info' }] : [o];
      });
      expect(isRight(before), `seed ${seed}, with the failed operation`).toBe(false);
      expect(isRight(before.filter((o) => o.id !== failed.id)), `seed ${seed}, without`).toBe(true);
      expect(isRight(result.history), `seed ${seed}, reduced`).toBe(false);
    }
    expect(prefixed / found).toBeGreaterThan(2);
  });

  test('is told for any model, and long ones: a queue that gave one element twice after 300 operations', () => {
    interface Op {
      readonly f: 'enqueue' | 'dequeue';
      readonly value?: number;
    }
    const queue: Model<readonly number[], Op, number | null> = {
      name: 'queue',
      init: () => [],
      step(state, op, value) {
        if (op.f === 'enqueue') return [...state, op.value!];
        const [first = null, ...rest] = state;
        return value === undefined || value === first ? rest : null;
      },
    };
    const history: Operation<Op, number | null>[] = [];
    const add = (op: Op, value: number | null): void => {
      const id = history.length;
      const at = { invokedAt: 3 * id, completedAt: 3 * id + 5 };
      history.push({ id, process: id % 3, op, ...at, outcome: 'ok', value, place: 0 });
    };
    for (let i = 0; i < 150; i += 1) {
      add({ f: 'enqueue', value: i }, null);
      if (i > 2) add({ f: 'dequeue' }, i - 3);
    }
    add({ f: 'dequeue' }, 7);
    const result = checkLinearizable(queue, history);
    if (result.verdict !== 'violation') return expect.fail(result.verdict);
    expect(result.operation).toBe(history.at(-1));
    expect(result.prefix!.operations).toHaveLength(history.length - 1);
    expect(explains(queue as AnyModel, result.prefix!.operations)).toBe(true);
    expect(result.prefix!.state).toBe('[147,148,149]');
    expect(result.reason).toBe('{"f":"dequeue"} → 7; possible was [147,148,149]');
  });
});
