/**
 * A history as each process saw it, real time between processes left out: lanes of operations, one after another. A process is one lane; one
 * that had several operations open at once is as many lanes as it needs, and an operation waits for what its process had completed
 * before in the others. An operation of unknown result waits for its process, and nothing waits for it.
 */
import type { Operation } from '../history.ts';

/** An operation in its place. */
export interface Item {
  readonly operation: Operation;
  readonly object: number;
  /** −1: it need not take effect. */
  readonly lane: number;
  /** Its place in its lane. */
  readonly at: number;
  /** In which other lanes how many operations go before it. */
  readonly needs: readonly { readonly lane: number; readonly count: number }[];
}

/** All that has to be put in order. */
export interface ProgramOrder {
  readonly items: readonly Item[];
  /** By lane: positions of items. */
  readonly lanes: readonly (readonly number[])[];
  /** Positions of those that need not take effect. */
  readonly optional: readonly number[];
}

/** An operation, and of which object. */
export interface Placed {
  readonly operation: Operation;
  readonly object: number;
}

/** Puts operations in lanes; of those of unknown result, `tookEffect` says which did for certain. */
export function programOrder(
  operations: readonly Placed[],
  tookEffect: (one: Placed) => boolean,
): ProgramOrder {
  const items: Item[] = [];
  const lanes: number[][] = [];
  const optional: number[] = [];
  const lanesOf = new Map<number, number[]>();
  const sorted = operations.toSorted(
    (a, b) =>
      a.operation.invokedAt - b.operation.invokedAt ||
      a.operation.completedAt - b.operation.completedAt ||
      a.operation.id - b.operation.id,
  );
  const needsOf = (operation: Operation, own: number): Item['needs'] =>
    (lanesOf.get(operation.process) ?? []).flatMap((lane) => {
      if (lane === own) return [];
      let count = lanes[lane]!.length;
      while (count > 0 && items[lanes[lane]![count - 1]!]!.operation.completedAt >= operation.invokedAt) {
        count -= 1;
      }
      return count === 0 ? [] : [{ lane, count }];
    });
  for (const one of sorted) {
    const { operation } = one;
    if (operation.outcome !== 'ok') {
      const lane = tookEffect(one) ? lanes.length : -1;
      const position = items.push({ ...one, lane, at: 0, needs: needsOf(operation, -1) }) - 1;
      if (lane < 0) optional.push(position);
      else lanes.push([position]);
      continue;
    }
    const own = lanesOf.get(operation.process) ?? [];
    lanesOf.set(operation.process, own);
    let lane = own.find((l) => items[lanes[l]!.at(-1)!]!.operation.completedAt < operation.invokedAt);
    if (lane === undefined) {
      lane = lanes.length;
      own.push(lane);
      lanes.push([]);
    }
    const at = lanes[lane]!.length;
    lanes[lane]!.push(items.push({ ...one, lane, at, needs: needsOf(operation, lane) }) - 1);
  }
  return { items, lanes, optional };
}
