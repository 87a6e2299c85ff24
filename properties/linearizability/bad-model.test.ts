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

/** A cell that holds a number, 0 at first. */
type CellOp =
  | { readonly f: 'read' }
  | { readonly f: 'write'; readonly to: number }
  | { readonly f: 'cas'; readonly from: number; readonly to: number };

const cell: AnyModel = {
  name: 'cell',
  init: () => 0,
  step(state, o, value) {
    const op = o as CellOp;
    if (op.f === 'read') return value === state ? state : null;
    if (op.f === 'write') return op.to;
    return (state === op.from) === (value !== false) ? (value === false ? state : op.to) : null;
  },
  readOnly: (o, value) => (o as CellOp).f === 'read' || value === false,
  reaches: {
    from(o, value) {
      const op = o as CellOp;
      return op.f === 'read' ? Number(value) : op.f === 'cas' && value !== false ? op.from : undefined;
    },
    to: (o) => ((o as CellOp).f === 'read' ? undefined : (o as { to: number }).to),
  },
};

const readCell: CellOp = { f: 'read' };
const writeCell = (to: number): CellOp => ({ f: 'write', to });
const casCell = (from: number, to: number): CellOp => ({ f: 'cas', from, to });

/** One after another; `undefined`: nobody heard how it ended. */
function cellHistory(...steps: readonly (readonly [CellOp, unknown?])[]): readonly Operation[] {
  return steps.map(([op, value], id) => ({
    ...{ id, process: id, op, invokedAt: 2 * id, completedAt: value === undefined ? Infinity : 2 * id + 1 },
    ...{ outcome: value === undefined ? ('info' as const) : ('ok' as const), value, place: 0 },
  }));
}

const right = cellHistory([writeCell(1), true], [casCell(1, 2), true], [readCell, 2], [casCell(7, 8), false]);
const wrong = cellHistory([writeCell(1), true], [casCell(1, 2), true], [readCell, 1]);
const unheard = cellHistory([writeCell(1), true], [writeCell(2)], [casCell(2, 3)], [readCell, 3]);

/** What `reaches` says of a cell, but for what is said otherwise of one operation. */
function lying(f: CellOp['f'], lie: { readonly from?: number | undefined; readonly to?: number }): AnyModel {
  const honest = cell.reaches!;
  return {
    ...cell,
    reaches: {
      from: (op, value) => ((op as CellOp).f === f && 'from' in lie ? lie.from : honest.from(op, value)),
      to: (op, value) => ((op as CellOp).f === f && 'to' in lie ? lie.to : honest.to(op, value)),
    },
  };
}

/** What the checker says of a history as a whole, and while it grows. */
function verdicts(model: AnyModel, history: readonly Operation[]): readonly string[] {
  const check = new HistoryCheck(model);
  for (const { id, op, outcome, value } of history) {
    check.invoke(id, op);
    if (outcome === 'ok') check.complete(id, 'ok', value);
  }
  return [checkLinearizable(model, history).verdict, check.end().verdict];
}

describe('where a model says in reaches what its step does not do, it is refused, and the operation named:', () => {
  test('an honest one judges', () => {
    expect(verdicts(cell, right)).toEqual(['ok', 'ok']);
    expect(verdicts(cell, wrong)).toEqual(['violation', 'violation']);
    expect(verdicts(cell, unheard)).toEqual(['ok', 'ok']);
  });

  const lies: readonly (readonly [string, AnyModel, readonly Operation[], string])[] = [
    [
      'a read is legal in another state than it says',
      lying('read', { from: 1 }),
      right,
      'reaches says of {"f":"read"} → 2 that it is legal in the state 1 only, but step() allows it in 2',
    ],
    [
      'a read that it calls legal is not, which would hide a violation',
      lying('read', { from: 2 }),
      wrong,
      'reaches says of {"f":"read"} → 1 that it is legal in the state 2, but step() refuses it in 2',
    ],
    [
      'a write leaves another state, so that what is right would be refused',
      lying('write', { to: 7 }),
      right,
      'reaches says of {"f":"write","to":1} → true that it leaves the state 7, but step() makes it leave 1, from 0',
    ],
    [
      'a write is legal everywhere, and so says where it leads without saying what it needs, but a cas is not',
      lying('cas', { from: undefined }),
      cellHistory([casCell(5, 2), true], [readCell, 2]),
      'reaches says of {"f":"cas","from":5,"to":2} → true that it is legal in every state, but step() refuses it in 0',
    ],
    [
      'a write that nobody heard the end of leads elsewhere, so that it would never be tried',
      lying('write', { to: 9 }),
      cellHistory([writeCell(1)], [readCell, 1]),
      'reaches says of {"f":"write","to":1} that it leaves the state 9, but step() makes it leave 1, from 0',
    ],
  ];

  test.each(lies)('%s', (_, model, history, what) => {
    const refused = expect.objectContaining({
      code: 'BAD_MODEL',
      message: expect.stringContaining(`the model cell cannot judge: ${what}`) as string,
    }) as Error;
    expect(() => verdicts(model, history)).toThrow(refused);
  });

  test('also where it is about a state that the search did not come to, because it believed it: once the whole history is there', () => {
    const model = lying('cas', { to: 9 });
    expect(() => checkLinearizable(model, unheard)).toThrow(
      'the model cell cannot judge: by what it says in reaches, hindsight or foresee {"f":"read"} → 3 fits no order, but by step() alone it fits.',
    );
  });

  test('each operation is asked for a few times only: a history of 300 takes no more than 5 steps for each', () => {
    let steps = 0;
    const counting: AnyModel = {
      ...cell,
      step(state, op, value) {
        steps += 1;
        return cell.step(state, op, value);
      },
    };
    const long = Array.from({ length: 300 }, (_, n) => [writeCell(n), true] as const);
    expect(checkLinearizable(counting, cellHistory(...long)).verdict).toBe('ok');
    // Once to reach the state, and once in each of four.
    expect(steps).toBeLessThanOrEqual(300 * 5);
  });
});
