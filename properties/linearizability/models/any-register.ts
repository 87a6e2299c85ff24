/** Registers of both kinds in one history, versioned ones and those that keep siblings: keys of the two are different keys, whatever they are called. */
import type { AnyModel, Model } from '../model.ts';
import { register } from './register.ts';
import type { RegisterOp } from './register.ts';
import { siblings } from './siblings.ts';
import type { SiblingsOp, SiblingStrategy } from './siblings.ts';

/** A state, and of which kind of register; `of` is `null` before the first operation tells. */
export type Either =
  { readonly of: AnyModel; readonly state: unknown } | { readonly of: null; readonly state: null };

const nothingYet: Either = { of: null, state: null };

/** The model of both, reported as `linearizable-register`. @param strategies of the keys that keep siblings */
export function anyRegister(
  strategies: readonly SiblingStrategy[],
): Model<Either, RegisterOp | SiblingsOp, unknown> {
  const kept = siblings(strategies) as unknown as AnyModel;
  const versioned = register as unknown as AnyModel;
  const modelOf = (op: RegisterOp | SiblingsOp): AnyModel => (kept.handles?.(op) === true ? kept : versioned);
  return {
    name: 'register',
    init: () => nothingYet,
    handles: (op) => versioned.handles?.(op) === true || kept.handles?.(op) === true,
    key: (op) => `${modelOf(op) === kept ? 'siblings ' : ''}${op.key}`,
    step(either, op, value) {
      const of = either.of ?? modelOf(op);
      const state = of.step(either.of === null ? of.init() : either.state, op, value);
      return state === null ? null : { of, state };
    },
    identity: (either) => (either.of === null ? 'nothing yet' : JSON.stringify(either.state)),
    readOnly: (op, value) => modelOf(op).readOnly?.(op, value) ?? false,
    rank: (op, value) => modelOf(op).rank?.(op, value),
    covers: (a, b) =>
      a.of === null || b.of === null
        ? a.of === b.of
        : (a.of.covers?.(a.state, b.state) ?? JSON.stringify(a.state) === JSON.stringify(b.state)),
    describe: (op, value) => modelOf(op).describe?.(op, value) ?? JSON.stringify(op),
    describeState: (either, asked) =>
      either.of === null ? 'nothing yet' : (either.of.describeState?.(either.state, asked) ?? ''),
  };
}
