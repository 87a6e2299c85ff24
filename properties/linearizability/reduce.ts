/**
 * Cuts a history that is not linearizable down to the operations that matter. Only sound relaxations are used: each makes the
 * history easier to explain, so that what is left still cannot be explained, and says nothing that the whole did not. They are:
 * to forget what was invoked after the failure, to drop a read, to make a write optional (it happened with this result, or never),
 * and, once nothing more can be relaxed, to drop the optional operations that have no bearing on the search. Dropping a write
 * outright, or one without bearing before others are relaxed, would invent violations: what it could have explained seems to
 * come from nowhere.
 */
import type { Operation } from '../history.ts';
import type { AnyModel } from './model.ts';
import type { Techniques } from './search.ts';
import { search } from './search.ts';

/** What is left, and what cannot be placed in it. */
export interface Reduced {
  /** As they were: to take an optional write for one that happened makes the history no easier to explain. */
  readonly operations: readonly Operation[];
  readonly failed: Operation;
  /** States in which it was tried, in the whole history. */
  readonly possible: readonly unknown[];
}

/** Searches of smaller histories at most, and configurations in each: reduction must never cost more than the search did. */
const triesMax = 240;
const statesPerTryMax = 6_000;
const statesTotalMax = 30_000;

/**
 * Reduces the operations of one component, known not to be linearizable.
 *
 * @param maxStates the budget under which the violation was found
 * @returns `null` if the search finds no violation in them (the caller's premise was wrong)
 */
export function reduce(model: AnyModel, operations: readonly Operation[], maxStates: number): Reduced | null {
  // Order of versions refuses early, before the operation that is truly wrong returns; without it the point is exact.
  const exact = cut(model, operations, maxStates, { rank: false });
  const without: Partial<Techniques> = exact === null ? {} : { rank: false };
  const whole = exact ?? cut(model, operations, maxStates, without);
  if (whole === null) return null;
  let best = whole;
  let tries = 0;
  let states = 0;
  const spent = (): boolean => tries >= triesMax || states >= statesTotalMax;
  const attempt = (candidate: readonly Operation[]): void => {
    tries += 1;
    const reduced = cut(model, candidate, Math.min(maxStates, statesPerTryMax), without);
    states += reduced?.states ?? statesPerTryMax;
    // Only the same failure: what the whole history says of it stays true, and is what people are told.
    if (reduced?.failed.id === whole.failed.id) best = reduced;
  };
  const isWrite = (o: Operation): boolean =>
    o.outcome === 'ok' && !isRead(model, o) && o.id !== whole.failed.id;
  const makeOptional = (chosen: ReadonlySet<number>): void =>
    attempt(best.operations.map((o) => (chosen.has(o.id) ? optional(o) : o)));
  /** Relaxes what is eligible, all at once, then in ever smaller chunks, the oldest first: the distant past matters least. */
  const relax = (eligible: (o: Operation) => boolean, how: (chosen: ReadonlySet<number>) => void): void => {
    for (let size = best.operations.filter(eligible).length; size >= 1; size >>= 1) {
      const settled = new Set<number>();
      while (!spent()) {
        // `best` changes under way, so the rest is asked for anew.
        const chunk = best.operations.filter((o) => !settled.has(o.id) && eligible(o)).slice(0, size);
        if (chunk.length === 0) break;
        for (const o of chunk) settled.add(o.id);
        how(new Set(chunk.map((o) => o.id)));
      }
    }
  };
  let before;
  do {
    before = weight(best.operations);
    relax(
      (o) => isRead(model, o) && o.id !== whole.failed.id,
      (chosen) => attempt(best.operations.filter((o) => !chosen.has(o.id))),
    );
    // Usually the last few writes suffice; with few returns left, even many optional writes are soon searched.
    const writes = best.operations.filter(isWrite);
    for (let last = 0; last < writes.length && !spent(); last = last === 0 ? 1 : last * 2) {
      const relaxed = best;
      makeOptional(new Set(writes.slice(0, writes.length - last).map((o) => o.id)));
      if (best !== relaxed) break;
    }
    relax(isWrite, makeOptional);
  } while (weight(best.operations) < before && !spent());
  const kept = new Set(best.operations.filter((_, p) => best.bearing[p] === true).map((o) => o.id));
  return { ...whole, operations: operations.filter((o) => kept.has(o.id)) };
}

/** A history up to its first failure. */
interface Cut {
  readonly operations: readonly Operation[];
  readonly failed: Operation;
  readonly possible: readonly unknown[];
  /** By position: false for an optional operation without which the search goes the same way. */
  readonly bearing: readonly boolean[];
  readonly states: number;
}

/** Cuts the history off at its first failure; `null` if nothing fails within the budget. */
function cut(
  model: AnyModel,
  operations: readonly Operation[],
  maxStates: number,
  without: Partial<Techniques>,
): Cut | null {
  const result = search(model, operations, maxStates, without);
  if (result.verdict !== 'violation') return null;
  const { possible, states } = result;
  const failed = operations[result.failed]!;
  const kept = operations.flatMap((o, p) => (o.invokedAt <= failed.completedAt ? [p] : []));
  return {
    operations: kept.map((p) => operations[p]!),
    failed,
    possible,
    bearing: kept.map((p) => result.bearing[p]!),
    states,
  };
}

/** The operation as one that need not have happened; if it did, then with this result. */
function optional(operation: Operation): Operation {
  return { ...operation, outcome: 'info', completedAt: Infinity };
}

function isRead(model: AnyModel, operation: Operation): boolean {
  return operation.outcome === 'ok' && model.readOnly?.(operation.op, operation.value) === true;
}

/** Goes down with every relaxation. */
function weight(operations: readonly Operation[]): number {
  return operations.length + operations.filter((o) => o.outcome === 'ok').length;
}
