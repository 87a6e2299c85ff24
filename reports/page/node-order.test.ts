import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeOrder, parts } from './node-order.ts';

const walls = (order: readonly number[], sides: readonly (readonly number[])[]) =>
  order.filter((host, i) => i > 0 && parts(sides, order[i - 1]!, host)).length;

/** All orders of a list. */
function orders(list: readonly number[]): number[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, i) => orders(list.toSpliced(i, 1)).map((rest) => [first, ...rest]));
}

describe('the order of nodes', () => {
  test('a partition is one straight wall, whichever nodes it parts', () => {
    const sides = fc.array(fc.nat(1), { minLength: 3, maxLength: 9 });
    fc.assert(
      fc.property(sides, (side) => {
        const nodes = side.map((_, host) => host);
        const both = [0, 1].map((one) => nodes.filter((host) => side[host] === one));
        const order = nodeOrder(nodes, [{ sides: both, weight: 7 }]);
        expect([...order].sort((a, b) => a - b)).toEqual(nodes);
        expect(walls(order, both)).toBe(both.every((one) => one.length > 0) ? 1 : 0);
      }),
    );
  });

  test('of several partitions the weight of walls is the least that any order has', () => {
    const partition = fc.record({
      sides: fc.array(fc.uniqueArray(fc.nat(4), { maxLength: 4 }), { minLength: 2, maxLength: 3 }),
      weight: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(partition, { maxLength: 4 }), (partitions) => {
        const nodes = [0, 1, 2, 3, 4];
        const cost = (order: readonly number[]) =>
          partitions.reduce((sum, { sides, weight }) => sum + weight * walls(order, sides), 0);
        const least = Math.min(...orders(nodes).map(cost));
        expect(cost(nodeOrder(nodes, partitions))).toBe(least);
      }),
      { numRuns: 60 },
    );
  });

  test('without partitions nodes stand by number', () => {
    expect(nodeOrder([0, 1, 2, 3], [])).toEqual([0, 1, 2, 3]);
  });

  test('of equal orders it is the one that is lowest by number', () => {
    expect(
      nodeOrder(
        [0, 1, 2, 3, 4],
        [
          {
            sides: [
              [0, 1],
              [2, 3, 4],
            ],
            weight: 1,
          },
        ],
      ),
    ).toEqual([0, 1, 2, 3, 4]);
    expect(nodeOrder([0, 1, 2], [{ sides: [[0, 2], [1]], weight: 1 }])).toEqual([0, 2, 1]);
  });

  test('a node of a bridge, which hears both sides, is parted from neither', () => {
    const bridge = [
      [0, 1, 2],
      [2, 3, 4],
    ];
    expect(parts(bridge, 0, 3)).toBe(true);
    expect(parts(bridge, 2, 3)).toBe(false);
    expect(parts(bridge, 0, 5)).toBe(false);
  });

  test('more nodes than the table has room for are refused', () => {
    const nodes = Array.from({ length: 13 }, (_, i) => i);
    expect(() => nodeOrder(nodes, [])).toThrow(RangeError);
  });
});
