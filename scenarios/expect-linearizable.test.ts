import { describe, expect, test } from 'vitest';
import type { Operation } from '../properties/history.ts';
import { expectLinearizable, LinearizabilityError } from './expect-linearizable.ts';
import { cell } from './recording/cell.test-support.ts';
import type { CellOp, CellValue } from './recording/cell.test-support.ts';
import { recordHistory } from './recording/record-history.ts';

type CellOperation = Operation<CellOp, CellValue>;

/** Operations one after the other, each of a process of its own. */
function inTurn(...asked: readonly (readonly [CellOp, CellValue])[]): CellOperation[] {
  return asked.map(([op, value], id) => ({
    id,
    process: id,
    op,
    invokedAt: 2 * id + 1,
    completedAt: 2 * id + 2,
    outcome: 'ok',
    value,
    place: 0,
  }));
}

const write = (key: string, value: number): readonly [CellOp, null] => [{ f: 'write', key, value }, null];
const read = (key: string, value: number | null): readonly [CellOp, CellValue] => [{ f: 'read', key }, value];

/** x was written and read when a read finds nothing there; y is another cell, and all is well there. */
const stale = inTurn(write('y', 9), write('x', 1), read('x', 1), read('x', null), read('y', 9));

function failureOf(act: () => void): LinearizabilityError {
  try {
    act();
  } catch (error) {
    if (error instanceof LinearizabilityError) return error;
    throw error;
  }
  throw new Error('it passed');
}

describe('expectLinearizable', () => {
  test('passes a history that is, in any order, and one that is still recorded', async () => {
    expectLinearizable(inTurn(write('x', 1), read('x', 1)).reverse(), cell);
    const history = recordHistory({ model: cell });
    await history.client().do({ f: 'write', key: 'x', value: 1 }, () => null);
    await history.client().do({ f: 'read', key: 'x' }, () => 1);
    void history.client().do({ f: 'write', key: 'x', value: 2 }, () => new Promise<null>(() => undefined));
    expectLinearizable(history, cell);
  });

  test('throws at a violation as fast-check does: after how much, with what, the counterexample, the sentence', () => {
    const failure = failureOf(() => expectLinearizable(stale, cell));
    const [headline, data, counted, ...rest] = failure.message.split('\n');
    expect(headline).toBe('Property failed after 4 operations: linearizable-cell');
    expect(data).toBe('{ key: "x", operation: 3, process: 3, operations: 5, ok: 5, failed: 0, unknown: 0 }');
    expect(counted).toBe('Counterexample: 2 operations');
    if (failure.result.verdict !== 'violation') throw new Error('expected a violation');
    // The checker's own words, as they are.
    expect(failure.result.details.length).toBeGreaterThanOrEqual(2);
    expect(failure.result.message).toContain('not linearizable');
    expect(rest).toEqual([
      ...failure.result.details.map((line) => `  ${line}`),
      `Got error: ${failure.result.message}`,
      '',
      'Hint: expectLinearizable(history, model, { verbose: true }) lists every operation on the key; ' +
        'the error holds the finding as data in `result`.',
    ]);
    expect(failure.code).toBe('NOT_LINEARIZABLE');
    expect(failure.result.history.map((o) => o.id)).toEqual([1, 3]);
  });

  test('hints at failures that would explain all of it if they were unknown, and at no others', () => {
    const failed = (id: number, op: CellOp): CellOperation => ({
      id,
      process: id,
      op,
      invokedAt: 1,
      completedAt: 2,
      outcome: 'fail',
      value: undefined,
      place: 0,
    });
    const heard = inTurn(write('x', 1), read('x', 2));
    const wrong = [
      ...heard,
      failed(2, { f: 'write', key: 'x', value: 2 }),
      failed(3, { f: 'read', key: 'x' }),
    ];
    expect(failureOf(() => expectLinearizable(wrong, cell)).message).toContain(
      '\n\nHint: taken as unknown rather than failed, 1 operation would explain all of it. ' +
        'Was it certain that nothing was done? #2 {"f":"write","key":"x","value":2} by process 2\nHint: ',
    );
    const innocent = [...heard, failed(2, { f: 'write', key: 'x', value: 3 })];
    expect(failureOf(() => expectLinearizable(innocent, cell)).message).not.toContain('taken as unknown');
    const many = Array.from({ length: 6 }, (_, n) => failed(n + 2, { f: 'write', key: 'x', value: 2 }));
    expect(failureOf(() => expectLinearizable([...heard, ...many], cell)).message).toMatch(
      /failed, 6 operations would .* by process 5; 2 more\n/,
    );
  });

  test('with verbose, lists every operation on the key rather than the hint', () => {
    const history: CellOperation[] = [
      ...stale,
      {
        ...stale[1]!,
        id: 5,
        op: { f: 'write', key: 'x', value: 3 },
        invokedAt: 4,
        completedAt: Infinity,
        outcome: 'info',
      },
      { ...stale[1]!, id: 6, op: { f: 'write', key: 'x', value: 4 }, completedAt: 7, outcome: 'fail' },
    ];
    const failure = failureOf(() => expectLinearizable(history, cell, { verbose: true }));
    expect(failure.message).not.toContain('Hint:');
    expect(failure.message.split('\n\n')[1]!.split('\n')).toEqual([
      'All operations on "x", in order of invocation, from–to in the order in which they were seen:',
      '  • #1  process 1  3–4  {"f":"write","key":"x","value":1} → null',
      '    #6  process 1  3–7  {"f":"write","key":"x","value":4} → failed',
      '    #5  process 1  4–  {"f":"write","key":"x","value":3} → unknown',
      '    #2  process 2  5–6  {"f":"read","key":"x"} → 1',
      '  ✗ #3  process 3  7–8  {"f":"read","key":"x"} → null',
    ]);
  });

  test('lists the last thousand operations of a longer history', () => {
    const long = inTurn(
      ...Array.from({ length: 1_200 }, (_, n) => write('x', n)),
      read('x', 7),
      read('x', 1_199),
    );
    const failure = failureOf(() => expectLinearizable(long, cell, { verbose: true }));
    expect(failure.message).toMatch(/\n {2}… and 202 earlier operations\n {2}. #202 /);
    expect(failure.message.split('\n').filter((line) => /^ {2}[✗• ] #/.test(line))).toHaveLength(1_000);
  });

  test('throws where the budget was spent, and says how to raise it', () => {
    const { message, code } = failureOf(() => expectLinearizable(stale, cell, { maxStates: 1 }));
    expect(message.split('\n')).toEqual([
      'Property undecided after 1 state: linearizable-cell',
      '{ operations: 5, ok: 5, failed: 0, unknown: 0 }',
      expect.stringContaining('not decided within 1 state.'),
      '',
      'Hint: raise the budget, expectLinearizable(history, model, { maxStates: 10 }), or make the history easier: ' +
        'fewer operations of unknown result, distinct values, more keys.',
    ]);
    expect(code).toBe('UNDECIDED');
  });

  test('throws where nothing was answered: such a history holds whatever the system does', () => {
    const unanswered = stale.map((o): CellOperation => ({ ...o, completedAt: Infinity, outcome: 'info' }));
    const { message, code } = failureOf(() => expectLinearizable(unanswered, cell));
    expect(message).toBe(
      'Too little was judged: 0 answered operations of cell, at least 1 expected\n' +
        '{ operations: 5, ok: 0, failed: 0, unknown: 5 }\n\n' +
        'Hint: a history in which nothing was answered is linearizable whatever the system does. Let it run longer, ' +
        'see why its operations end unanswered, or state with minAnswered how many are enough.',
    );
    expect(code).toBe('TOO_FEW_ANSWERS');
    expectLinearizable([], cell, { minAnswered: 0 });
    const two = inTurn(write('x', 1), read('x', 1));
    expectLinearizable(two, cell, { minAnswered: 2 });
    expect(() => expectLinearizable(two, cell, { minAnswered: 3 })).toThrow('at least 3 expected');
  });

  test('counts and lists only what the model handles', () => {
    const some = { ...cell, handles: (op: CellOp) => op.key === 'y' };
    expectLinearizable(stale, some);
    expect(() => expectLinearizable(stale, some, { minAnswered: 3 })).toThrow('2 answered operations');
  });

  test('refuses options out of their bounds', () => {
    expect(() => expectLinearizable(stale, cell, { minAnswered: -1 })).toThrow(
      'minAnswered is a whole number of at least 0; got -1.',
    );
    expect(() => expectLinearizable(stale, cell, { maxStates: 0 })).toThrow('maxStates is a whole number');
  });
});
