import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { checkLinearizable } from './check.ts';
import type { Model } from './model.ts';
import type { RegisterOp, RegisterValue } from './models/register.ts';
import { register } from './models/register.ts';
import { Draws, rightHistory } from './random-history.test-support.ts';

const put = (key: string, value: number): RegisterOp => ({ f: 'put', key, value });
const get = (key: string): RegisterOp => ({ f: 'get', key });

function operation(
  id: number,
  interval: readonly [number, number],
  op: RegisterOp,
  value?: RegisterValue,
  place = 0,
): Operation<RegisterOp, RegisterValue> {
  const [invokedAt, completedAt] = interval;
  const outcome = completedAt === Infinity ? 'info' : 'ok';
  return { id, process: id, op, invokedAt, completedAt, outcome, value, place };
}

describe('checking a history', () => {
  test('proves a long one by its places alone, without visiting a state', () => {
    const history = rightHistory(new Draws(3), {
      operations: 3_000,
      processes: 4,
      values: 9,
      infoPercent: 0,
      keys: 32,
      places: true,
    }) as Operation<RegisterOp, RegisterValue>[];
    expect(checkLinearizable(register, history)).toEqual({
      verdict: 'ok',
      operations: 3_000,
      searched: 0,
      states: 0,
    });
    expect(checkLinearizable(register, history, { searchAnyway: true })).toMatchObject({
      verdict: 'ok',
      searched: 32,
    });
  });

  test('does not believe places that contradict real time', () => {
    const history = [
      operation(1, [1, 2], put('k', 1), { version: 5 }, 5),
      operation(2, [3, 4], get('k'), { value: null, version: 0 }, 4),
    ];
    expect(checkLinearizable(register, history).verdict).toBe('violation');
  });

  test('searches where places prove nothing', () => {
    const history = [
      operation(1, [1, 4], put('k', 1), { version: 5 }, 5),
      operation(2, [2, 3], get('k'), { value: null, version: 0 }, 6),
    ];
    expect(checkLinearizable(register, history)).toMatchObject({ verdict: 'ok', searched: 1 });
  });

  test('lets an operation of unknown result take effect late, or never', () => {
    const unknown = operation(1, [1, Infinity], put('k', 1));
    const absent = operation(2, [2, 3], get('k'), { value: null, version: 0 });
    expect(checkLinearizable(register, [unknown, absent]).verdict).toBe('ok');
    const late = operation(3, [4, 5], get('k'), { value: 1, version: 8 });
    expect(checkLinearizable(register, [unknown, absent, late]).verdict).toBe('ok');
    const gone = operation(4, [6, 7], get('k'), { value: null, version: 0 });
    expect(checkLinearizable(register, [unknown, absent, late, gone]).verdict).toBe('violation');
  });

  test('holds a failed operation to not having happened', () => {
    const failed: Operation<RegisterOp, RegisterValue> = {
      ...operation(1, [1, 2], put('k', 1)),
      outcome: 'fail',
    };
    const seen = operation(2, [3, 4], get('k'), { value: 1, version: 3 });
    expect(checkLinearizable(register, [failed, seen])).toMatchObject({
      verdict: 'violation',
      operation: seen,
      possible: ['absent'],
    });
  });

  test('tells a stale read: what was read, what was possible, and the operations that matter', () => {
    const history = [
      operation(1, [1, 2], put('k7', 1), { version: 3 }),
      operation(2, [3, 4], put('j', 1), { version: 4 }),
      operation(3, [5, 6], put('k7', 2), { version: 9 }),
      operation(4, [7, 8], get('k7'), { value: 1, version: 3 }),
      operation(5, [9, 10], get('j'), { value: 1, version: 4 }),
    ];
    const result = checkLinearizable(register, history);
    expect(result).toMatchObject({
      verdict: 'violation',
      key: 'k7',
      message:
        'The history of k7 is not linearizable: get k7 → 1 (version 3) by process 4 fits no order. Whatever the order of the others, it found 2 (version 9). What it shows was written by process 1; it was overwritten by put k7 = 2 (#3), which ended before it was asked.',
      reason:
        'get k7 → 1 (version 3); possible was 2 (version 9); 1 was overwritten by put k7 = 2 (#3), which ended before it was asked',
      prefix: { operations: [{ id: 1 }, { id: 3 }], state: '2 (version 9)' },
      details: [
        '  1–2  process 1  put k7 = 1 → version 3',
        '• 5–6  process 3  put k7 = 2 → version 9',
        '✗ 7–8  process 4  get k7 → 1 (version 3)',
        '(✗ fits nowhere, • suffice to show it, the others: what else was written)',
      ],
    });
  });

  test('takes a model of ten lines', () => {
    const counter: Model<number, 'add' | 'read', number> = {
      name: 'counter',
      init: () => 0,
      step: (n, op, value) => (op === 'add' ? n + 1 : value === undefined || value === n ? n : null),
    };
    const at = (id: number, from: number, to: number, op: 'add' | 'read', value?: number) =>
      ({ id, process: id, op, invokedAt: from, completedAt: to, outcome: 'ok', value, place: 0 }) as const;
    expect(checkLinearizable(counter, [at(1, 1, 4, 'add'), at(2, 2, 3, 'read', 1)]).verdict).toBe('ok');
    expect(checkLinearizable(counter, [at(1, 1, 2, 'add'), at(2, 3, 4, 'read', 0)])).toMatchObject({
      verdict: 'violation',
      possible: ['1'],
    });
  });

  test('says undecided when the budget is spent', () => {
    const history = rightHistory(new Draws(1), {
      operations: 50,
      processes: 4,
      values: 2,
      infoPercent: 0,
    }) as Operation<RegisterOp, RegisterValue>[];
    expect(checkLinearizable(register, history, { maxStates: 5 })).toEqual({
      verdict: 'undecided',
      states: 5,
      message: 'Whether the history of 0 (50 operations) is linearizable was not decided within 5 states.',
    });
  });

  test('keeps a proof by places though the search that was asked for as well runs out of budget', () => {
    const history = rightHistory(new Draws(1), {
      operations: 50,
      processes: 4,
      values: 2,
      infoPercent: 0,
      places: true,
    }) as Operation<RegisterOp, RegisterValue>[];
    expect(checkLinearizable(register, history, { maxStates: 20, searchAnyway: true })).toMatchObject({
      verdict: 'ok',
      searched: 1,
    });
  });

  test('shows life: within a budget of 500,000 states at least twice', () => {
    const history = rightHistory(new Draws(7), {
      operations: 1_500,
      processes: 12,
      values: 3,
      infoPercent: 10,
    }) as Operation<RegisterOp, RegisterValue>[];
    let signs = 0;
    const onProgress = (): void => {
      signs += 1;
    };
    const result = checkLinearizable(register, history, { maxStates: 500_000, onProgress });
    expect(result).toMatchObject({ verdict: 'undecided', states: 500_000 });
    expect(signs).toBeGreaterThanOrEqual(2);
  });

  test('places sixty deletes, puts, and reads that are open at once, without a place to go by', () => {
    const history = rightHistory(new Draws(5), {
      operations: 2_000,
      processes: 60,
      values: 1_000_000,
      infoPercent: 1,
    }) as Operation<RegisterOp, RegisterValue>[];
    const result = checkLinearizable(register, history, { maxStates: 2_000_000 });
    expect(result).toMatchObject({ verdict: 'ok', searched: 1 });
  });

  test('blames the read that is wrong, not what an order of versions could refuse before; in a few lines of 1,000', () => {
    const history = rightHistory(new Draws(11), {
      operations: 1_000,
      processes: 12,
      values: 1_000_000,
      infoPercent: 3,
    }) as Operation<RegisterOp, RegisterValue>[];
    const writes = history.filter((o) => o.op.f === 'put' && o.outcome === 'ok');
    const old = writes[100]!;
    const reads = history.filter((o) => o.op.f === 'get' && o.outcome === 'ok');
    const victim = reads.find((o) => o.invokedAt > writes[120]!.completedAt)!;
    const { value, version } = {
      ...(old.op as { value: unknown }),
      ...(old.value as { version: number }),
    };
    const wrong = history.map((o) => (o === victim ? { ...o, value: { value, version } } : o));
    const result = checkLinearizable(register, wrong);
    expect(result).toMatchObject({ verdict: 'violation', operation: { id: victim.id } });
    if (result.verdict === 'violation') expect(result.history.length).toBeLessThan(20);
  });

  test('refuses what is no history, and what is no budget', () => {
    const one = operation(1, [1, 2], get('k'), { value: null, version: 0 });
    expect(() => checkLinearizable(register, [one, one])).toThrow('two operations have the id 1');
    expect(() => checkLinearizable(register, [{ ...one, completedAt: 0 }])).toThrow('before it was invoked');
    expect(() => checkLinearizable(register, [one], { maxStates: 0 })).toThrow(RangeError);
  });
});
