/** A store of strings by key: `get`, `put`, and `append` to what stands (Porcupine's `kv`). A key that was never written holds the empty string. */
import type { Model } from '../model.ts';

/** What is asked of it. */
export type KvOp = { readonly key: string | number } & (
  { readonly f: 'get' } | { readonly f: 'put' | 'append'; readonly value: string }
);

/** The model `kv`: its state is the string under one key. */
export const kv: Model<string, KvOp, string | null> = {
  name: 'kv',
  init: () => '',
  key: (op) => op.key,
  handles: (op) => ['get', 'put', 'append'].includes((op as KvOp | null)?.f ?? ''),
  step(text, op, value) {
    if (op.f === 'get') return value === undefined || value === text ? text : null;
    return op.f === 'put' ? op.value : text + op.value;
  },
  readOnly: (op) => op.f === 'get',
  describe(op, value) {
    if (op.f !== 'get') return `${op.f} ${op.key} ${JSON.stringify(op.value)}`;
    return value === undefined ? `get ${op.key}` : `get ${op.key} → ${JSON.stringify(value)}`;
  },
  describeState: (text) => JSON.stringify(text),
};
