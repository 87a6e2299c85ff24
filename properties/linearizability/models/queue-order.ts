/**
 * What makes a queue cheap to search: the order in which enqueues under way took effect need not be chosen. What is in a queue is a *set* of values, each
 * with the interval of its enqueue, and a dequeue may take one that no other in the set certainly precedes: none whose enqueue
 * had returned when that of the first was called.
 *
 * Why nothing is lost or gained: given an order of operations under that rule, let the enqueue of each v take effect at the latest of the calls of
 * enqueues of what is dequeued no later than v, and of the last empty answers before these in the given order. That is within the interval
 * of v's enqueue (or the rule had been broken where the first of the two was dequeued), and before its dequeue; the enqueues are then in the order of
 * the dequeues, and the queue is empty where it was. Conversely a queue never hands out what another in it certainly precedes.
 * (Compare the patterns of Henzinger, Sezgin and Vafeiadis, "Aspect-oriented linearizability proofs", 2013.)
 */
import type { Operation } from '../../history.ts';
import { isSameValue, nameOfValue } from './json-value.ts';

/** A value that was put in; with the interval of its enqueue, in a queue that is a set. */
export interface Queued {
  readonly value: unknown;
  readonly interval?: EnqueueInterval;
}

/** When an enqueue was called and returned; Infinity: not known to have. */
export interface EnqueueInterval {
  /** Which enqueue it is: its position in the history. */
  readonly position: number;
  readonly from: number;
  readonly by: number;
  /** An answer shows that this value was dequeued, and no other can be meant. */
  readonly claimed: boolean;
}

/** Puts one more into the set, which stands in an order in which it may be dequeued. */
export function withQueued(queued: readonly Queued[], one: Queued): readonly Queued[] {
  const at = queued.findIndex((other) => comesBefore(one.interval!, other.interval!));
  return at < 0 ? [...queued, one] : [...queued.slice(0, at), one, ...queued.slice(at)];
}

function comesBefore(a: EnqueueInterval, b: EnqueueInterval): boolean {
  return a.by === b.by ? a.position < b.position : a.by < b.by;
}

/** What may be left in the set when a dequeue was answered `value`; `undefined`: unknown. */
export function afterDequeue(queued: readonly Queued[], value: unknown): readonly (readonly Queued[])[] {
  // The one whose enqueue returned first stands first.
  const returned = queued[0]?.interval?.by ?? Infinity;
  const rest: (readonly Queued[])[] = [];
  const tried = new Set<string | number>();
  for (const one of queued) {
    const interval = one.interval!;
    if (returned < interval.from) continue;
    if (value === undefined ? interval.claimed : !isSameValue(one.value, value)) continue;
    // Of equal values the one that can hold others up the most: it will never be harder to take the other one.
    if (tried.has(nameOfValue(one.value))) continue;
    tried.add(nameOfValue(one.value));
    rest.push(queued.filter((other) => other !== one));
    if (value !== undefined) break;
  }
  return rest;
}

interface Asked {
  readonly f: string;
  readonly value?: unknown;
}

/**
 * Writes into each enqueue its interval, and lets it take effect at once where nobody may have found the queue empty meanwhile: a value that
 * is there earlier holds nothing up. An enqueue of unknown result whose value nobody was shown is left out: it could only be in the way.
 *
 * @param doubted position of an operation whose answer is not to be used; −1: none
 */
export function foreseeOrder(operations: readonly Operation[], doubted: number): readonly Operation[] {
  const enqueues = new Map<string | number, number>();
  const shown = new Map<string | number, number>();
  const claims = new Map<string | number, number>();
  const empties: Operation[] = [];
  const count = (map: Map<string | number, number>, value: unknown): void => {
    map.set(nameOfValue(value), (map.get(nameOfValue(value)) ?? 0) + 1);
  };
  operations.forEach((o, position) => {
    const op = o.op as Asked;
    if (op.f === 'enqueue') count(enqueues, op.value);
    else if (o.value === null) empties.push(o);
    else if (o.value !== undefined) {
      count(shown, o.value);
      if (o.outcome === 'ok' && position !== doubted) count(claims, o.value);
    }
  });
  const disturbed = disturbances(empties);
  return operations.map((o, position) => {
    const op = o.op as Asked;
    if (op.f !== 'enqueue') return o;
    const name = nameOfValue(op.value);
    if (o.outcome !== 'ok' && !shown.has(name)) return { ...o, op: { ...op, useless: true } };
    const interval: EnqueueInterval = {
      position,
      from: o.invokedAt,
      by: o.completedAt,
      claimed: enqueues.get(name) === 1 && claims.has(name),
    };
    const atOnce = o.outcome === 'ok' && !disturbed(o);
    return { ...o, op: { ...op, interval }, completedAt: atOnce ? o.invokedAt : o.completedAt };
  });
}

/** A test whether an operation was under way together with any of these. */
function disturbances(empties: readonly Operation[]): (operation: Operation) => boolean {
  const sorted = [...empties].sort((a, b) => a.invokedAt - b.invokedAt);
  const doneBy: number[] = [];
  for (const { completedAt } of sorted) doneBy.push(Math.max(completedAt, doneBy.at(-1) ?? -Infinity));
  return ({ invokedAt, completedAt }) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]!.invokedAt <= completedAt) low = middle + 1;
      else high = middle;
    }
    return low > 0 && doneBy[low - 1]! >= invokedAt;
  };
}
