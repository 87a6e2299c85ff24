/** A stack, last in, first out: `push` and `pop`, which answers `null` where it is empty. */
import type { Model } from '../model.ts';
import { canonical, shownValue } from './json-value.ts';
import type { Keyed } from './keyed.ts';
import { asked, demandValue, isOneOf, keyOf, wellFormed } from './keyed.ts';
import type { Item, Put } from './taken.ts';
import { foreseeTakes, identityOfItems, isNeverTaken, itemOf, mayTake, shownItems } from './taken.ts';

/** What is asked of it. */
export type StackOp = (Put & { readonly f: 'push' }) | (Keyed & { readonly f: 'pop' });

/** A pop answers the value that stood on top, `null` where there was none; what `push` answers is ignored. */
export type StackValue = unknown;

/** What is in it, the top last. */
export type StackState = readonly Item[];

/** The model `stack`. */
export const stack: Model<StackState, StackOp, StackValue> = {
  name: 'stack',
  init: () => [],
  key: keyOf,
  handles: isOneOf('push', 'pop'),
  prepare: (operations) =>
    wellFormed(stack, operations, (op) => (op.f === 'push' ? demandValue(op.value) : null)),

  step(items, op, value) {
    const top = items.at(-1);
    if (op.f === 'pop') {
      if (!mayTake(top, value)) return null;
      return top === undefined ? items : items.slice(0, -1);
    }
    const item = itemOf(op);
    // It leaves before whatever lies under it.
    if (items.some((other) => other.takenBy < item.takenFrom)) return null;
    return top !== undefined && isNeverTaken(top) && isNeverTaken(item) ? items : [...items, item];
  },

  identity: identityOfItems,
  readOnly: (op, value) => op.f === 'pop' && value === null,
  hindsight: {
    leaves: (op) => (op.f === 'push' ? (canonical(op.value) ?? undefined) : undefined),
    shows: (op, value) => (op.f === 'pop' ? (canonical(value) ?? undefined) : undefined),
    answerOf: () => null,
    unseen: (op) => (op.f === 'push' ? { ...op, value: null } : op),
  },
  foresee: (operations, doubted) => foreseeTakes(operations, 'push', doubted),
  alike: (op, value) =>
    op.f === 'pop' ? [op.f, value] : isNeverTaken(op) ? [op.f] : [op.f, canonical(op.value)],

  describe(op, value) {
    if (op.f === 'push') return `${asked('push', op)} ${shownValue(op.value)}`;
    if (value === undefined) return asked('pop', op);
    return `${asked('pop', op)} → ${value === null ? 'empty' : shownValue(value)}`;
  },
  describeState: (items) =>
    items.length === 0 ? 'an empty stack' : `a stack of ${shownItems(items)} (the top last)`,
};
