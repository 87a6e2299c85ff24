/**
 * What the whole history tells of its operations of unknown result. A search that goes from return to return has to consider that each
 * of them happened or did not; often an answer given later settles it. If a value was shown, and one operation only could have
 * left it, then that operation took effect, and before the first answer that shows the value returned. If a value was never
 * shown, nobody can tell its write from another of that kind.
 */
import type { Operation } from '../history.ts';
import type { AnyModel } from './model.ts';

/** A history in hindsight. */
export interface Hindsight {
  /** Position by position, as given, but for those known to have taken effect: these are completed. */
  readonly operations: readonly Operation[];
  /** The operation at `position` as a description of all that are alike. */
  alike(position: number): unknown;
  /** The position whose answer proved that the operation at `position` took effect; `position` itself where it needed no proof. */
  shownBy(position: number): number;
}

/** Answers that show a value. */
interface Shown {
  /** The first of them, if it is certain that one was given. */
  first: number | null;
  /** One of each. */
  readonly answers: Map<string, unknown>;
}

/**
 * Looks back at the operations of one component.
 *
 * @param use whether to conclude anything; else all stays as it is
 * @param doubted position of an operation whose answer proves nothing; −1: none
 */
export function inHindsight(
  model: AnyModel,
  operations: readonly Operation[],
  use: boolean,
  doubted: number,
): Hindsight {
  const rules = model.hindsight;
  if (rules === undefined || !use || operations.every((o) => o.outcome === 'ok')) {
    return { operations, alike: (p) => operations[p]!.op, shownBy: (p) => p };
  }
  const leavers = new Map<string, number>();
  const shown = new Map<string, Shown>();
  operations.forEach((o, position) => {
    const left = rules.leaves(o.op);
    if (left !== undefined) leavers.set(nameOf(left), (leavers.get(nameOf(left)) ?? 0) + 1);
    // One of unknown result may be known to have answered this, if it happened.
    if (o.value === undefined) return;
    const value = rules.shows(o.op, o.value);
    if (value === undefined) return;
    const name = nameOf(value);
    let known = shown.get(name);
    if (known === undefined) shown.set(name, (known = { first: null, answers: new Map() }));
    known.answers.set(nameOf(o.value), o.value);
    if (o.outcome !== 'ok' || position === doubted) return;
    if (known.first === null || o.completedAt < operations[known.first]!.completedAt) known.first = position;
  });
  const proofs = new Map<number, number>();
  const settled = operations.map((o, position) => {
    if (o.outcome === 'ok' || o.value !== undefined) return o;
    const left = rules.leaves(o.op);
    const name = left === undefined ? '' : nameOf(left);
    const proof = left === undefined ? undefined : shown.get(name);
    if (proof === undefined || proof.first === null || leavers.get(name) !== 1) return o;
    const witness = operations[proof.first]!;
    const value = rules.answerOf(o.op, witness.value);
    // Shown before it was invoked: nothing explains that, and the search is to find it where it stands.
    if (value === undefined || o.invokedAt >= witness.completedAt) return o;
    // Nor is anything proved by answers that contradict one another.
    for (const other of proof.answers.values()) {
      if (nameOf(rules.answerOf(o.op, other)) !== nameOf(value)) return o;
    }
    proofs.set(position, proof.first);
    return { ...o, outcome: 'ok' as const, value, completedAt: witness.completedAt };
  });
  return {
    operations: settled,
    alike: (p) => {
      const { op } = settled[p]!;
      const left = rules.leaves(op);
      return left === undefined || shown.has(nameOf(left)) ? op : rules.unseen(op);
    },
    shownBy: (p) => proofs.get(p) ?? p,
  };
}

/** What stands for a value that an operation leaves or an answer shows: equal where they are. */
export function nameOf(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}
