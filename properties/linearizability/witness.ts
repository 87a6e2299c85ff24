/**
 * Proves a history linearizable from the order that the system itself claims: operations carry their place (a log index).
 * Replaying the model in that order, in time linear but for a sort of nearly sorted places, is a proof when it succeeds.
 * When it fails it proves nothing: the operations may have another order, and a search must say.
 */
import type { Operation } from '../history.ts';
import type { AnyModel } from './model.ts';

/**
 * Whether places bear witness that these operations of one component are linearizable: each completed one has a place; in
 * order of place the model allows every result; and none completed before one placed earlier was invoked. Operations of
 * unknown result take effect at their place if the model lets them, and never without one.
 */
export function isWitnessed(model: AnyModel, operations: readonly Operation[]): boolean {
  const placed: Operation[] = [];
  for (const operation of operations) {
    if (operation.place > 0) placed.push(operation);
    else if (operation.outcome === 'ok') return false;
  }
  placed.sort(
    (a, b) => a.place - b.place || readsLast(model, a, b) || a.invokedAt - b.invokedAt || a.id - b.id,
  );
  let state = model.init();
  let latestInvocation = -Infinity;
  for (const operation of placed) {
    if (operation.completedAt < latestInvocation) return false;
    if (operation.invokedAt > latestInvocation) latestInvocation = operation.invokedAt;
    if (operation.outcome === 'info') {
      const next = model.step(state, operation.op, undefined);
      if (next !== null) state = next;
      continue;
    }
    const next = model.step(state, operation.op, operation.value);
    if (next === null) return false;
    state = next;
  }
  return true;
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
