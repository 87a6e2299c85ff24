/**
 * The states of a model as small integers, and what operations make of them. A search compares and stores integers only; the model is asked
 * once what an operation makes of a state, or not at all where it has said from which state to which the operation leads.
 */
import type { Action } from './action.ts';
import { checkNext, checkReaches, checkState, checkUnchanged, hasReachesToProve } from './bad-model.ts';
import type { AnyModel } from './model.ts';
import { identityOf } from './model.ts';
import { RecordTable } from './record-table.ts';

/** Stands for a state that was named but not reached yet. */
const unmade = Symbol('unmade');
/** The first states and steps of each table are looked at, whether the model keeps to what is asked of it. */
const lookedAt = 64;
/** In so many states at most each operation is looked at, whether it leads where the model has said. */
const looksMax = 4;

export class StateTable {
  readonly #model: AnyModel;
  #states: unknown[] = [];
  #ids = new Map<string | number, number>();
  /** (state, serial number of the action) → next state, or −1. */
  #steps: RecordTable | null = null;
  #next: number[] = [];
  readonly #pair = new Int32Array(2);
  #statesLookedAt = 0;
  #stepsLookedAt = 0;
  readonly #isToProve: boolean;

  constructor(model: AnyModel) {
    this.#model = model;
    this.#isToProve = hasReachesToProve(model);
  }

  get size(): number {
    return this.#states.length;
  }

  /** The state itself; it was reached. */
  stateOf(id: number): unknown {
    return this.#states[id];
  }

  idOf(state: unknown): number {
    if (this.#statesLookedAt < lookedAt) {
      this.#statesLookedAt += 1;
      checkState(this.#model, state, 'step()');
    }
    const id = this.named(identityOf(this.#model, state));
    if (this.#states[id] === unmade) this.#states[id] = state;
    return id;
  }

  /** The state of that identity, whether it was reached or not. */
  named(identity: string | number): number {
    let id = this.#ids.get(identity);
    if (id === undefined) {
      this.#ids.set(identity, (id = this.#states.length));
      this.#states.push(unmade);
    }
    return id;
  }

  /** The state after the action, or −1 where it is illegal. `state` was reached. */
  step(state: number, action: Action): number {
    if (this.#isToProve) this.look(state, action);
    if (action.from >= 0 && action.from !== state) return -1;
    if (action.isRead && action.from >= 0) return state;
    if (action.to >= 0) {
      if (this.#states[action.to] === unmade) {
        const made = this.#ask(state, action);
        if (made === null) return -1;
        this.#states[action.to] = made;
      }
      return action.to;
    }
    const steps = (this.#steps ??= new RecordTable(2));
    this.#pair[0] = state;
    this.#pair[1] = action.serial;
    const member = steps.add(this.#pair, 0);
    if (!steps.fresh) return this.#next[member]!;
    const next = this.#ask(state, action);
    return (this.#next[member] = next === null ? -1 : this.idOf(next));
  }

  /**
   * Looks whether the operation does in this state, which was reached, what the model has said in advance; each a few times, so that it costs no more than not to have
   * said anything.
   *
   * @throws BadModel if it does not
   */
  look(state: number, action: Action): void {
    if (!this.#isToProve || action.looks === looksMax || (action.from < 0 && action.to < 0)) return;
    action.looks += 1;
    checkReaches(this.#model, action, this.#states[state], this.#ask(state, action));
  }

  #ask(state: number, action: Action): unknown {
    const before = this.#states[state];
    if (this.#stepsLookedAt === lookedAt || typeof before !== 'object') {
      const next = this.#model.step(before, action.op, action.value);
      if (next === undefined) checkNext(this.#model, next);
      return next;
    }
    this.#stepsLookedAt += 1;
    const identity = identityOf(this.#model, before);
    const next = this.#model.step(before, action.op, action.value);
    checkNext(this.#model, next);
    checkUnchanged(this.#model, before, identity);
    return next;
  }

  /** Whether what is legal from `b` is legal from `a`. */
  covers(a: number, b: number): boolean {
    return a === b || this.#model.covers?.(this.#states[a], this.#states[b]) === true;
  }

  /**
   * Forgets all states but those at work.
   *
   * @param live numbers of those to keep, each once
   * @returns by old number: the new one, or −1
   */
  compact(live: readonly number[]): Int32Array {
    const renumbered = new Int32Array(this.#states.length).fill(-1);
    const names = new Map<string | number, number>();
    const states = live.map((id, now) => {
      renumbered[id] = now;
      return this.#states[id];
    });
    for (const [name, id] of this.#ids) if (renumbered[id]! >= 0) names.set(name, renumbered[id]!);
    this.#states = states;
    this.#ids = names;
    this.#steps = null;
    this.#next = [];
    return renumbered;
  }
}
