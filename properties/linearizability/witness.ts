/**
 * Proves a history linearizable from the order that the system itself claims: operations carry their place (a log index).
 * Replaying the model in that order, in time linear but for a sort of nearly sorted places, is a proof when it succeeds.
 * When it fails it proves nothing: the operations may have another order, and a search must say.
 */
import type { Operation } from '../history.ts';
import type { AnyModel } from './model.ts';
import { identityOf } from './model.ts';

/** States at most that operations of unknown result may leave open: an answer settles soon which of them took effect. */
const statesMax = 16;

/**
 * Whether places bear witness that these operations of one component are linearizable: each completed one has a place; in
 * order of place the model allows every result; and none completed before one placed earlier was invoked. Operations of
 * unknown result take effect at their place or not at all, and never without one.
 */
export function isWitnessed(model: AnyModel, operations: readonly Operation[]): boolean {
  const placed: Operation[] = [];
  for (const operation of operations) {
    if (operation.place > 0) placed.push(operation);
    else if (operation.outcome === 'ok') return false;
  }
  placed.sort(
    (a, b) =>
      a.place - b.place ||
      readsLast(model, a, b) ||
      turn(model, a) - turn(model, b) ||
      a.invokedAt - b.invokedAt ||
      a.id - b.id,
  );
  let states: readonly unknown[] = [model.init()];
  let latestInvocation = -Infinity;
  for (const operation of placed) {
    if (operation.completedAt < latestInvocation) return false;
    if (operation.invokedAt > latestInvocation) latestInvocation = operation.invokedAt;
    const known = operation.outcome !== 'info';
    const next: unknown[] = [];
    for (const state of states) {
      const after = model.step(state, operation.op, known ? operation.value : undefined);
      if (after !== null) next.push(after);
    }
    if (known) {
      if (next.length === 0) return false;
      states = next.length === 1 ? next : distinct(model, next);
    } else states = distinct(model, [...next, ...states]);
  }
  return true;
}

/** The states without those that an earlier one covers: not many, or the later ones are given up. */
function distinct(model: AnyModel, states: readonly unknown[]): readonly unknown[] {
  const kept: unknown[] = [];
  for (const state of states) {
    if (kept.length === statesMax) break;
    const name = identityOf(model, state);
    const covered = kept.some((k) => model.covers?.(k, state) ?? identityOf(model, k) === name);
    if (!covered) kept.push(state);
  }
  return kept;
}

/** An entry that frees a lock grants it to a waiter too: two operations, and the model knows which comes first. */
function turn(model: AnyModel, o: Operation): number {
  return model.turn?.(o.op, o.outcome === 'info' ? undefined : o.value) ?? 0;
}

/**
 * At one index stand the entry itself and the reads that saw the state after it: the entry first, whenever they were invoked. The reads
 * among themselves stand in order of invocation, which never contradicts real time.
 */
function readsLast(model: AnyModel, a: Operation, b: Operation): number {
  const reads = (o: Operation): number =>
    o.outcome !== 'info' && model.readOnly?.(o.op, o.value) === true ? 1 : 0;
  return reads(a) - reads(b);
}
