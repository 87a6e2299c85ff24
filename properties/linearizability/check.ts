/**
 * Judges a history: is it linearizable with respect to a model? Component by component, first by the system's own order (a proof
 * in linear time), else by search.
 */
import type { Operation } from '../history.ts';
import type { Component } from './components.ts';
import { componentsOf } from './components.ts';
import { firstState } from './bad-model.ts';
import type { AnyModel, Model } from './model.ts';
import type { LinearizablePrefix } from './explain.ts';
import { explain } from './explain.ts';
import { counted, forPeople } from './for-people.ts';
import { reduce } from './reduce.ts';
import { search } from './search.ts';
import { isWitnessed } from './witness.ts';

/** How to check. */
export interface CheckOptions {
  /**
   * Budget of the searches together, in states looked at (default 4,000,000, a second or two): configurations visited, and states that
   * could follow them. Never in seconds: a verdict must not depend on the machine.
   */
  readonly maxStates?: number;
  /**
   * Search even where a witness was found; a check of the checker itself. The witness stays a proof: a search that runs out of budget
   * there (it gets a quarter of it) leaves nothing undecided.
   */
  readonly searchAnyway?: boolean;
  /** Told now and then during a search, at least every few hundred thousand states looked at, so that a long one can show life. */
  readonly onProgress?: () => void;
}

/** Nothing is wrong. */
export interface Linearizable {
  readonly verdict: 'ok';
  /** Operations judged: those of the model that did not fail. */
  readonly operations: number;
  /** Components that a witness did not settle, or that were searched anyway. */
  readonly searched: number;
  /** States looked at. */
  readonly states: number;
}

/** The budget was spent before an answer was found. */
export interface Undecided {
  readonly verdict: 'undecided';
  readonly states: number;
  /** What is open, in a sentence. */
  readonly message: string;
}

/** No order explains the history. */
export interface NotLinearizable<Op = unknown, Value = unknown> {
  readonly verdict: 'violation';
  readonly states: number;
  /** `null` where the model has no keys. */
  readonly key: string | number | null;
  /** The operation that cannot be placed. */
  readonly operation: Operation<Op, Value>;
  /** What states were possible where it was tried, in words. */
  readonly possible: readonly string[];
  /** All that was heard before it returned, in an order that explains it; `null` if none was found in a second or so. */
  readonly prefix: LinearizablePrefix<Op, Value> | null;
  /** What was wrong in one short sentence, without a full stop: what was answered, what was possible, and what became of the value shown. */
  readonly reason: string;
  /** The operations that matter, in the order given: by themselves they are not linearizable either. */
  readonly history: readonly Operation<Op, Value>[];
  /** What broke, in one or two sentences with the values. */
  readonly message: string;
  /** The operations that matter and the last writes around the failure, a line each. */
  readonly details: readonly string[];
}

/** What judging a history came to. */
export type CheckResult<Op = unknown, Value = unknown> =
  Linearizable | Undecided | NotLinearizable<Op, Value>;

/** Enough for any history whose replies tell versions; a bound on what one without them may cost. */
const maxStatesDefault = 4_000_000;
/** A quarter of the budget may be spent on searching what a witness has proved. */
const auditShift = 2;

/**
 * Whether a history is linearizable with respect to a model. A violation is never an artefact and `ok` is always a proof; a search
 * that runs out of budget says `undecided`. Of several violations, the one whose operation completed first is told.
 *
 * @param operations in any order; ids unique; times of one clock
 * @throws RangeError if `maxStates` is no whole number of at least 1
 * @throws BadModel if the model cannot judge anything: its first state is `null`, its `step` returns nothing or changes the state it was given
 * @throws Error if two operations have the same id, or one completed before it was invoked; or if, searching anyway, the search
 * contradicts the witness: then the checker itself is wrong
 */
export function checkLinearizable<State, Op, Value>(
  model: Model<State, Op, Value>,
  operations: readonly Operation<Op, Value>[],
  options: CheckOptions = {},
): CheckResult<Op, Value> {
  const budget = options.maxStates ?? maxStatesDefault;
  if (!Number.isSafeInteger(budget) || budget < 1) {
    throw new RangeError(`maxStates is a whole number of at least 1; got ${String(budget)}.`);
  }
  firstState(model as AnyModel);
  checkShape(operations);
  const { searchAnyway = false, onProgress } = options;
  return check(model, operations, budget, searchAnyway, onProgress) as CheckResult<Op, Value>;
}

function check(
  model: AnyModel,
  operations: readonly Operation[],
  maxStates: number,
  searchAnyway: boolean,
  onProgress: (() => void) | undefined,
): CheckResult {
  let states = 0;
  let searched = 0;
  let judged = 0;
  let open: Component | null = null;
  let broken: { component: Component; failed: Operation } | null = null;
  for (const component of componentsOf(model, model.prepare?.(operations) ?? operations)) {
    judged += component.operations.length;
    const proven = isWitnessed(model, component.operations);
    if (proven && !searchAnyway) continue;
    // Where nothing depends on it, it may not cost as much.
    const left = (proven ? maxStates >>> auditShift : maxStates) - states;
    if (left < 1) {
      if (!proven) open ??= component;
      continue;
    }
    searched += 1;
    const result = search(model, component.operations, left, {}, onProgress);
    states += Math.min(result.states, left);
    if (result.verdict === 'undecided' && !proven) open ??= component;
    if (result.verdict === 'violation') {
      if (proven) {
        throw new Error(
          `invariant broken: the search refutes what the places of the operations on ${String(component.key)} prove.`,
        );
      }
      const failed = component.operations[result.failed]!;
      if (broken === null || failed.completedAt < broken.failed.completedAt) broken = { component, failed };
    }
  }
  if (broken !== null) {
    return violation(model, operations, broken.component, maxStates, states, onProgress);
  }
  if (open === null) return { verdict: 'ok', operations: judged, searched, states };
  const on = open.key === null ? 'the history' : `the history of ${forPeople(String(open.key))}`;
  return {
    verdict: 'undecided',
    states,
    message: `Whether ${on} (${counted(open.operations.length, 'operation')}) is linearizable was not decided within ${counted(maxStates, 'state')}.`,
  };
}

/** Tells a violation in terms of the whole history, and shows it by the reduced one. */
function violation(
  model: AnyModel,
  whole: readonly Operation[],
  component: Component,
  maxStates: number,
  states: number,
  onProgress: (() => void) | undefined,
): NotLinearizable {
  const reduced = reduce(model, component.operations, maxStates, onProgress);
  if (reduced === null) {
    throw new Error(`invariant broken: a violation on ${String(component.key)} was not found again.`);
  }
  const refused = whole.filter(
    (o) =>
      o.outcome === 'fail' &&
      model.handles?.(o.op) !== false &&
      (model.key?.(o.op) ?? null) === component.key,
  );
  return {
    verdict: 'violation',
    states,
    key: component.key,
    operation: reduced.failed,
    history: reduced.operations,
    ...explain(model, component.key, component.operations, refused, reduced),
  };
}

function checkShape(operations: readonly Operation[]): void {
  const ids = new Set<number>();
  for (const o of operations) {
    if (ids.has(o.id)) throw new Error(`history: two operations have the id ${o.id}.`);
    ids.add(o.id);
    if (o.completedAt < o.invokedAt) {
      throw new Error(
        `history: operation ${o.id} completed at ${o.completedAt}, before it was invoked at ${o.invokedAt}.`,
      );
    }
  }
}
