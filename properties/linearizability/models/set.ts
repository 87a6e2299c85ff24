/**
 * A set: `add`, `remove`, `contains`, and `read`, which answers the whole set. `add` and `remove` may answer whether they changed it. Where nobody
 * reads the whole, what happens to one element does not touch another, and each is judged apart.
 */
import type { Model } from '../model.ts';
import { canonical, shownValue, textOf } from './json-value.ts';
import type { Keyed } from './keyed.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';
import type { Counted, CountedState } from './set-counted.ts';
import {
  apartByElement,
  elementPrefix,
  foreseeCounts,
  shownCounted,
  shownElements,
  stepCounted,
} from './set-counted.ts';

/** What is asked of it. */
export type SetOp = Keyed &
  (
    | {
        readonly f: 'read';
        /** Written by `foresee`. */
        readonly counted?: Counted;
      }
    | {
        readonly f: 'add' | 'remove' | 'contains';
        readonly value: unknown;
        /** Judged apart from other elements: written by `prepare`. */
        readonly apart?: true;
        /** Written by `foresee`, into adds. */
        readonly counted?: Counted;
      }
  );

/** A read answers the elements in any order, each once; `contains` a boolean; the others whether they changed the set, or `null`. */
export type SetValue = readonly unknown[] | boolean | null;

/** The elements as JSON, in order; or, where nothing else can matter, how many have been added. */
export type SetState = readonly string[] | CountedState;

/** The model `set`. */
export const set: Model<SetState, SetOp, SetValue> = {
  name: 'set',
  init: () => [],
  key: (op) =>
    op.f !== 'read' && op.apart === true
      ? `${elementPrefix}${textOf(op.value)}${op.key === undefined ? '' : ` of ${JSON.stringify(op.key)}`}`
      : keyOf(op),
  handles: isOneOf('add', 'remove', 'contains', 'read'),
  // Whether elements can be judged apart, only the whole history tells.
  needsWhole: true,
  prepare: (operations) => apartByElement(wellFormed(set, operations), set.handles!),

  step(state, op, value) {
    if ((op.f === 'read' || op.f === 'add') && op.counted !== undefined) {
      const next = stepCounted('count' in state ? state : { count: 0, inDoubt: 0 }, op.f, op.counted, value);
      return next === 'unchanged' ? state : next;
    }
    const elements = state as readonly string[];
    if (op.f === 'read') return value === undefined || isShown(elements, value) ? state : null;
    const text = textOf(op.value);
    const present = elements.includes(text);
    if (op.f === 'contains') return value === undefined || value === present ? state : null;
    const changes = present === (op.f === 'remove');
    if (typeof value === 'boolean' && value !== changes) return null;
    if (!changes) return state;
    return present ? elements.filter((other) => other !== text) : inserted(elements, text);
  },

  identity(state) {
    if (!('count' in state)) return state.join(' ');
    return state.inDoubt === 0 ? state.count : `${state.count} ${state.inDoubt}`;
  },
  readOnly: (op, value) => op.f === 'read' || op.f === 'contains' || value === false,
  hindsight: {
    // No answer is concluded from; but those that the same answers show first are alike.
    leaves: (op) => (op.f === 'add' && op.counted !== undefined ? op.value : undefined),
    shows: () => undefined,
    answerOf: () => undefined,
    unseen: (op) => (op.f === 'add' ? { ...op, value: null } : op),
  },
  foresee: foreseeCounts,
  alike(op, value) {
    if (op.f === 'read') return [op.f, value];
    return op.counted === undefined ? [op.f, canonical(op.value), value] : [op.f, op.counted];
  },

  describe(op, value) {
    const question = op.f === 'read' ? asked('read', op) : `${asked(op.f, op)} ${shownValue(op.value)}`;
    if (value === undefined || value === null) return question;
    return `${question} → ${Array.isArray(value) ? `{${shownElements(value)}}` : shownValue(value)}`;
  },
  describeState(state, asked) {
    if ('count' in state) return shownCounted(state);
    // Of the others nothing is known there.
    if (asked !== undefined && asked.f !== 'read' && asked.apart === true) {
      return `a set ${state.length === 0 ? 'without' : 'with'} ${shownValue(asked.value)}`;
    }
    return `{${state.join(', ')}}`;
  },
};

/** Whether an answer shows just these elements, each once. */
function isShown(elements: readonly string[], answer: unknown): boolean {
  if (!Array.isArray(answer) || answer.length !== elements.length) return false;
  const texts = new Set(answer.map(textOf));
  return texts.size === elements.length && elements.every((text) => texts.has(text));
}

function inserted(elements: readonly string[], text: string): readonly string[] {
  const at = elements.findIndex((other) => other > text);
  return at < 0 ? [...elements, text] : [...elements.slice(0, at), text, ...elements.slice(at)];
}
