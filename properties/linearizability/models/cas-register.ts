/** A register that compares values: `read`, `write`, and `cas`, which writes if what stands is `from` (Jepsen's `cas-register`). */
import type { Model } from '../model.ts';

/** What is asked of it; keys are independent of one another. */
export type CasRegisterOp = { readonly key?: string | number } & (
  | { readonly f: 'read' }
  | { readonly f: 'write'; readonly value: unknown }
  | { readonly f: 'cas'; readonly from: unknown; readonly to: unknown }
);

/** The model `cas-register`. Its state is the value as JSON, `null` before the first write. */
export const casRegister: Model<string, CasRegisterOp, unknown> = {
  name: 'cas-register',
  init: () => 'null',
  key: (op) => op.key ?? '',
  handles: (op) => ['read', 'write', 'cas'].includes((op as CasRegisterOp | null)?.f ?? ''),
  step(state, op, value) {
    if (op.f === 'read') return value === undefined || JSON.stringify(value) === state ? state : null;
    if (op.f === 'write') return JSON.stringify(op.value ?? null);
    const matches = JSON.stringify(op.from ?? null) === state;
    if (value === false) return matches ? null : state;
    return matches ? JSON.stringify(op.to ?? null) : null;
  },
  readOnly: (op, value) => op.f === 'read' || (op.f === 'cas' && value === false),
  describe(op, value) {
    const on = op.key === undefined ? '' : ` ${op.key}`;
    if (op.f === 'write') return `write${on} = ${JSON.stringify(op.value)}`;
    const asked =
      op.f === 'read' ? `read${on}` : `cas${on} ${JSON.stringify(op.from)} to ${JSON.stringify(op.to)}`;
    return value === undefined ? asked : `${asked} → ${JSON.stringify(value)}`;
  },
  describeState: (state) => state,
};
