/**
 * What is known of an order: that one version stands no later, or earlier, than another, and why. There is a total order that
 * satisfies all of it if and only if nothing stands earlier than itself and no two versions stand no later than one another: both are
 * cycles, and a cycle is the reason that people are told.
 */

/** A step from one node to another, and why. */
export interface Step<Reason> {
  readonly from: number;
  readonly to: number;
  /** The second stands later; else it may be the same. */
  readonly strict: boolean;
  /** `null` within a chain of groups, where there is nothing to say. */
  readonly reason: Reason | null;
}

/** Cycles are looked for from so many versions at most: the first found may be a little longer than the shortest. */
const startsMax = 64;

/**
 * Constraints on an order of versions 0 … n − 1. A *group* is a node besides them that stands no earlier than its members, so
 * that "all of these before that" needs a step a member and not one a pair.
 */
export class OrderGraph<Reason> {
  readonly #versions: number;
  #nodes: number;
  readonly #out: Step<Reason>[][];

  constructor(versions: number) {
    this.#versions = versions;
    this.#nodes = versions;
    this.#out = Array.from({ length: versions }, () => []);
  }

  /** A new group. */
  group(): number {
    this.#out.push([]);
    this.#nodes += 1;
    return this.#nodes - 1;
  }

  /** `from` stands no later than `to`. */
  notLater(from: number, to: number, reason: Reason | null): void {
    this.#out[from]!.push({ from, to, strict: false, reason });
  }

  /** `from` stands earlier than `to`. */
  earlier(from: number, to: number, reason: Reason | null): void {
    this.#out[from]!.push({ from, to, strict: true, reason });
  }

  /**
   * A cycle that no order satisfies, as few telling steps long as was found, beginning at a version, in each knot of the graph that has one.
   * In each knot all versions are of one object, if all steps are between versions of one.
   */
  contradictions(): readonly (readonly Step<Reason>[])[] {
    const knots = this.#knots();
    const found: (readonly Step<Reason>[])[] = [];
    for (const knot of knots) {
      const members = new Set(knot);
      const versions = knot.filter((node) => node < this.#versions).sort((a, b) => a - b);
      const strict = knot.some((node) => this.#out[node]!.some((s) => s.strict && members.has(s.to)));
      if (versions.length < 2 && !strict) continue;
      let best: readonly Step<Reason>[] | null = null;
      for (const start of versions.slice(0, startsMax)) {
        const cycle = this.#cycleFrom(start, members);
        if (cycle !== null && (best === null || lengthOf(cycle) < lengthOf(best))) best = cycle;
      }
      if (best !== null) found.push(best);
    }
    return found;
  }

  /** The strongly connected components with more than one node, or a step from a node to itself (Tarjan 1972, without recursion). */
  #knots(): readonly (readonly number[])[] {
    const order = new Int32Array(this.#nodes).fill(-1);
    const low = new Int32Array(this.#nodes);
    const onStack = new Uint8Array(this.#nodes);
    const next = new Int32Array(this.#nodes);
    const stack: number[] = [];
    const knots: number[][] = [];
    let count = 0;
    for (let root = 0; root < this.#nodes; root += 1) {
      if (order[root] !== -1) continue;
      const path = [root];
      while (path.length > 0) {
        const node = path.at(-1)!;
        if (order[node] === -1) {
          order[node] = low[node] = count;
          count += 1;
          stack.push(node);
          onStack[node] = 1;
        }
        const steps = this.#out[node]!;
        if (next[node]! < steps.length) {
          const { to } = steps[next[node]!]!;
          next[node]! += 1;
          if (order[to] === -1) path.push(to);
          else if (onStack[to] === 1) low[node] = Math.min(low[node]!, order[to]!);
          continue;
        }
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[node]!);
        if (low[node] !== order[node]) continue;
        const knot = stack.splice(stack.lastIndexOf(node));
        for (const member of knot) onStack[member] = 0;
        if (knot.length > 1 || steps.some((s) => s.to === node)) knots.push(knot);
      }
    }
    return knots;
  }

  /**
   * The cycle through `start` with the fewest telling steps that passes another version or a strict step; breadth-first, steps within a chain
   * for nothing. A node is visited at most twice: before such a passage and after it.
   */
  #cycleFrom(start: number, members: ReadonlySet<number>): readonly Step<Reason>[] | null {
    const cameBy = new Map<number, { step: Step<Reason>; before: number }>();
    let layer = [2 * start];
    const seen = new Set(layer);
    while (layer.length > 0) {
      const following: number[] = [];
      for (let i = 0; i < layer.length; i += 1) {
        const at = layer[i]!;
        for (const step of this.#out[at >>> 1]!) {
          if (!members.has(step.to)) continue;
          const passed = (at & 1) === 1 || step.strict || (step.to < this.#versions && step.to !== start);
          const to = 2 * step.to + (passed ? 1 : 0);
          if (seen.has(to)) continue;
          seen.add(to);
          cameBy.set(to, { step, before: at });
          if (to === 2 * start + 1) return pathTo(to, 2 * start, cameBy);
          if (step.reason === null) layer.push(to);
          else following.push(to);
        }
      }
      layer = following;
    }
    return null;
  }
}

function pathTo<Reason>(
  end: number,
  start: number,
  cameBy: ReadonlyMap<number, { step: Step<Reason>; before: number }>,
): readonly Step<Reason>[] {
  const path: Step<Reason>[] = [];
  for (let at = end; at !== start || path.length === 0;) {
    const { step, before } = cameBy.get(at)!;
    path.push(step);
    at = before;
  }
  return path.reverse();
}

function lengthOf<Reason>(cycle: readonly Step<Reason>[]): number {
  return cycle.filter((s) => s.reason !== null).length;
}
