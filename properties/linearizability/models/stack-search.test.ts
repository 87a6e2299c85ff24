/** The model of a stack against one spelled out. */
import type { Spelled } from './differential.test-support.ts';
import { provesAgainstBruteForce } from './differential.test-support.ts';
import { stack } from './stack.ts';
import type { StackOp } from './stack.ts';

/** @param distinct percent of values that are put in once */
const spelled = (distinct: number): Spelled<{ pile: number[] }, StackOp> => ({
  init: { pile: [] },
  outcomes({ pile }, op) {
    if (op.f === 'push') return [{ answer: null, next: { pile: [...pile, Number(op.value)] } }];
    return [{ answer: pile.at(-1) ?? null, next: { pile: pile.slice(0, -1) } }];
  },
  draw(draws, n) {
    if (draws.chance(50)) return { f: 'pop' };
    return { f: 'push', value: draws.chance(distinct) ? 10 + n : draws.below(2) };
  },
  flip(draws, op, _answer, history) {
    if (op.f === 'push') return undefined;
    const put = history.flatMap((o) =>
      (o.op as StackOp).f === 'push' ? [(o.op as { value: unknown }).value] : [],
    );
    return [...put, null, 99][draws.below(put.length + 2)];
  },
});

provesAgainstBruteForce(stack, spelled(80) as Spelled<unknown, StackOp>, 80);
