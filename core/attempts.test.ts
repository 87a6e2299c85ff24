import { expect, test } from 'vitest';
import { Attempts } from './attempts.ts';

test('an attempt is handled once, whatever the order in which copies arrive', () => {
  const attempts = new Attempts(2);
  const arrivals = [1, 3, 3, 2, 1, 140, 2, 13, 13, 12, 140];
  expect(arrivals.map((n) => attempts.accepts(7, 2, n))).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
    false,
    true,
    false,
    false,
    false,
  ]);
});

test('clients are told apart, and an attempt for another boot is dropped', () => {
  const attempts = new Attempts(2);
  expect(attempts.accepts(7, 1, 1)).toBe(false);
  expect(attempts.accepts(7, 2, 1)).toBe(true);
  expect(attempts.accepts(8, 2, 1)).toBe(true);
  expect(attempts.accepts(8, 2, Number.NaN)).toBe(false);
});

test('a client that is forgotten leaves its place to another', () => {
  const attempts = new Attempts(1);
  for (let client = 0; client < 4096; client += 1) expect(attempts.accepts(client, 1, 1)).toBe(true);
  expect(attempts.accepts(5000, 1, 1)).toBe(false);
  attempts.forget(17);
  expect(attempts.accepts(5000, 1, 1)).toBe(true);
});
