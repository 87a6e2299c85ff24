/** Short histories written out by hand. */
import type { Operation } from '../../history.ts';
import { checkLinearizable } from '../check.ts';
import type { CheckResult } from '../check.ts';
import type { Model } from '../model.ts';

/** What was asked, and what was answered; `undefined`: nobody heard. */
export type Step = readonly [op: object, answer?: unknown];

/** The operations one after the other. */
export function oneByOne(...steps: readonly Step[]): Operation[] {
  return steps.map(([op, value], id) =>
    operation(id, 2 * id, value === undefined ? Infinity : 2 * id + 1, op, value),
  );
}

/** One operation; of unknown result where it never completed. */
export function operation(id: number, from: number, by: number, op: object, value?: unknown): Operation {
  const outcome = by === Infinity ? 'info' : 'ok';
  return { ...{ id, process: id, op, invokedAt: from, completedAt: by }, ...{ outcome, value, place: 0 } };
}

/** What the checker says of a history of any operations. */
export function judged<State, Op, Value>(
  model: Model<State, Op, Value>,
  history: readonly Operation[],
): CheckResult {
  return checkLinearizable(model, history as readonly Operation<Op, Value>[]) as CheckResult;
}

/** The verdict on operations one after the other. */
export function verdict<State, Op, Value>(model: Model<State, Op, Value>, ...steps: readonly Step[]): string {
  return judged(model, oneByOne(...steps)).verdict;
}
