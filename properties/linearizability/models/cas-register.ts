/**
 * A register that compares values: `read`, `write`, and `cas`, which writes if what stands is `from` (Jepsen's `cas-register`). It
 * holds any JSON value, and `null` before the first write.
 */
import { withProvedReaches } from '../bad-model.ts';
import type { Model } from '../model.ts';
import { canonical, isSameValue, nameOfValue, shownValue } from './json-value.ts';
import type { Keyed } from './keyed.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';

/** What is asked of it. */
export type CasRegisterOp = Keyed &
  (
    | { readonly f: 'read' }
    | { readonly f: 'write'; readonly value: unknown }
    | { readonly f: 'cas'; readonly from: unknown; readonly to: unknown }
  );

/** A read answers the value, a cas whether it was done (`true`, `false`); what a write answers is ignored. */
export type CasRegisterValue = unknown;

/** What stands in it. */
export interface CasRegisterState {
  readonly value: unknown;
}

/** The model `cas-register`. */
export const casRegister: Model<CasRegisterState, CasRegisterOp, CasRegisterValue> = withProvedReaches({
  name: 'cas-register',
  init: () => ({ value: null }),
  key: keyOf,
  handles: isOneOf('read', 'write', 'cas'),
  prepare: (operations) => wellFormed(casRegister, operations),

  step(state, op, value) {
    switch (op.f) {
      case 'read':
        return value === undefined || isSameValue(state.value, value) ? state : null;
      case 'write':
        return { value: op.value ?? null };
      case 'cas': {
        const matches = isSameValue(state.value, op.from ?? null);
        if (value === false) return matches ? null : state;
        return matches && (value === true || value === undefined) ? { value: op.to ?? null } : null;
      }
    }
  },

  identity: (state) => nameOfValue(state.value),
  readOnly: (op, value) =>
    op.f === 'read' || (op.f === 'cas' && (value === false || isSameValue(op.from ?? null, op.to ?? null))),

  reaches: {
    from: (op, value) =>
      op.f === 'read' && value !== undefined
        ? nameOfValue(value)
        : op.f === 'cas' && (value === true || value === undefined)
          ? nameOfValue(op.from ?? null)
          : undefined,
    to(op, value) {
      if (op.f === 'write') return nameOfValue(op.value ?? null);
      return op.f === 'cas' && (value === true || value === undefined)
        ? nameOfValue(op.to ?? null)
        : undefined;
    },
  },
  hindsight: {
    overwrites: true,
    leaves: (op) => (op.f === 'read' ? undefined : shownAs(op.f === 'write' ? op.value : op.to)),
    shows: (op, value) =>
      op.f === 'read' ? shownAs(value) : op.f === 'cas' && value === true ? shownAs(op.from) : undefined,
    answerOf: (op) => (op.f === 'cas' ? true : null),
    // The search knows which operations lead to a value that somebody needs (`reaches`), and leaves the others alone anyway.
    unseen: (op) => op,
  },

  describe(op, value) {
    const what = asked(op.f, op);
    if (op.f === 'write') return `${what} = ${shownValue(op.value)}`;
    const question = op.f === 'read' ? what : `${what} ${shownValue(op.from)} to ${shownValue(op.to)}`;
    if (value === undefined) return question;
    if (op.f === 'cas')
      return `${question} → ${value === true ? 'done' : value === false ? 'not done' : shownValue(value)}`;
    return `${question} → ${shownValue(value)}`;
  },
  describeState: (state) => shownValue(state.value),
});

/** A value as answers show it; `undefined` for the one that was there before any write. */
function shownAs(value: unknown): unknown {
  return value === null || value === undefined ? undefined : canonical(value);
}
