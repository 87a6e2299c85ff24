/** Registers without versions, and histories of them in which answers are drawn at will: most of them satisfy little. */
import type { Operation } from '../history.ts';
import type { Model } from '../linearizability/model.ts';
import type { Draws } from '../linearizability/random-history.test-support.ts';

/** What is asked of a plain register. */
export type PlainOp =
  | { readonly f: 'read'; readonly key: string }
  | { readonly f: 'write'; readonly key: string; readonly value: number }
  | { readonly f: 'cas'; readonly key: string; readonly from: number | null; readonly to: number };

/** A read answers the value, `null` before the first write; a cas whether it was done. */
export type PlainValue = number | boolean | null;

/** What a register holds. */
export interface PlainState {
  readonly holds: number | null;
}

/** A register a key. */
export const plainRegister: Model<PlainState, PlainOp, PlainValue> = {
  name: 'plain-register',
  init: () => ({ holds: null }),
  key: (op) => op.key,
  step(state, op, value) {
    if (op.f === 'read') return value === undefined || value === state.holds ? state : null;
    if (op.f === 'write') return { holds: op.value };
    if (value === false) return state.holds === op.from ? null : state;
    return state.holds === op.from ? { holds: op.to } : null;
  },
  readOnly: (op, value) => op.f === 'read' || value === false,
  hindsight: {
    overwrites: true,
    leaves: (op) => (op.f === 'write' ? op.value : op.f === 'cas' ? op.to : undefined),
    shows(op, value) {
      if (op.f === 'read') return value ?? undefined;
      return op.f === 'cas' && value === true ? (op.from ?? undefined) : undefined;
    },
    answerOf: (op) => (op.f === 'cas' ? true : null),
    unseen: (op) => (op.f === 'write' ? { ...op, value: -1 } : op.f === 'cas' ? { ...op, to: -1 } : op),
  },
};

/** A history told as lines `process: w x 1`, `process: r x 1`, `process: cas x 1 2`, each complete before the next begins. */
export function told(text: string): readonly Operation<PlainOp, PlainValue>[] {
  return text
    .trim()
    .split('\n')
    .map((line, i) => {
      const [process, what, key, value, to] = line.trim().split(/[: ]+/);
      const number = value === 'null' ? null : Number(value);
      const op: PlainOp =
        what === 'r'
          ? { f: 'read', key: key! }
          : what === 'w'
            ? { f: 'write', key: key!, value: number! }
            : { f: 'cas', key: key!, from: number, to: Number(to) };
      return {
        id: i + 1,
        process: Number(process),
        op,
        invokedAt: 2 * i + 1,
        completedAt: 2 * i + 2,
        outcome: 'ok',
        value: what === 'r' ? number : what === 'cas' ? true : null,
        place: 0,
      };
    });
}

/** What a history is drawn from. */
export interface WeakShape {
  readonly operations: number;
  readonly sessions: number;
  readonly keys: number;
  readonly infoPercent: number;
  /** Of the answers, so many show any value at all, also one that is written later; the others the last one written in real time. */
  readonly wildPercent: number;
  /** A session is two processes that take turns, or overlap. */
  readonly pairs?: boolean;
  /** Comparisons may fail, and answers of some of them are drawn. */
  readonly cas?: boolean;
  /** So many values in all, written again and again. Default: each is written once. */
  readonly values?: number;
}

/** Orders of a key's writes are tried out one by one. */
const writesPerKeyMax = 5;

type Mutable = { -readonly [K in keyof Operation<PlainOp, PlainValue>]: Operation<PlainOp, PlainValue>[K] };

/** A history of plain registers in which every value is written once and every read shows a value of its key. */
export function weakHistory(draws: Draws, shape: WeakShape): readonly Operation<PlainOp, PlainValue>[] {
  const operations: Mutable[] = [];
  const written = new Map<string, number[]>();
  const last = new Map<string, number>();
  const processes = shape.sessions * (shape.pairs === true ? 2 : 1);
  const freeAt = new Array<number>(processes).fill(0);
  for (let id = 1; id <= shape.operations; id += 1) {
    const process = draws.below(processes);
    const key = 'xyz'[draws.below(shape.keys)]!;
    const invokedAt = Math.max(id * 4, freeAt[process]! + 1);
    const completedAt = invokedAt + 1 + draws.below(8);
    freeAt[process] = completedAt;
    const info = draws.chance(shape.infoPercent);
    const kind = draws.below(10);
    const value = shape.values === undefined ? id * 10 : 1 + draws.below(shape.values);
    const values = written.get(key) ?? [];
    const from = values.length > 0 && draws.chance(80) ? values[draws.below(values.length)]! : null;
    const op: PlainOp =
      kind < 5 || values.length === writesPerKeyMax
        ? { f: 'read', key }
        : kind < 9
          ? { f: 'write', key, value }
          : { f: 'cas', key, from, to: value };
    if (op.f !== 'read') written.set(key, [...values, value]);
    operations.push({
      id,
      process,
      op,
      invokedAt,
      completedAt: info ? Infinity : completedAt,
      outcome: info ? 'info' : 'ok',
      value: info ? undefined : op.f === 'cas' ? shape.cas !== true || draws.chance(40) : null,
      place: 0,
      ...(shape.pairs === true && { session: 1 + (process >> 1) }),
    });
  }
  for (const operation of operations) {
    const { key } = operation.op;
    const values = written.get(key) ?? [];
    if (operation.op.f === 'read' && operation.outcome === 'ok') {
      const any = draws.below(values.length + 1);
      operation.value = draws.chance(shape.wildPercent) ? (values[any] ?? null) : (last.get(key) ?? null);
    } else if (operation.op.f !== 'read') {
      last.set(key, operation.op.f === 'write' ? operation.op.value : operation.op.to);
    }
  }
  return operations;
}
