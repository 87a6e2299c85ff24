/**
 * Slow, obviously right: tries every order that keeps each process's own, over all keys together, and every choice of operations of unknown
 * result. It remembers dead ends and nothing else, and shares no code with what it judges.
 */
import type { Operation } from '../history.ts';

/** A whole system, not one object, as a relation: all states that may follow. */
export interface System<S> {
  readonly init: S;
  /** `value` is `undefined` for an unknown result. */
  next(state: S, op: unknown, value: unknown): readonly S[];
}

/** Whether some order of the operations explains the history; and whether some does that respects real time between processes too. */
export function isOrderable<S>(
  system: System<S>,
  operations: readonly Operation[],
  keepRealTime = false,
): boolean {
  const hopeless = new Set<string>();
  const explains = (state: S, rest: readonly Operation[]): boolean => {
    if (rest.every((o) => o.outcome === 'info')) return true;
    const situation = JSON.stringify([state, rest.map((o) => o.id)]);
    if (hopeless.has(situation)) return false;
    const found = rest.some((o) => {
      const mustFollow = (other: Operation): boolean =>
        other.completedAt < o.invokedAt && (keepRealTime || other.process === o.process);
      if (rest.some(mustFollow)) return false;
      const others = rest.filter((other) => other !== o);
      const value = o.outcome === 'ok' ? o.value : undefined;
      return system.next(state, o.op, value).some((next) => explains(next, others));
    });
    if (!found) hopeless.add(situation);
    return found;
  };
  return explains(
    system.init,
    operations.filter((o) => o.outcome !== 'fail'),
  );
}

interface KeyedOp {
  readonly f: string;
  readonly key: string;
  readonly value?: number;
  readonly from?: number | null;
  readonly to?: number;
  readonly version?: number;
}

type Contents = Readonly<Record<string, number>>;

/** Plain registers, all of them; an absent key was never written. */
export const plainSystem: System<Contents> = {
  init: {},
  next(state, o, value) {
    const op = o as KeyedOp;
    const holds = state[op.key] ?? null;
    const written = (to: number): Contents =>
      Object.fromEntries(Object.entries({ ...state, [op.key]: to }).sort(([a], [b]) => (a < b ? -1 : 1)));
    if (op.f === 'read') return value === undefined || value === holds ? [state] : [];
    if (op.f === 'write') return [written(op.value!)];
    const done = holds === op.from;
    if (value !== undefined && value !== done) return [];
    return [done ? written(op.to!) : state];
  },
};

/** One queue: answers `null` where it is empty. */
export const queueSystem: System<readonly number[]> = {
  init: [],
  next(state, o, value) {
    const op = o as { readonly f: string; readonly value: number };
    if (op.f === 'enqueue') return [[...state, op.value]];
    const [first = null, ...rest] = state;
    return value === undefined || value === first ? [rest] : [];
  },
};
