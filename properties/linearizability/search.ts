/**
 * Searches the whole history of one component for a linearization: looks back at what its answers tell of operations of unknown result,
 * and carries the configurations (frontier.ts) from return to return. First within a beam, which proves most histories right; if
 * that does not decide, or not exactly, with all configurations.
 *
 * Besides a verdict, a violation yields the first return that could not be placed, the states that were possible there, and
 * which operations of unknown result had any bearing.
 */
import type { Operation } from '../history.ts';
import type { Action } from './action.ts';
import { eventsOf } from './events.ts';
import type { Techniques } from './techniques.ts';
import { Frontier } from './frontier.ts';
import { everyTechnique } from './techniques.ts';
import type { Hindsight } from './hindsight.ts';
import { inHindsight } from './hindsight.ts';
import type { AnyModel } from './model.ts';
import { nameOfLike } from './model.ts';

export type { Techniques } from './techniques.ts';

/** What a search found. `states` counts its work: the configurations visited, and every state looked at from one of them. */
export type SearchResult =
  | { readonly verdict: 'ok' | 'undecided'; readonly states: number }
  | {
      readonly verdict: 'violation';
      readonly states: number;
      /** Position, in what was searched, of the operation that cannot be placed. */
      readonly failed: number;
      /** False: another one may have been beyond placing before it. */
      readonly isFirst: boolean;
      /** States in which it was tried, without repetition. */
      readonly possible: readonly unknown[];
      /** Further ones, to which only operations of unknown result lead, where it was not seen that these had taken effect. */
      readonly supposed: readonly unknown[];
      /** By position: false for an operation of unknown result without which the search goes the same way. */
      readonly bearing: readonly boolean[];
    };

/** Configurations kept at first. */
const beam = 64;
/** Configurations visited at one return, at first and at most: a bound of memory. */
const visitedInBeam = 1_000;
const visitedMax = 2_000_000;

/**
 * Searches one component.
 *
 * @param operations of one component, without failed ones. One of unknown result that has a value nonetheless may take effect
 * with that result only, or never.
 * @param maxStates budget of work, at least 1: see `states` of the result
 * @param without techniques to switch off
 * @param onProgress told now and then
 * @param doubted position of a completed operation from whose answer nothing is concluded in advance, so that where it is wrong no
 * other operation is blamed; −1: none
 */
export function search(
  model: AnyModel,
  operations: readonly Operation[],
  maxStates: number,
  without: Partial<Techniques> = {},
  onProgress?: () => void,
  doubted = -1,
): SearchResult {
  const use = { ...everyTechnique, ...without };
  const foreseen = use.hindsight ? (model.foresee?.(operations, doubted) ?? operations) : operations;
  // Where the search can aim, what it would conclude in hindsight is found anyway.
  const isHelpful = use.hindsight && model.reaches === undefined;
  const hindsight = inHindsight(model, foreseen, isHelpful, doubted);
  const events = eventsOf(hindsight.operations);
  const returns = new Array<number>(operations.length).fill(0);
  for (let i = 0; i < events.length; i += 1) if ((events[i]! & 1) === 1) returns[events[i]! >>> 1] = i;
  const walk = { model, hindsight, events, returns, use, onProgress, doubted };
  const first = follow(walk, { maxStates, beam, maxVisited: visitedInBeam });
  const { states } = first.result;
  if (first.isExact || states >= maxStates) return first.result;
  const { result } = follow(walk, { maxStates: maxStates - states, beam: Infinity, maxVisited: visitedMax });
  // A refutation stays one, even if where it begins was not to be found.
  const told = result.verdict === 'undecided' ? first.result : result;
  return { ...told, states: states + result.states };
}

interface Walk {
  readonly model: AnyModel;
  readonly hindsight: Hindsight;
  readonly events: readonly number[];
  /** By position: its place among the events. */
  readonly returns: readonly number[];
  readonly use: Techniques;
  readonly onProgress: (() => void) | undefined;
  readonly doubted: number;
}

/** Follows the events as far as there are configurations. `isExact`: without a beam the result would be the same. */
function follow(
  { model, hindsight, events, returns, use, onProgress, doubted }: Walk,
  bounds: { maxStates: number; beam: number; maxVisited: number },
): { result: SearchResult; isExact: boolean } {
  const { operations } = hindsight;
  const frontier = new Frontier(model, bounds, use, onProgress, true);
  const actions = new Array<Action | null>(operations.length).fill(null);
  for (let i = 0; i < events.length; i += 1) {
    const position = events[i]! >>> 1;
    const operation = operations[position]!;
    const isRanked = position !== doubted;
    if ((events[i]! & 1) === 1) {
      const passage = frontier.return(actions[position]!);
      if (passage === 'survived') continue;
      if (passage === 'spent')
        return { result: { verdict: 'undecided', states: frontier.work }, isExact: false };
      frontier.spreadUse();
      return {
        result: {
          verdict: 'violation',
          states: frontier.work,
          failed: hindsight.shownBy(position),
          isFirst: !frontier.wasSplit,
          possible: frontier.possible(),
          supposed: frontier.supposed(),
          bearing: operations.map((o, p) => o.outcome === 'ok' || actions[p]?.isUseful === true),
        },
        isExact: !frontier.wasSplit,
      };
    }
    if (operation.outcome === 'ok') {
      actions[position] = frontier.invoke(operation.op, operation.value, returns[position]!, isRanked);
    } else {
      const name = (): string =>
        use.symmetry
          ? nameOfLike([hindsight.alike(position), operation.value], operation.value)
          : String(position);
      actions[position] = frontier.invokeUnknown(operation.op, operation.value, name, isRanked);
    }
  }
  const isExact = frontier.isProved;
  return { result: { verdict: isExact ? 'ok' : 'undecided', states: frontier.work }, isExact };
}
