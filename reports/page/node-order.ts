/**
 * The order of node lanes in which partitions are the fewest walls: a path through all nodes, where a step between two that a partition parts costs
 * what that partition weighs. Exact, by Held and Karp ("A Dynamic Programming Approach to Sequencing Problems", 1962): the page shows at most nine nodes.
 */

/** Sides of a partition, and how much a wall less is worth. */
export interface WeighedPartition {
  readonly sides: readonly (readonly number[])[];
  /** Not negative. */
  readonly weight: number;
}

/** Whether a partition parts two hosts: both are on some side, and no side holds both (a bridge stands on two sides). */
export function parts(sides: readonly (readonly number[])[], a: number, b: number): boolean {
  let knowsA = false;
  let knowsB = false;
  for (const side of sides) {
    const hasA = side.includes(a);
    const hasB = side.includes(b);
    if (hasA && hasB) return false;
    knowsA ||= hasA;
    knowsB ||= hasB;
  }
  return knowsA && knowsB;
}

/**
 * Puts nodes in the order with the least weight of walls; of several the one that is lowest by number.
 * @param nodes rising, at most 12: the table has 2^n × n places
 */
export function nodeOrder(
  nodes: readonly number[],
  partitions: readonly WeighedPartition[],
): readonly number[] {
  const count = nodes.length;
  if (count > 12) throw new RangeError(`${count} nodes: at most 12 can be put in order`);
  if (count < 3 || partitions.length === 0) return nodes;
  const cost = nodes.map((a) =>
    nodes.map((b) =>
      partitions.reduce((sum, { sides, weight }) => sum + (parts(sides, a, b) ? weight : 0), 0),
    ),
  );
  const rest = restCosts(count, cost);
  const order: number[] = [];
  let visited = 0;
  for (let step = 0; step < count; step += 1) {
    const last = order.at(-1);
    let best = -1;
    let bestCost = Infinity;
    for (let next = 0; next < count; next += 1) {
      if ((visited >> next) & 1) continue;
      const way = last === undefined ? 0 : cost[last]![next]!;
      const total = way + rest[((visited | (1 << next)) * count + next) | 0]!;
      if (total < bestCost) [best, bestCost] = [next, total];
    }
    order.push(best);
    visited |= 1 << best;
  }
  return order.map((place) => nodes[place]!);
}

/** What it costs at least to visit all others, by the nodes visited and the last of them. */
function restCosts(count: number, cost: readonly (readonly number[])[]): Float64Array {
  const all = (1 << count) - 1;
  const rest = new Float64Array((all + 1) * count);
  for (let visited = all - 1; visited > 0; visited -= 1) {
    for (let last = 0; last < count; last += 1) {
      if (((visited >> last) & 1) === 0) continue;
      let best = Infinity;
      for (let next = 0; next < count; next += 1) {
        if ((visited >> next) & 1) continue;
        best = Math.min(best, cost[last]![next]! + rest[(visited | (1 << next)) * count + next]!);
      }
      rest[visited * count + last] = best;
    }
  }
  return rest;
}
