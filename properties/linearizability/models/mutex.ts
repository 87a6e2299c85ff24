/**
 * A lock that one at a time holds and nobody owns: whoever asks may release it (Jepsen's `mutex`). `acquire` and `release` answer `true`;
 * or `false`, without effect, if it was held, or free.
 */
import { withProvedReaches } from '../bad-model.ts';
import type { Model } from '../model.ts';
import type { Keyed } from './keyed.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';

/** What is asked of it. */
export type MutexOp = Keyed & { readonly f: 'acquire' | 'release' };

/** The model `mutex`: its state is whether it is held. */
export const mutex: Model<boolean, MutexOp, boolean> = withProvedReaches({
  name: 'mutex',
  init: () => false,
  key: keyOf,
  handles: isOneOf('acquire', 'release'),
  prepare: (operations) => wellFormed(mutex, operations),

  step(held, op, value) {
    const can = held === (op.f === 'release');
    if (value === false) return can ? null : held;
    return can && (value === true || value === undefined) ? !held : null;
  },

  identity: Number,
  readOnly: (_op, value) => value === false,
  reaches: {
    // What answered anything else is legal nowhere, and leads nowhere.
    from: ({ f }, value) => (isAnswer(value) ? ((f === 'acquire') === (value !== false) ? 0 : 1) : undefined),
    to: ({ f }, value) => (isAnswer(value) ? (f === 'acquire' ? 1 : 0) : undefined),
  },

  describe: (op, value) => asked(op.f, op) + answered(value),
  describeState: (held) => (held ? 'held' : 'free'),
});

function isAnswer(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean';
}

/** What was answered, for people. */
export function answered(value: unknown): string {
  if (value === undefined) return '';
  return ` → ${value === true ? 'done' : value === false ? 'refused' : JSON.stringify(value)}`;
}
