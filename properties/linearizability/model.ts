/**
 * What a sequential model is: the behaviour of an object that one client at a time uses. A history is linearizable if its
 * operations can be put in one order that the model allows and in which no operation stands before one that had completed
 * when it was invoked (Herlihy and Wing, 1990).
 */

import type { Operation } from '../history.ts';
import { forPeople } from './for-people.ts';

/**
 * A sequential object. Ten lines make one:
 *
 * ```ts
 * const counter: Model<number, 'add' | 'read', number> = {
 *   name: 'counter',
 *   init: () => 0,
 *   step: (n, op, value) => (op === 'add' ? n + 1 : value === undefined || value === n ? n : null),
 * };
 * ```
 *
 * States are immutable values. `value` is `undefined` where the result is unknown (outcome `info`) or where nothing was answered.
 */
export interface Model<State, Op, Value> {
  /** The property that judges by it is called `linearizable-NAME`. */
  readonly name: string;
  /** The state before the first operation. */
  init(): State;
  /**
   * The state after `op` answered `value` in `state`; `null` where it cannot have answered that. With an unknown result: the
   * state after it took effect, or `null` where it has none (that it never happens is always considered too).
   */
  step(state: State, op: Op, value: Value | undefined): State | null;
  /**
   * Called once with the whole history, before it is split by key: may write into the operations what `step` has to know beyond what was
   * asked (the session, when it was invoked), and may let one operation stand for several objects, under the same id. Operations that it
   * made itself it must leave as they are: parts of a history are checked again. Default: the history as it is.
   */
  prepare?(operations: readonly Operation[]): readonly Operation[];
  /**
   * Whether `prepare` judges an operation by what others were asked and answered, so that a history cannot be judged while it grows.
   * Default: no.
   */
  readonly needsWhole?: boolean;
  /**
   * Whether the history is to tell when sessions ended, as far as whoever recorded it saw that: as operations `{ f: 'sessionEnded', reason }` of no client, for
   * `prepare`. What follows from a session's length counts on clocks: such a model assumes `drift<=rho`. Default: no.
   */
  readonly sessionEnds?: boolean;
  /** Operations on different keys do not touch one another and are judged apart; `null`: the object that has no key. Default: one object. */
  key?(op: Op): string | number | null;
  /** Which operations of a mixed history are this model's. Default: all. */
  handles?(op: Op): boolean;
  /** Two states of equal identity are the same. Default: the state itself if it is a string or number, else its JSON. */
  identity?(state: State): string | number;
  /** Whether the operation with this result changes no state, ever: it is placed as soon as it is legal. Default: no. */
  readOnly?(op: Op, value: Value | undefined): boolean;
  /**
   * In every legal order, operations with ranks stand in ascending order of rank (equal ranks: either way). A version
   * number is one. `undefined`: no rank. It narrows a search; it must not be relied on to refuse anything.
   */
  rank?(op: Op, value: Value | undefined): number | undefined;
  /**
   * Where several operations have one place, because one entry did them all: those with smaller turns come first, reads after all of them.
   * Default: 0.
   */
  turn?(op: Op, value: Value | undefined): number;
  /** Whether every continuation that is legal from `b` is legal from `a`. Default: only if they are the same. */
  covers?(a: State, b: State): boolean;
  /**
   * From which state to which operations lead, where that is known in advance. It makes a search aim. Of each operation it is compared with `step` in a few of the states
   * that the search comes to (`BAD_MODEL` if they disagree). Default: not known.
   */
  readonly reaches?: Reaches<Op, Value>;
  /** What a search may conclude about writes of unknown result from what other operations were answered. Default: nothing. */
  readonly hindsight?: HindsightRules<Op, Value>;
  /**
   * Of an operation of unknown result (or one that has this value if it happened), and a completed one that is legal directly after it and without
   * it: whether the first may as well stand after the second, because it would do as much directly before a later operation that is illegal
   * without it. Default: no.
   */
  postponable?(op: Op, value: Value | undefined, follower: Op, answer: Value | undefined): boolean;
  /**
   * May write into operations what others of them say in advance, so that `step` refuses what could never be completed. Called with what is
   * searched: with fewer operations, or some of unknown result, it may say less. Position by position as given. Default: nothing.
   *
   * @param doubted position of an operation whose answer is not to be used; −1: none
   */
  foresee?(operations: readonly Operation[], doubted: number): readonly Operation[];
  /**
   * Completed operations of which this is the same may change places in any legal order, as far as real time allows: the one that returns first goes first. May rest on
   * what `foresee` wrote. Default: what was asked and answered.
   */
  alike?(op: Op, value: Value | undefined): unknown;
  /** An operation for people: `get k7 → 41`. */
  describe?(op: Op, value: Value | undefined): string;
  /** A state for people: `41 (version 118)`. @param asked an operation of that object, for what no state tells of it */
  describeState?(state: State, asked?: Op): string;
}

/**
 * For objects whose answers show what a write left there. Values are compared as JSON. What these functions say must hold in every
 * state: if two operations never leave the same value, an answer that shows it proves which of them took effect.
 */
export interface HindsightRules<Op, Value> {
  /**
   * Whether an operation that leaves a value ends what stood there, so that an answer shows what the last of them left: a register, not a queue.
   * What is told of overwritten values, of session guarantees, and some of what shortens the search for sequential consistency rests on it. Default: no.
   */
  readonly overwrites?: boolean;
  /** The value that the operation leaves if it takes effect; `undefined`: none that an answer could show. */
  leaves(op: Op): unknown;
  /** The value that stood there, left by some operation, when this answer was given; `undefined`: it shows none. */
  shows(op: Op, value: Value): unknown;
  /** What `op` must have been answered, given an answer that shows what it left; `undefined`: anything. */
  answerOf(op: Op, shown: Value): Value | undefined;
  /** The operation with another value to leave, the same for all: alike in all but what no answer shows. */
  unseen(op: Op): Op;
}

/**
 * What is known of operations without looking at a state: identities of states, as `identity` gives them. With an unknown result: of what
 * the operation does if it takes effect.
 */
export interface Reaches<Op, Value> {
  /** The only state in which the operation is legal with this result; `undefined`: there are several, or it is not known. */
  from(op: Op, value: Value | undefined): string | number | undefined;
  /**
   * The only state that the operation leaves; `undefined`: there are several, or it is not known. Not asked of operations that are
   * `readOnly`. Where this is defined and `from` is not, the operation is *blind*: legal in every state.
   */
  to(op: Op, value: Value | undefined): string | number | undefined;
}

/** A model of any types: what the machinery of the checker handles. */
export type AnyModel = Model<unknown, unknown, unknown>;

/** The identity of a state, by the model's hook or by default. */
export function identityOf(model: AnyModel, state: unknown): string | number {
  if (model.identity !== undefined) return model.identity(state);
  return typeof state === 'number' || typeof state === 'string'
    ? state
    : (JSON.stringify(state) ?? 'undefined');
}

/**
 * What is the same for operations that are alike: what tells them, as JSON, where an unknown result would look like the answer `null`.
 *
 * @param value what was answered, as far as that is known
 */
export function nameOfLike(what: unknown, value: unknown): string {
  if (Array.isArray(what) && what.length === 2 && value !== undefined) {
    const [f, told] = what as readonly unknown[];
    // As most are, and many: no text of JSON begins like this.
    if (typeof f === 'string' && typeof told === 'string') return `~${f.length} ${f}${told}`;
  }
  const text = JSON.stringify(what) ?? 'undefined';
  return value === undefined ? `? ${text}` : text;
}

/** An operation for people. */
export function describeOperation(model: AnyModel, op: unknown, value: unknown): string {
  if (model.describe !== undefined) return forPeople(model.describe(op, value));
  const text = JSON.stringify(op) ?? 'undefined';
  return forPeople(value === undefined ? text : `${text} → ${JSON.stringify(value)}`);
}

/** A state for people. @param asked an operation of that object */
export function describeState(model: AnyModel, state: unknown, asked?: unknown): string {
  return forPeople(
    model.describeState === undefined
      ? (JSON.stringify(state) ?? 'undefined')
      : model.describeState(state, asked),
  );
}
