/** The model of a register that compares values against one spelled out. */
import { casRegister } from './cas-register.ts';
import type { CasRegisterOp } from './cas-register.ts';
import type { Spelled } from './differential.test-support.ts';
import { provesAgainstBruteForce } from './differential.test-support.ts';

/** Written in these ways; the last two say the same. */
const values: readonly unknown[] = [1, 2, '1', { a: 1, b: [2] }, { b: [2], a: 1 }];

/** Which value it is. */
function indexOf(value: unknown): number {
  return typeof value === 'object' ? (value === null ? -1 : 3) : values.indexOf(value);
}

const spelled: Spelled<{ at: number }, CasRegisterOp> = {
  init: { at: -1 },
  outcomes(state, op) {
    if (op.f === 'read') return [{ answer: state.at < 0 ? null : values[state.at], next: state }];
    if (op.f === 'write') return [{ answer: null, next: { at: indexOf(op.value) } }];
    if (state.at !== indexOf(op.from)) return [{ answer: false, next: state }];
    return [{ answer: true, next: { at: indexOf(op.to) } }];
  },
  says: (op, answer, value) => (op.f === 'read' ? indexOf(answer) === indexOf(value) : answer === value),
  draw(draws, n) {
    const some = (): unknown => values[draws.below(values.length)];
    const kind = draws.below(10);
    if (kind < 4) return { f: 'read' };
    if (kind < 7) return { f: 'write', value: some() };
    return { f: 'cas', from: n < 2 && draws.chance(50) ? null : some(), to: some() };
  },
  flip: (draws, op, answer) =>
    op.f === 'write'
      ? undefined
      : op.f === 'cas'
        ? answer !== true
        : [null, ...values][draws.below(values.length + 1)],
};

provesAgainstBruteForce(casRegister, spelled as Spelled<unknown, CasRegisterOp>);
