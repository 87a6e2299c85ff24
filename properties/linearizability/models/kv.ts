/**
 * A store of strings by key: `get`, `put`, and `append` to what stands (Porcupine's `kv`, the lab service of MIT's course 6.824). A key that
 * was never written holds the empty string.
 */
import type { Model } from '../model.ts';
import { shownValue } from './json-value.ts';
import type { Keyed } from './keyed.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';
import type { Ahead } from './kv-ahead.ts';
import { foreseeTexts } from './kv-ahead.ts';

/** What is asked of it. */
export type KvOp = Keyed &
  (
    | { readonly f: 'get' }
    | {
        readonly f: 'put' | 'append';
        readonly value: string;
        /** Written by `foresee`. */
        readonly ahead?: Ahead;
        /** Written by `foresee`: nothing is lost if it never happened. */
        readonly useless?: true;
      }
  );

/** A get answers the string; what the others answer is ignored. */
export type KvValue = string | null;

/** Characters of a string that people are shown; of longer ones its two ends. */
const shownMax = 80;

/** The string under one key; 0: any that no get shows, nor begins with. */
export type KvState = string | 0;

/** The model `kv`. */
export const kv: Model<KvState, KvOp, KvValue> = {
  name: 'kv',
  init: () => '',
  key: keyOf,
  handles: isOneOf('get', 'put', 'append'),
  prepare: (operations) =>
    wellFormed(kv, operations, (op) =>
      op.f === 'get' || typeof op.value === 'string' ? null : 'What is written, `value`, is a string.',
    ),

  step(text, op, value) {
    if (op.f !== 'get' && op.useless === true) return null;
    switch (op.f) {
      case 'get':
        return value === undefined || (text !== 0 && value === text) ? text : null;
      case 'put':
        return told(op.value, op.ahead);
      case 'append':
        return told(text === 0 ? 0 : text + op.value, op.ahead);
    }
  },

  identity: (text) => text,
  readOnly: (op) => op.f === 'get',
  // Nothing is legal that would not be legal of any other text.
  covers: (a, b) => a === b || b === 0,
  foresee: foreseeTexts,
  alike: (op, value) => [op.f, op.f === 'get' ? value : op.value],

  describe(op, value) {
    if (op.f === 'get') return asked('get', op) + (value === undefined ? '' : ` → ${shown(value)}`);
    return `${asked(op.f, op)} ${op.f === 'put' ? '= ' : ''}${shown(op.value)}`;
  },
  describeState: (text) => (text === 0 ? 'a text that no get shows' : shown(text)),
};

/** What stands after a write; `null` if the gets that follow cannot have found it. */
function told(text: KvState, ahead: Ahead | undefined): KvState | null {
  if (ahead === undefined) return text;
  // The beginning of what is certainly shown is the beginning of what some get shows.
  if (ahead.shown !== null) return text !== 0 && ahead.shown.startsWith(text) ? text : null;
  return text !== 0 && ahead.begins(text) ? text : 0;
}

function shown(text: unknown): string {
  // Whoever recorded a history may have recorded anything.
  if (typeof text !== 'string') return shownValue(text);
  if (text.length <= shownMax) return JSON.stringify(text);
  const end = shownMax >>> 1;
  return `${JSON.stringify(text.slice(0, end))} … ${JSON.stringify(text.slice(-end))} (${text.length} characters)`;
}
