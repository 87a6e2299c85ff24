/**
 * Whether an object is such that a write replaces all that stood there, as in a register, and not one that keeps what was written until
 * somebody takes it, as a queue: both have answers that show what a write left, and say so by the same rules (`Model.hindsight`).
 */
import type { Operation } from '../history.ts';
import type { AnyModel, HindsightRules } from './model.ts';
import { identityOf } from './model.ts';

/** Answers that the model is asked about at most: whether they are possible once another value was written. */
const answersMax = 64;

/** Whether the operation took away what it shows, and left nothing. */
export function isTaking(
  model: AnyModel,
  rules: HindsightRules<unknown, unknown>,
  { op, value, outcome }: Operation,
): boolean {
  return (
    outcome === 'ok' &&
    value !== undefined &&
    model.readOnly?.(op, value) !== true &&
    rules.leaves(op) === undefined &&
    rules.shows(op, value) !== undefined
  );
}

/**
 * Whether writes overwrite, as far as the operations of one object tell: none of them takes anything away, and of the first answers that show
 * a write none is possible once another value was written after it. Where no answer shows any, the state must be that of the last write.
 */
export function isOverwriting(
  model: AnyModel,
  rules: HindsightRules<unknown, unknown>,
  operations: readonly Operation[],
): boolean {
  if (operations.some((o) => isTaking(model, rules, o))) return false;
  const writes = new Map<string, Operation>();
  for (const o of operations) {
    const left = model.readOnly?.(o.op, o.value) === true ? undefined : rules.leaves(o.op);
    if (left !== undefined && !writes.has(nameOf(left))) writes.set(nameOf(left), o);
  }
  const [first, second] = writes.values();
  let asked = 0;
  for (const { op, value, outcome } of operations) {
    if (outcome !== 'ok' || model.readOnly?.(op, value) !== true) continue;
    const shown = rules.shows(op, value);
    const writer = shown === undefined ? undefined : writes.get(nameOf(shown));
    if (writer === undefined) continue;
    asked += 1;
    if (asked > answersMax) break;
    const other = writer === first ? second : first;
    const state = other === undefined ? null : afterBoth(model, writer, other);
    if (state !== null && model.step(state, op, value) !== null) return false;
  }
  return asked > 0 || isForgetful(model, [...writes.values()]);
}

/** Whether the state after two writes, or after one twice, is that after the second. */
function isForgetful(model: AnyModel, writes: readonly Operation[]): boolean {
  const [one, two = one] = writes.filter((o) => o.outcome === 'ok');
  if (one === undefined || two === undefined) return true;
  const both = afterBoth(model, one, two);
  const last = model.step(model.init(), two.op, two.value);
  return both === null || last === null || identityOf(model, both) === identityOf(model, last);
}

function afterBoth(model: AnyModel, one: Operation, two: Operation): unknown {
  const state = model.step(model.init(), one.op, one.value);
  return state === null ? null : model.step(state, two.op, two.value);
}

function nameOf(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}
