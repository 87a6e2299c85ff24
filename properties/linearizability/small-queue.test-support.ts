/** A queue as somebody writes it who does not know of the package's: for tests of what is concluded about any model. */
import type { Model } from './model.ts';

/** What is asked of it. */
export interface SmallQueueOp {
  readonly f: 'enqueue' | 'dequeue';
  readonly value?: number;
}

/** A dequeue answers the first element, or null where there is none. */
export const smallQueue: Model<readonly number[], SmallQueueOp, number | null> = {
  name: 'queue',
  init: () => [],
  step(state, op, value) {
    if (op.f === 'enqueue') return [...state, op.value!];
    const [first = null, ...rest] = state;
    return value === undefined || value === first ? rest : null;
  },
  readOnly: (op, value) => op.f === 'dequeue' && value === null,
  hindsight: {
    leaves: (op) => op.value,
    shows: (_op, value) => value ?? undefined,
    answerOf: () => null,
    unseen: (op) => op,
  },
};
