/**
 * Cuts a history that is not linearizable down to the operations that matter. Only sound relaxations are used: each makes the
 * history easier to explain, so that what is left still cannot be explained, and says nothing that the whole did not. They are:
 * to forget what was invoked after the failure, to drop a read, to make a write optional (it happened with this result, or never),
 * and, once nothing more can be relaxed, to drop the optional operations that have no bearing on the search. Dropping a write
 * outright, or one without bearing before others are relaxed, would invent violations: what it could have explained seems to
 * come from nowhere.
 */
import type { Operation } from '../history.ts';
import { hasReachesToProve, refuseContradiction } from './bad-model.ts';
import type { AnyModel } from './model.ts';
import { search } from './search.ts';

/** What is left, and what cannot be placed in it. */
export interface Reduced {
  /** As they were: to take an optional write for one that happened makes the history no easier to explain. */
  readonly operations: readonly Operation[];
  readonly failed: Operation;
  /** States in which it was tried, given all that came before. */
  readonly possible: readonly unknown[];
  /** Whether these are all of them, by description: a search that was cut short, or concludes in advance, tries only some. */
  readonly isAll: boolean;
  /** Others in which it was, had operations of unknown result, or still under way, taken effect: not confirmed by any answer. */
  readonly supposed: readonly unknown[];
}

/** Searches of smaller histories at most, and states looked at in each and in all: an explanation may take a second, not more. */
const triesMax = 400;
const statesPerTryMax = 250_000;
/** After a try that is not decided the next ones may take half as long: some objects' histories get no easier to judge with less in them. */
const statesPerTryMin = 4_000;
const statesTotalMax = 3_000_000;
/** States looked at in each search for the point of the failure. */
const statesPerPointMax = 400_000;
/** States looked at to tell in which ones the failed operation was tried. */
const statesPerTellingMax = 200_000;
/** So many of the last writes are tried first: the fewer are certain, the longer a search takes that has many optional ones. */
const fewWrites = 8;

/**
 * Reduces the operations of one component, known not to be linearizable.
 *
 * @param maxStates the budget under which the violation was found
 * @param onProgress told now and then
 * @throws BadModel if the violation was found only because the search believed what the model says in advance
 * @returns `null` if the search finds no violation in them (the caller's premise was wrong)
 */
export function reduce(
  model: AnyModel,
  operations: readonly Operation[],
  maxStates: number,
  onProgress?: () => void,
): Reduced | null {
  const first = search(model, operations, maxStates, {}, onProgress);
  if (first.verdict !== 'violation') return null;
  const budget = Math.min(maxStates, statesPerPointMax);
  const from = first.isFirst ? operations[first.failed]!.completedAt : -Infinity;
  const point = firstFailure(operations, from, (prefix) => {
    return search(model, prefix, budget, {}, onProgress).verdict === 'violation';
  });
  let states = 0;
  let patience = statesPerTryMax;
  const cut = (candidate: readonly Operation[], statesMax: number): Cut | null => {
    const last = candidate.findIndex((o) => o.id === point.id);
    const result = search(model, candidate, statesMax, {}, onProgress, last);
    states += result.states;
    if (result.verdict === 'undecided') patience = Math.max(statesPerTryMin, patience >>> 1);
    if (result.verdict !== 'violation') return null;
    return { ...result, operations: candidate, failed: candidate[result.failed]! };
  };
  const whole = cut(prefixAt(operations, point), budget);
  if (whole === null) {
    const { possible, supposed } = first;
    return { operations, failed: operations[first.failed]!, possible, supposed, isAll: false };
  }
  const { failed } = whole;
  /** All states in which it is tried: a search that aims, hides what is overwritten at once, or knows from later answers what cannot be, tries only some. */
  const triedIn = (candidate: readonly Operation[]): Pick<Reduced, 'possible' | 'supposed'> | null => {
    const last = candidate.findIndex((o) => o.id === point.id);
    const without = { aim: false, hiding: false, hindsight: false };
    const result = search(model, candidate, Math.min(budget, statesPerTellingMax), without, onProgress, last);
    if (result.verdict === 'ok' && hasReachesToProve(model)) refuseContradiction(model, failed);
    return result.verdict === 'violation' && candidate[result.failed]!.id === failed.id ? result : null;
  };
  let best = whole;
  let tries = 0;
  const spent = (): boolean => tries >= triesMax || states >= statesTotalMax;
  const attempt = (candidate: readonly Operation[]): void => {
    tries += 1;
    const reduced = cut(candidate, patience);
    // Only the same failure: what the whole history says of it stays true, and is what people are told.
    if (reduced?.failed.id === failed.id) best = reduced;
  };
  const isWrite = (o: Operation): boolean => o.outcome === 'ok' && !isRead(model, o) && o.id !== failed.id;
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
      (o) => isRead(model, o) && o.id !== failed.id,
      (chosen) => attempt(best.operations.filter((o) => !chosen.has(o.id))),
    );
    // Usually the last few writes suffice; with few returns left, even many optional writes are soon searched.
    const writes = best.operations.filter(isWrite);
    for (let last = fewWrites; last < writes.length && !spent(); last *= 2) {
      const relaxed = best;
      makeOptional(new Set(writes.slice(0, writes.length - last).map((o) => o.id)));
      if (best !== relaxed) break;
    }
    relax(isWrite, makeOptional);
  } while (weight(best.operations) < before && !spent());
  const kept = new Set(best.operations.filter((_, p) => best.bearing[p] === true).map((o) => o.id));
  const all = triedIn(prefixAt(operations, point));
  const { possible, supposed } = all ?? whole;
  return {
    ...{ failed, possible, supposed, isAll: all !== null },
    operations: operations.filter((o) => kept.has(o.id)),
  };
}

/** A history up to its failure. */
interface Cut {
  readonly operations: readonly Operation[];
  readonly failed: Operation;
  readonly possible: readonly unknown[];
  readonly supposed: readonly unknown[];
  /** By position: false for an optional operation without which the search goes the same way. */
  readonly bearing: readonly boolean[];
}

/**
 * The first return at which the history fails. That is not where a search of the whole stops: order of versions and hindsight let it
 * refuse before the operation that is truly wrong returns, by what is answered later. What a history says up to one return it
 * says up to any later one, so that halving finds the point.
 *
 * @param from no return before this time fails
 * @param fails whether the history up to a return fails; the whole one does
 */
function firstFailure(
  operations: readonly Operation[],
  from: number,
  fails: (prefix: readonly Operation[]) => boolean,
): Operation {
  const returns = operations
    .filter((o) => o.outcome === 'ok' && o.completedAt >= from)
    .sort((a, b) => a.completedAt - b.completedAt || a.id - b.id);
  let low = 0;
  let high = returns.length - 1;
  // It is usually near: ever longer steps first.
  for (let step = 1; low < high; step *= 2) {
    const at = Math.min(low + step - 1, high - 1);
    if (fails(prefixAt(operations, returns[at]!))) {
      high = at;
      break;
    }
    low = at + 1;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (fails(prefixAt(operations, returns[middle]!))) high = middle;
    else low = middle + 1;
  }
  return returns[low]!;
}

/** What was invoked when `last` returned; writes that were open then need not have happened. */
function prefixAt(operations: readonly Operation[], last: Operation): readonly Operation[] {
  return operations.flatMap((o) => {
    if (o.invokedAt > last.completedAt) return [];
    return o.outcome === 'ok' && o.completedAt > last.completedAt ? [optional(o)] : [o];
  });
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
