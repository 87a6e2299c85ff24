/**
 * Why what a wrong answer shows cannot have stood there, for objects whose answers show what a write left (`Model.hindsight`). Only what is
 * certain is said: a write has taken effect by the time it completed, or by the time another answer that shows its value did; and it had
 * not before it was invoked.
 */
import type { Operation } from '../history.ts';
import { nameOf } from './hindsight.ts';
import type { AnyModel, HindsightRules } from './model.ts';
import { isTaking } from './taking.ts';

/** What is known of the value that was shown. */
export type Cause =
  /** Nobody wrote it; `refused`: but one that is recorded as failed set out to. */
  | { readonly why: 'never written'; readonly refused: Operation | null }
  /** Its writes, of which this one was the first, were invoked only after the answer. */
  | { readonly why: 'not yet written'; readonly writer: Operation }
  /**
   * Its writes, of which this one took effect last as far as is known, had taken effect when `by` was invoked, which had when the answer was asked for: completed, or
   * `shownBy` another answer.
   */
  | {
      readonly why: 'overwritten';
      readonly writer: Operation;
      readonly by: Operation;
      readonly shownBy: Operation | null;
    }
  /** It took what it shows, and `by` took it too; there was one. */
  | { readonly why: 'taken'; readonly writer: Operation; readonly by: Operation }
  /** One of these wrote it, in order of invocation: those that no other write certainly followed. */
  | { readonly why: 'written'; readonly writers: readonly Operation[] }
  /** It is what stood there before the first write, and this one had completed. */
  | { readonly why: 'no longer the first state'; readonly by: Operation };

/** A write that took effect by the time `at`: when it completed, or when an answer did that shows it. */
interface Done {
  readonly at: number;
  readonly shownBy: Operation | null;
}

/** An answer that shows no written value is compared with so many writes at most. */
const writesMax = 10_000;

/**
 * What is known of the value that the answer of `failed` shows; `null` if it shows none.
 *
 * @param operations all of the component
 * @param refused those of the component that are recorded as failed
 */
export function causeOf(
  model: AnyModel,
  operations: readonly Operation[],
  refused: readonly Operation[],
  failed: Operation,
): Cause | null {
  const rules = model.hindsight;
  if (rules === undefined) return null;
  const shown = rules.shows(failed.op, failed.value);
  if (shown === undefined) {
    return rules.overwrites === true ? firstState(model, rules, operations, failed) : null;
  }
  const isShown = (o: Operation): boolean => nameOf(rules.leaves(o.op)) === nameOf(shown);
  const writers = operations
    .filter((o) => o !== failed && !isRead(model, o) && isShown(o))
    .sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  const [writer] = writers;
  if (writer === undefined) {
    return { why: 'never written', refused: refused.find((o) => isShown(o)) ?? null };
  }
  const possible = writers.filter((o) => o.invokedAt <= failed.completedAt);
  if (possible.length === 0) return { why: 'not yet written', writer };
  if (writers.length === 1 && isTaking(model, rules, failed)) {
    const name = nameOf(shown);
    const by = operations.find(
      (o) =>
        o !== failed && isTaking(model, rules, o) && nameOf(rules.shows(o.op, o.value as unknown)) === name,
    );
    if (by !== undefined) return { why: 'taken', writer, by };
  }
  if (rules.overwrites !== true) return { why: 'written', writers: possible };
  const left = new Map<string, number>();
  for (const o of operations) {
    const value = rules.leaves(o.op);
    if (value !== undefined && !isRead(model, o)) left.set(nameOf(value), (left.get(nameOf(value)) ?? 0) + 1);
  }
  const answers = firstAnswers(rules, operations, failed);
  const doneBy = (o: Operation): Done => {
    const name = nameOf(rules.leaves(o.op));
    const answer = left.get(name) === 1 ? answers.get(name) : undefined;
    if (answer !== undefined && answer.completedAt < o.completedAt) {
      return { at: answer.completedAt, shownBy: answer };
    }
    return { at: o.completedAt, shownBy: null };
  };
  const written = possible.map((o) => doneBy(o).at);
  const last = Math.max(...written);
  let first: { by: Operation; done: Done } | null = null;
  let overwrittenUntil = -Infinity;
  for (const by of operations) {
    if (by === failed || isRead(model, by) || rules.leaves(by.op) === undefined || isShown(by)) continue;
    const done = doneBy(by);
    if (done.at >= failed.invokedAt) continue;
    overwrittenUntil = Math.max(overwrittenUntil, by.invokedAt);
    if (by.invokedAt > last && (first === null || done.at < first.done.at)) first = { by, done };
  }
  if (first === null) {
    return { why: 'written', writers: possible.filter((_, i) => written[i]! >= overwrittenUntil) };
  }
  const { by, done } = first;
  return { why: 'overwritten', writer: possible[written.indexOf(last)]!, by, shownBy: done.shownBy };
}

/** By value: of the answers that show it, but for that of `failed`, the one given first. */
function firstAnswers(
  rules: HindsightRules<unknown, unknown>,
  operations: readonly Operation[],
  failed: Operation,
): ReadonlyMap<string, Operation> {
  const answers = new Map<string, Operation>();
  for (const o of operations) {
    if (o === failed || o.outcome !== 'ok') continue;
    const value = rules.shows(o.op, o.value);
    if (value === undefined) continue;
    const name = nameOf(value);
    const known = answers.get(name);
    if (known === undefined || o.completedAt < known.completedAt) answers.set(name, o);
  }
  return answers;
}

/**
 * Whether the answer fits the first state and none that a write leads to, and a write had completed. Where something else changes the state
 * (a delete), the first state may have come back, and nothing is certain.
 */
function firstState(
  model: AnyModel,
  rules: HindsightRules<unknown, unknown>,
  operations: readonly Operation[],
  failed: Operation,
): Cause | null {
  if (!isRead(model, failed) || model.step(model.init(), failed.op, failed.value) === null) return null;
  let by: Operation | null = null;
  let writes = 0;
  for (const o of operations) {
    if (isRead(model, o) || o.invokedAt > failed.completedAt) continue;
    writes += 1;
    if (rules.leaves(o.op) === undefined || writes > writesMax) return null;
    const after = model.step(model.init(), o.op, o.value);
    if (after !== null && model.step(after, failed.op, failed.value) !== null) return null;
    if (o.completedAt < failed.invokedAt && (by === null || o.completedAt < by.completedAt)) by = o;
  }
  return by === null ? null : { why: 'no longer the first state', by };
}

function isRead(model: AnyModel, o: Operation): boolean {
  return model.readOnly?.(o.op, o.value) === true;
}
