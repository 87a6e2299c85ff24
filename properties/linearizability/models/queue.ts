/** A queue, first in, first out: `enqueue` and `dequeue`, which answers `null` where it is empty. */
import type { Model } from '../model.ts';
import type { PossibleStates } from '../nondeterministic.ts';
import { nondeterministic } from '../nondeterministic.ts';
import { canonical, isSameValue, shownValue, textOf } from './json-value.ts';
import type { Keyed } from './keyed.ts';
import { asked, demandValue, isOneOf, keyOf, wellFormed } from './keyed.ts';
import type { EnqueueInterval, Queued } from './queue-order.ts';
import { afterDequeue, foreseeOrder, withQueued } from './queue-order.ts';

/** What is asked of it. */
export type QueueOp = Keyed &
  (
    | { readonly f: 'dequeue' }
    | {
        readonly f: 'enqueue';
        /** Not null: that is the answer of an empty queue. */
        readonly value: unknown;
        /** Written by `foresee`. */
        readonly interval?: EnqueueInterval;
        /** Written by `foresee`: nothing is lost if it never happened. */
        readonly useless?: true;
      }
  );

/** A dequeue answers the value that stood first, `null` where there was none; what `enqueue` answers is ignored. */
export type QueueValue = unknown;

/** What may be in it; each time the oldest first, as far as that matters. */
export type QueueState = PossibleStates<readonly Queued[]>;

const isQueueOp = isOneOf('enqueue', 'dequeue');

/** The model `queue`. Where it foresees which orders of enqueues matter it is nondeterministic in what a dequeue of unknown result took. */
export const queue: Model<QueueState, QueueOp, QueueValue> = nondeterministic<
  readonly Queued[],
  QueueOp,
  QueueValue
>({
  name: 'queue',
  init: () => [[]],
  key: keyOf,
  handles: isQueueOp,
  prepare: (operations) =>
    wellFormed<QueueOp>({ name: 'queue', handles: isQueueOp }, operations, (op) =>
      op.f === 'enqueue' ? demandValue(op.value) : null,
    ),

  steps(queued, op, value) {
    if (op.f === 'enqueue') {
      if (op.useless === true) return [];
      if (op.interval === undefined) return [[...queued, { value: op.value }]];
      return [withQueued(queued, { value: op.value, interval: op.interval })];
    }
    const first = queued[0];
    if (first === undefined) return value === null ? [queued] : [];
    if (first.interval !== undefined) return afterDequeue(queued, value);
    return value === undefined || isSameValue(first.value, value) ? [queued.slice(1)] : [];
  },

  // JSON texts cannot be confused where one ends and the next begins.
  identity: (queued) => queued.map(({ value, interval }) => interval?.position ?? textOf(value)).join(' '),
  readOnly: (op, value) => op.f === 'dequeue' && value === null,
  hindsight: {
    leaves: (op) => (op.f === 'enqueue' ? canonical(op.value) : undefined),
    shows: (op, value) => (op.f === 'dequeue' && value !== null ? canonical(value) : undefined),
    answerOf: () => null,
    unseen: (op) => (op.f === 'enqueue' ? { ...op, value: null } : op),
  },
  foresee: foreseeOrder,

  describe(op, value) {
    if (op.f === 'enqueue') return `${asked('enqueue', op)} ${shownValue(op.value)}`;
    if (value === undefined) return asked('dequeue', op);
    return `${asked('dequeue', op)} → ${value === null ? 'empty' : shownValue(value)}`;
  },
  describeState: (queued) =>
    queued.length === 0
      ? 'an empty queue'
      : `a queue of ${queued.map(({ value }) => shownValue(value)).join(', ')}`,
});
