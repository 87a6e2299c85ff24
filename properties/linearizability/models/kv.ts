/**
 * A store of strings by key: `get`, `put`, and `append` to what stands (Porcupine's `kv`, the lab service of MIT's course 6.824). A key that
 * was never written holds the empty string.
 */
import type { Model } from '../model.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';

/** What is asked of it. */
export type KvOp =
  | { readonly f: 'get'; readonly key?: string | number }
  | { readonly f: 'put' | 'append'; readonly key?: string | number; readonly value: string };

/** A get answers the string; what the others answer is ignored. */
export type KvValue = string | null;

/** Characters of a string that people are shown; of longer ones its two ends. */
const shownMax = 80;

/** The model `kv`: its state is the string under one key. */
export const kv: Model<string, KvOp, KvValue> = {
  name: 'kv',
  init: () => '',
  key: keyOf,
  handles: isOneOf('get', 'put', 'append'),
  prepare: (operations) =>
    wellFormed(kv, operations, (op) =>
      op.f === 'get' || typeof op.value === 'string' ? null : 'What is written, `value`, is a string.',
    ),

  step(text, op, value) {
    switch (op.f) {
      case 'get':
        return value === undefined || value === text ? text : null;
      case 'put':
        return op.value;
      case 'append':
        return text + op.value;
    }
  },

  identity: (text) => text,
  readOnly: (op) => op.f === 'get' || (op.f === 'append' && op.value === ''),

  describe(op, value) {
    if (op.f === 'get') return asked('get', op) + (value === undefined ? '' : ` → ${shown(value)}`);
    return `${asked(op.f, op)} ${op.f === 'put' ? '= ' : ''}${shown(op.value)}`;
  },
  describeState: shown,
};

function shown(text: string | null): string {
  if (text === null || text.length <= shownMax) return JSON.stringify(text);
  const end = shownMax >>> 1;
  return `${JSON.stringify(text.slice(0, end))} … ${JSON.stringify(text.slice(-end))} (${text.length} characters)`;
}
