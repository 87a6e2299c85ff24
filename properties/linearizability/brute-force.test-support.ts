/**
 * Slow, obviously right: tries every order that real time allows, every choice of operations of unknown result, and every
 * version that a write may have got; it remembers dead ends and nothing else. It shares no code with what it judges.
 */
import type { Operation } from '../history.ts';

/** A sequential object as a relation: all states that may follow, given what is known of the result. */
export interface Relation<S> {
  readonly init: S;
  /** `value` is `undefined` for an unknown result. */
  next(state: S, op: unknown, value: unknown): readonly S[];
}

/** Whether some order of the operations explains the history. */
export function isLinearizableByBruteForce<S>(
  relation: Relation<S>,
  operations: readonly Operation[],
): boolean {
  const relevant = operations.filter((o) => o.outcome !== 'fail');
  const hopeless = new Set<string>();
  const explains = (state: S, rest: readonly Operation[]): boolean => {
    if (rest.every((o) => o.outcome === 'info')) return true;
    const situation = JSON.stringify([state, rest.map((o) => o.id)]);
    if (hopeless.has(situation)) return false;
    const found = rest.some((o) => {
      if (rest.some((other) => other.completedAt < o.invokedAt)) return false;
      const others = rest.filter((other) => other !== o);
      const value = o.outcome === 'ok' ? o.value : undefined;
      return relation.next(state, o.op, value).some((next) => explains(next, others));
    });
    if (!found) hopeless.add(situation);
    return found;
  };
  return explains(relation.init, relevant);
}

/** A register whose versions are numbers in full: `last` is the greatest version so far. */
export interface ConcreteRegister {
  readonly content: { readonly value: number; readonly version: number } | null;
  readonly last: number;
}

interface Op {
  readonly f: string;
  readonly value?: number;
  readonly version?: number;
}

/** The register with versions 1 … `versionMax`, which must exceed all that a history can need. */
export function concreteRegister(versionMax: number): Relation<ConcreteRegister> {
  return {
    init: { content: null, last: 0 },
    next(state, o, value) {
      const op = o as Op;
      const version = state.content?.version ?? 0;
      const outcomes: { answer: unknown; next: ConcreteRegister }[] = [];
      const unchanged = (answer: unknown): void => {
        outcomes.push({ answer, next: state });
      };
      const write = (answer: (version: number) => unknown): void => {
        for (let v = state.last + 1; v <= versionMax; v += 1) {
          outcomes.push({ answer: answer(v), next: { content: { value: op.value!, version: v }, last: v } });
        }
      };
      if (op.f === 'get') unchanged({ value: state.content?.value ?? null, version });
      if (op.f === 'put') write((v) => ({ version: v }));
      if (op.f === 'delete') {
        outcomes.push({
          answer: { existed: state.content !== null },
          next: { content: null, last: state.last },
        });
      }
      if (op.f === 'cas' && op.version === version) write((v) => ({ done: true, version: v }));
      if (op.f === 'cas' && op.version !== version) {
        unchanged({ done: false, value: state.content?.value ?? null, version });
      }
      return outcomes
        .filter((x) => value === undefined || JSON.stringify(x.answer) === JSON.stringify(value))
        .map((x) => x.next);
    },
  };
}
