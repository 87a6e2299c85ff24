import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { checkSequential } from '../consistency/sequential.ts';
import { BadModel } from './bad-model.ts';
import { checkLinearizable } from './check.ts';
import { HistoryCheck } from './history-check.ts';
import type { AnyModel } from './model.ts';

interface Op {
  readonly f: 'add' | 'has';
  readonly value: number;
}

/** One after another: 1 is added, and there. */
const history: readonly Operation[] = [
  { f: 'add', value: 1 },
  { f: 'has', value: 1 },
].map((op, id) => ({
  ...{ id, process: 0, op, invokedAt: 2 * id, completedAt: 2 * id + 1 },
  ...{ outcome: 'ok', value: op.f === 'has' ? true : null, place: 0 },
}));

/** A model of a set, but for what is said. */
function model(flawed: Partial<AnyModel>): AnyModel {
  return {
    name: 'flawed',
    init: () => [] as readonly number[],
    step(state, o, value) {
      const [elements, op] = [state as readonly number[], o as Op];
      if (op.f === 'add') return [...elements, op.value];
      return value === undefined || value === elements.includes(op.value) ? elements : null;
    },
    ...flawed,
  };
}

const flaws: readonly (readonly [string, Partial<AnyModel>, string])[] = [
  ['a first state of null', { init: () => null }, 'init() gives null, which is how step says "illegal"'],
  ['no first state', { init: () => undefined }, 'init() gives undefined'],
  ['an init that is async', { init: () => Promise.resolve([]) }, 'init() gives a promise'],
  ['a step that is async', { step: () => Promise.resolve(null) }, 'step() gives a promise'],
  ['a step that returns nothing', { step: () => undefined }, 'step() returned undefined'],
  [
    'a step that changes its state',
    {
      step(state, op) {
        (state as number[]).push((op as Op).value);
        return state;
      },
    },
    'step() changed the state that it was given',
  ],
  ['states that are a Set', { init: () => new Set() }, 'a state holds a Set'],
  ['states that hold a Map', { step: () => ({ inside: [new Map()] }) }, 'a state holds a Map'],
  ['states with large integers', { step: () => ({ n: 1n }) }, 'a state holds a bigint'],
  ['states with infinities', { step: () => [Infinity] }, 'a state holds Infinity'],
  ['keys that are objects', { key: () => ({}) as unknown as string }, 'key() gives a value of type object'],
];

describe('a model that would make the checker tell a wrong verdict is refused:', () => {
  test.each(flaws)('%s', (_, flawed, what) => {
    const refused = expect.objectContaining({
      code: 'BAD_MODEL',
      message: expect.stringContaining(`the model flawed cannot judge: ${what}`) as string,
    }) as Error;
    expect(() => checkLinearizable(model(flawed), history)).toThrow(refused);
    expect(() => {
      const check = new HistoryCheck(model(flawed));
      for (const { id, op, value } of history) {
        check.invoke(id, op);
        check.complete(id, 'ok', value);
      }
    }).toThrow(refused);
  });

  test('where sequential consistency is asked for alone, too', () => {
    expect(() => checkSequential(model({ init: () => null }), history)).toThrow(BadModel);
  });
});

test('one that gives its Sets an identity, or has no keys for some operations, judges', () => {
  const sound: AnyModel = {
    name: 'sound',
    init: () => new Set<number>(),
    key: () => undefined as unknown as null,
    identity: (state) => [...(state as Set<number>)].join(),
    step(state, o, value) {
      const [elements, op] = [state as ReadonlySet<number>, o as Op];
      if (op.f === 'add') return new Set([...elements, op.value]);
      return value === undefined || value === elements.has(op.value) ? elements : null;
    },
  };
  expect(checkLinearizable(sound, history)).toMatchObject({ verdict: 'ok' });
  expect(checkLinearizable(model({}), history)).toMatchObject({ verdict: 'ok' });
});
