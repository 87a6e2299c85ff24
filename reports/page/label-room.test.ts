import { expect, test } from 'vitest';
import { boxMiddle, freeRuns, standingApart } from './label-room.ts';

test('marks part a stretch; those outside of it, and over one another, take nothing more', () => {
  expect(freeRuns(0, 100, [])).toEqual([[0, 100]]);
  const marks = [
    { x: 60, half: 5 },
    { x: 20, half: 10 },
    { x: 24, half: 2 },
    { x: -30, half: 7 },
    { x: 107, half: 7 },
  ];
  expect(freeRuns(0, 100, marks)).toEqual([
    [0, 10],
    [30, 55],
    [65, 100],
  ]);
  expect(freeRuns(0, 10, [{ x: 5, half: 5 }])).toEqual([]);
  expect(freeRuns(4, 20, [{ x: 2, half: 5 }])).toEqual([[7, 20]]);
});

test('of places that touch the left one is shown, unless another must be', () => {
  const places = [0, 10, 19, 20, 60, 70].map((x) => ({ x }));
  const shown = (must: number) => standingApart(places, 19, ({ x }) => x === must).map(({ x }) => x);
  expect(shown(-1)).toEqual([0, 19, 60]);
  expect(shown(70)).toEqual([70, 0, 19]);
});

test('a box stands in the middle, or beside the marks that are there', () => {
  expect(boxMiddle(0, 100, 20, [])).toBe(50);
  expect(boxMiddle(0, 100, 20, [{ x: 80, half: 5 }])).toBe(50);
  expect(boxMiddle(0, 100, 20, [{ x: 55, half: 5 }])).toBe(30);
  expect(boxMiddle(0, 100, 20, [{ x: 45, half: 5 }])).toBe(70);
  expect(
    boxMiddle(0, 100, 20, [
      { x: 35, half: 5 },
      { x: 65, half: 5 },
    ]),
  ).toBeNull();
});
