/** A model of one's own, in ten lines: cells that are read, written, and written if they hold what one thinks. */
import type { Model } from '../../properties/linearizability/model.ts';

export type CellOp =
  | { readonly f: 'read'; readonly key: string }
  | { readonly f: 'write'; readonly key: string; readonly value: number }
  | { readonly f: 'cas'; readonly key: string; readonly from: number; readonly to: number };
/** What a read found, `null` before the first write; whether a cas was done; `null` of a write. */
export type CellValue = number | boolean | null;

export const cell: Model<{ readonly now: number | null }, CellOp, CellValue> = {
  name: 'cell',
  init: () => ({ now: null }),
  key: (op) => op.key,
  readOnly: (op, answer) => op.f === 'read' || answer === false,
  step(state, op, answer) {
    if (op.f === 'write') return { now: op.value };
    const right = op.f === 'read' ? state.now : state.now === op.from;
    if (answer !== undefined && answer !== right) return null;
    return op.f === 'cas' && right === true ? { now: op.to } : state;
  },
  describeState: (state) => String(state.now),
};
