/** A queue, first in, first out: `enqueue` and `dequeue`, which answers `null` where it is empty. */
import type { Model } from '../model.ts';
import { canonical, shownValue } from './json-value.ts';
import type { Keyed } from './keyed.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';
import type { Item, Put } from './taken.ts';
import {
  demandValue,
  foreseeTakes,
  identityOfItems,
  isNeverTaken,
  itemOf,
  mayTake,
  shownItems,
} from './taken.ts';

/** What is asked of it. */
export type QueueOp = (Put & { readonly f: 'enqueue' }) | (Keyed & { readonly f: 'dequeue' });

/** A dequeue answers the value that stood first, `null` where there was none; what `enqueue` answers is ignored. */
export type QueueValue = unknown;

/** What is in it, the oldest first. */
export type QueueState = readonly Item[];

/** The model `queue`. */
export const queue: Model<QueueState, QueueOp, QueueValue> = {
  name: 'queue',
  init: () => [],
  key: keyOf,
  handles: isOneOf('enqueue', 'dequeue'),
  prepare: (operations) =>
    wellFormed(queue, operations, (op) => (op.f === 'enqueue' ? demandValue(op) : null)),

  step(items, op, value) {
    if (op.f === 'dequeue') {
      if (!mayTake(items[0], value)) return null;
      return items.length === 0 ? items : items.slice(1);
    }
    const item = itemOf(op);
    // Whatever stands before it leaves before it.
    if (items.some((other) => other.takenFrom > item.takenBy)) return null;
    const last = items.at(-1);
    return last !== undefined && isNeverTaken(last) && isNeverTaken(item) ? items : [...items, item];
  },

  identity: identityOfItems,
  readOnly: (op, value) => op.f === 'dequeue' && value === null,
  hindsight: {
    leaves: (op) => (op.f === 'enqueue' ? (canonical(op.value) ?? undefined) : undefined),
    shows: (op, value) => (op.f === 'dequeue' ? (canonical(value) ?? undefined) : undefined),
    answerOf: () => null,
    unseen: (op) => (op.f === 'enqueue' ? { ...op, value: null } : op),
  },
  foresee: (operations, doubted) => foreseeTakes(operations, 'enqueue', doubted),
  alike: (op, value) =>
    op.f === 'dequeue' ? [op.f, value] : isNeverTaken(op) ? [op.f] : [op.f, canonical(op.value)],

  describe(op, value) {
    if (op.f === 'enqueue') return `${asked('enqueue', op)} ${shownValue(op.value)}`;
    if (value === undefined) return asked('dequeue', op);
    return `${asked('dequeue', op)} → ${value === null ? 'empty' : shownValue(value)}`;
  },
  describeState: (items) => (items.length === 0 ? 'an empty queue' : `a queue of ${shownItems(items)}`),
};
