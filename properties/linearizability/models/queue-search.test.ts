/** The model of a queue against one spelled out. */
import type { Spelled } from './differential.test-support.ts';
import { provesAgainstBruteForce } from './differential.test-support.ts';
import { queue } from './queue.ts';
import type { QueueOp } from './queue.ts';

/** @param distinct percent of values that are put in once */
const spelled = (distinct: number): Spelled<{ line: number[] }, QueueOp> => ({
  init: { line: [] },
  outcomes({ line }, op) {
    if (op.f === 'enqueue') return [{ answer: null, next: { line: [...line, Number(op.value)] } }];
    const [first, ...others] = line;
    return [{ answer: first ?? null, next: { line: others } }];
  },
  draw(draws, n) {
    if (draws.chance(50)) return { f: 'dequeue' };
    return { f: 'enqueue', value: draws.chance(distinct) ? 10 + n : draws.below(2) };
  },
  flip(draws, op, _answer, history) {
    if (op.f === 'enqueue') return undefined;
    const put = history.flatMap((o) =>
      (o.op as QueueOp).f === 'enqueue' ? [(o.op as { value: unknown }).value] : [],
    );
    return [...put, null, 99][draws.below(put.length + 2)];
  },
});

provesAgainstBruteForce(queue, spelled(80) as Spelled<unknown, QueueOp>, 80);
