import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { inHindsight } from './hindsight.ts';
import type { AnyModel } from './model.ts';
import { register } from './models/register.ts';

const model = register as AnyModel;

function operation(id: number, from: number, to: number, op: unknown, value?: unknown): Operation {
  const outcome = to === Infinity ? 'info' : 'ok';
  return { id, process: id, op, invokedAt: from, completedAt: to, outcome, value, place: 0 };
}

const put = (value: number) => ({ f: 'put', key: 'k', value });
const get = { f: 'get', key: 'k' };

describe('in hindsight', () => {
  test('a write of unknown result happened, before the first answer that shows its value returned', () => {
    const history = [
      operation(1, 1, Infinity, put(7)),
      operation(2, 2, 9, get, { value: 7, version: 4 }),
      operation(3, 3, 8, get, { value: 7, version: 4 }),
    ];
    const { operations, shownBy } = inHindsight(model, history, true, -1);
    expect(operations[0]).toMatchObject({ outcome: 'ok', value: { version: 4 }, completedAt: 8 });
    expect([shownBy(0), shownBy(1)]).toEqual([2, 1]);
  });

  test('it stays unknown where another could have left the value, where it came too late, and where the answers contradict', () => {
    const shown = operation(2, 2, 9, get, { value: 7, version: 4 });
    for (const history of [
      [operation(1, 1, Infinity, put(7)), shown, operation(3, 1, 3, put(7), { version: 2 })],
      [operation(1, 10, Infinity, put(7)), shown],
      [operation(1, 1, Infinity, put(7)), shown, operation(3, 3, 5, get, { value: 7, version: 5 })],
    ]) {
      expect(inHindsight(model, history, true, -1).operations).toEqual(history);
    }
  });

  test('nothing is concluded from an answer that is in doubt', () => {
    const history = [operation(1, 1, Infinity, put(7)), operation(2, 2, 9, get, { value: 7, version: 4 })];
    expect(inHindsight(model, history, true, 1).operations).toEqual(history);
  });

  test('writes whose values no answer shows are alike', () => {
    const history = [
      operation(1, 1, Infinity, put(7)),
      operation(2, 1, Infinity, put(8)),
      operation(3, 1, Infinity, put(9)),
      operation(4, 2, 3, get, { value: 9, version: 4 }),
    ];
    const { alike } = inHindsight(model, history, true, 3);
    expect(alike(0)).toEqual(alike(1));
    expect(alike(2)).not.toEqual(alike(0));
  });
});
