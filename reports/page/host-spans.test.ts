import { expect, test } from 'vitest';
import type { RecordedFault } from '../run-record.ts';
import { RecordBuilder } from '../run-record.test-support.ts';
import { faultSpans } from './host-spans.ts';

/** Three servers and two clients, with a fault that cuts these links. */
function spanOf(cut: RecordedFault['cut']) {
  const run = new RecordBuilder(3, 5);
  run.step(0);
  run.faults.push({ fault: 'some', hosts: [0], seq: 0.5, fromUs: 0, toUs: Infinity, cut });
  return faultSpans(run.record())[0]!;
}
const bothWays = (side: readonly number[], rest: readonly number[]) =>
  side.flatMap((a) => rest.flatMap((b) => [[a, b] as const, [b, a] as const]));

test('what is cut both ways has two sides: a client who reaches both stands on both', () => {
  expect(spanOf(bothWays([0, 3], [1, 2, 4]))).toMatchObject({
    sides: [
      [0, 3],
      [1, 2, 4],
    ],
    cut: [],
  });
  expect(spanOf(bothWays([0], [1, 2, 4])).sides).toEqual([
    [0, 3],
    [1, 2, 3, 4],
  ]);
});

test('what is cut one way, or around a node that reaches both, has none: its links are named', () => {
  const oneWay = [1, 2, 3, 4].map((to) => [0, to] as const);
  expect(spanOf(oneWay)).toMatchObject({ sides: null, cut: oneWay, lost: null });
  const bridge = bothWays([1], [2]);
  expect(spanOf(bridge)).toMatchObject({ sides: null, cut: bridge });
  expect(spanOf(null)).toMatchObject({ sides: null, cut: [] });
});
