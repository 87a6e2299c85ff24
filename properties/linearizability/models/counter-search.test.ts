/** The model of a counter against one spelled out. */
import { counter } from './counter.ts';
import type { CounterOp } from './counter.ts';
import type { Spelled } from './differential.test-support.ts';
import { provesAgainstBruteForce } from './differential.test-support.ts';

const spelled: Spelled<{ count: number }, CounterOp> = {
  init: { count: 0 },
  outcomes({ count }, op) {
    if (op.f === 'read') return [{ answer: count, next: { count } }];
    const after = count + op.value;
    return [{ answer: op.f === 'add' ? null : after, next: { count: after } }];
  },
  draw(draws) {
    const kind = draws.below(10);
    if (kind < 4) return { f: 'read' };
    const value = draws.below(5) - 1;
    return { f: kind < 7 ? 'add' : 'addAndGet', value };
  },
  flip: (draws, op, answer) => (op.f === 'add' ? undefined : Number(answer) + draws.below(5) - 2),
};

provesAgainstBruteForce(counter, spelled as Spelled<unknown, CounterOp>, 85);
