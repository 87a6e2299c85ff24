import { expect, test } from 'vitest';
import { editDistance, nearest } from './nearest.ts';

test('letters inserted, left out, replaced or swapped each count once', () => {
  expect(editDistance('leader-crash', 'leader-chrash')).toBe(1);
  expect(editDistance('bridge', 'brigde')).toBe(1);
  expect(editDistance('', 'abc')).toBe(3);
});

test('a mistyped name is offered what it may have meant, the nearest first', () => {
  const names = ['steady-state', 'leader-isolated', 'leader-crash', 'bridge'];
  expect(nearest('leader-chrash', names)).toEqual(['leader-crash', 'leader-isolated']);
  expect(nearest('xyzzy', names)).toEqual([]);
});
