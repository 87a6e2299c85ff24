/** Answers that take away what they show: of a queue, a stack. */
import type { Operation } from '../history.ts';
import type { AnyModel, HindsightRules } from './model.ts';

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
