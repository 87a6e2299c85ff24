/**
 * Objects that may do more than one thing. A model says what state follows; where several may, what is known of the object is a set of states,
 * and that set is the state of a model again (the power-set construction of Rabin and Scott, 1959; Porcupine's `NondeterministicModel`).
 */
import type { AnyModel, HindsightRules, Model } from './model.ts';
import { describeState, identityOf } from './model.ts';

/** A nondeterministic object. All but the first three are as in `Model`; those that take a state take one, not a set. */
export interface NondeterministicSpec<State, Op, Value> extends Pick<
  Model<State, Op, Value>,
  | 'name'
  | 'prepare'
  | 'key'
  | 'handles'
  | 'identity'
  | 'readOnly'
  | 'rank'
  | 'turn'
  | 'foresee'
  | 'alike'
  | 'describe'
  | 'describeState'
> {
  /** The states that it may begin in, at least one. */
  init(): readonly State[];
  /**
   * All states that may follow when `op` answered `value` in `state`; none where it cannot have answered that. With an unknown result
   * (`undefined`): all that may follow, whatever it answered.
   */
  steps(state: State, op: Op, value: Value | undefined): readonly State[];
  readonly hindsight?: HindsightRules<Op, Value>;
}

/** The states that an object may be in: in order of their identities, none twice, at least one. */
export type PossibleStates<State> = readonly State[];

/**
 * The model of a nondeterministic object. A history is linearizable with respect to it if for every operation the object *may* have done what
 * was answered, one after the other. A set that holds another one's states covers it, so that hooks about states are not needed.
 *
 * ```ts
 * const cache = nondeterministic<string | null, { f: 'get' } | { f: 'put'; value: string }, string | null>({
 *   name: 'cache',
 *   init: () => [null],
 *   steps: (held, op, value) =>
 *     op.f === 'put' ? [op.value, null] : value === undefined ? [held] : value === null ? [null] : held === value ? [held] : [],
 * });
 * ```
 *
 * @throws Error when the model is asked for its first state, if `init` gives none
 */
export function nondeterministic<State, Op, Value>(
  spec: NondeterministicSpec<State, Op, Value>,
): Model<PossibleStates<State>, Op, Value> {
  const { init, steps, identity: _identity, describeState: _describeState, ...hooks } = spec;
  const one = spec as unknown as AnyModel;
  const collect = (lists: Iterable<readonly State[]>): PossibleStates<State> => {
    const byName = new Map<string, State>();
    for (const list of lists) {
      for (const state of list) byName.set(nameOf(one, state), state);
    }
    return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, state]) => state);
  };
  return {
    ...hooks,
    init() {
      const states = collect([init()]);
      if (states.length === 0)
        throw new Error(`the model ${spec.name} begins in no state: init() gave none.`);
      return states;
    },
    step(states, op, value) {
      if (states.length === 1) {
        // Most often one is known, and names are dear.
        const following = steps(states[0]!, op, value);
        if (following.length <= 1) return following.length === 0 ? null : following;
      }
      const after = collect(states.map((state) => steps(state, op, value)));
      return after.length === 0 ? null : after;
    },
    identity(states) {
      if (states.length > 1) return JSON.stringify(states.map((state) => identityOf(one, state)));
      const identity = identityOf(one, states[0]);
      return typeof identity === 'number' ? identity : `=${identity}`;
    },
    covers(a, b) {
      if (a.length < b.length) return false;
      if (a.length === 1) return identityOf(one, a[0]) === identityOf(one, b[0]);
      const names = new Set(a.map((state) => nameOf(one, state)));
      return b.every((state) => names.has(nameOf(one, state)));
    },
    describeState: (states, asked) => states.map((state) => describeState(one, state, asked)).join(' or '),
  };
}

/** Numbers and strings may be identities side by side: `1` is not `"1"`. */
function nameOf(model: AnyModel, state: unknown): string {
  return JSON.stringify(identityOf(model, state));
}
