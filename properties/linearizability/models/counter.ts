/** A counter: `read`, `add`, and `addAndGet`, which answers the sum. It begins at 0 and may go below. */
import type { Model } from '../model.ts';
import type { Keyed } from './keyed.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';

/** What is asked of it; amounts are whole numbers. */
export type CounterOp = Keyed &
  ({ readonly f: 'read' } | { readonly f: 'add' | 'addAndGet'; readonly value: number });

/** A read answers the count, `addAndGet` the count after it; what `add` answers is ignored. */
export type CounterValue = number | null;

/** The model `counter`: its state is the count. */
export const counter: Model<number, CounterOp, CounterValue> = {
  name: 'counter',
  init: () => 0,
  key: keyOf,
  handles: isOneOf('read', 'add', 'addAndGet'),
  prepare: (operations) =>
    wellFormed(counter, operations, (op) =>
      op.f === 'read' || Number.isSafeInteger(op.value) ? null : 'The amount `value` is a whole number.',
    ),

  step(count, op, value) {
    const after = op.f === 'read' ? count : count + op.value;
    return op.f === 'add' || value === undefined || value === after ? after : null;
  },

  identity: (count) => count,
  readOnly: (op) => op.f === 'read' || op.value === 0,

  describe(op, value) {
    const question = op.f === 'read' ? asked('read', op) : `${asked(op.f, op)} ${op.value}`;
    return value === undefined || op.f === 'add' ? question : `${question} → ${String(value)}`;
  },
  describeState: String,
};
