import { expect, test } from 'vitest';
import { lengthOf, timesFor } from './times.ts';

test.each([
  ['seconds where a millisecond tells them apart', [1_000, 2_000, 4_182_000], ['0.001 s', '4.182 s']],
  ['milliseconds of a fast system', [12, 40, 903, 1_204], ['0.012 ms', '1.204 ms']],
  ['seconds with six digits of one that ran for long', [5_000_000, 5_000_012], ['5.000000 s', '5.000012 s']],
  ['of what never ended nothing', [1_000, Infinity], ['0.001 s', '0.001 s']],
  ['of one instant alone', [7], ['0.000 s', '0.000 s']],
])('instants: %s', (_, instants, [first, last]) => {
  const { told, unit } = timesFor(instants);
  const finite = instants.filter((us) => us !== Infinity);
  expect([`${told(finite[0]!)} ${unit}`, `${told(finite.at(-1)!)} ${unit}`]).toEqual([first, last]);
});

test('lengths have the unit that suits them, and no digits that only arithmetic made', () => {
  expect([0.2, 40, 999, 999.9, 5_500, 100.1 + 200.2 + 1_000, 1_000_000, 12_000_000].map(lengthOf)).toEqual([
    ...['less than 1 µs', '40 µs', '999 µs', '1 ms', '5.5 ms', '1.3 ms', '1000 ms', '12 s'],
  ]);
});
