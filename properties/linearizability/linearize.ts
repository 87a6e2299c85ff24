/**
 * Finds an order that explains a history, to be shown: a search that decides keeps sets of states and no orders. Depth first, as Wing and
 * Gong ("Testing and verifying concurrent objects", 1993) and Lowe: what returns first goes first if it is legal, reads go as soon as
 * they are, dead ends are remembered. It is meant for histories known to be linearizable, where it rarely goes back far.
 */
import type { Operation } from '../history.ts';
import { inHindsight } from './hindsight.ts';
import type { AnyModel } from './model.ts';
import { identityOf } from './model.ts';

/** An order that the model allows and real time too. */
export interface Linearization {
  /** All that completed, and of the others those that took effect. */
  readonly order: readonly Operation[];
  /** After the last. */
  readonly state: unknown;
}

/**
 * A linearization of the operations of one component.
 *
 * @param operations without failed ones; one of unknown result that has a value nonetheless may take effect with that result only, or never
 * @param stepsMax steps of the model at most
 * @returns `null` if there is none, or none was found within so many steps
 */
export function linearize(
  model: AnyModel,
  operations: readonly Operation[],
  stepsMax: number,
): Linearization | null {
  return new Linearizer(model, operations, stepsMax).run();
}

/** A point on the way, and what is still to be tried there. */
interface Frame {
  readonly state: unknown;
  /** How many operations were placed before the one that led here. */
  readonly placedBefore: number;
  /** If the last step was an operation of unknown result: the state before it. */
  readonly before: { readonly state: unknown } | null;
  /** Completed ones; once they are tried, those of unknown result too. */
  readonly candidates: number[];
  next: number;
  withUnknown: boolean;
}

class Linearizer {
  readonly #model: AnyModel;
  readonly #given: readonly Operation[];
  /** As hindsight has them: those known to have taken effect are completed. */
  readonly #operations: readonly Operation[];
  readonly #stepsMax: number;
  #steps = 0;
  /** Positions of completed operations in order of completion, and how many of the first of them are placed. */
  readonly #returns: readonly number[];
  #returned = 0;
  readonly #returnOf: Int32Array;
  /** Placed though they return after one that is not; and those of unknown result that took effect. */
  readonly #ahead = new Set<number>();
  readonly #used = new Set<number>();
  readonly #isPlaced: Uint8Array;
  /** Completed operations that are not placed, in order of invocation: a ring, so that one taken out is easily put back. */
  readonly #following: Int32Array;
  readonly #preceding: Int32Array;
  readonly #ring: number;
  /** Those of unknown result in order of invocation, by what they do: of those that are alike the first goes first. */
  readonly #optional: readonly (readonly number[])[];
  readonly #readOnly: Uint8Array;
  readonly #order: number[] = [];
  readonly #deadEnds = new Set<string>();

  constructor(model: AnyModel, operations: readonly Operation[], stepsMax: number) {
    this.#model = model;
    this.#given = operations;
    const hindsight = inHindsight(model, model.foresee?.(operations, -1) ?? operations, true, -1);
    this.#operations = hindsight.operations;
    this.#stepsMax = stepsMax;
    const n = operations.length;
    const at = this.#operations;
    const isDone = (p: number): boolean => at[p]!.outcome === 'ok';
    const positions = at.map((_, p) => p);
    const invoked = positions.toSorted((a, b) => at[a]!.invokedAt - at[b]!.invokedAt || a - b);
    this.#returns = positions.filter(isDone).sort((a, b) => at[a]!.completedAt - at[b]!.completedAt || a - b);
    this.#returnOf = new Int32Array(n);
    this.#returns.forEach((p, i) => {
      this.#returnOf[p] = i;
    });
    this.#readOnly = Uint8Array.from(at, (o) => (model.readOnly?.(o.op, o.value) === true ? 1 : 0));
    const alike = new Map<string, number[]>();
    for (const p of invoked) {
      if (isDone(p) || this.#readOnly[p] === 1) continue;
      const name = JSON.stringify([hindsight.alike(p), at[p]!.value]);
      const others = alike.get(name);
      if (others === undefined) alike.set(name, [p]);
      else others.push(p);
    }
    this.#optional = [...alike.values()];
    this.#isPlaced = new Uint8Array(n);
    this.#following = new Int32Array(n + 1);
    this.#preceding = new Int32Array(n + 1);
    this.#ring = n;
    let last = n;
    for (const p of invoked) {
      if (!isDone(p)) continue;
      this.#following[last] = p;
      this.#preceding[p] = last;
      last = p;
    }
    this.#following[last] = n;
    this.#preceding[n] = last;
  }

  run(): Linearization | null {
    const frames: Frame[] = [this.#enter(this.#model.init(), 0, null)];
    while (frames.length > 0) {
      const frame = frames.at(-1)!;
      if (this.#returned === this.#returns.length) {
        return { order: this.#order.map((p) => this.#given[p]!), state: frame.state };
      }
      if (this.#steps > this.#stepsMax) return null;
      const next = this.#advance(frame);
      if (next !== null) {
        frames.push(next);
        continue;
      }
      this.#deadEnds.add(this.#nameOf(frame));
      this.#takeBack(frame.placedBefore);
      frames.pop();
    }
    return null;
  }

  /** The next point from here, or `null` if all has been tried. */
  #advance(frame: Frame): Frame | null {
    for (;;) {
      if (frame.next === frame.candidates.length) {
        if (frame.withUnknown) return null;
        frame.withUnknown = true;
        frame.candidates.push(...this.#unknown());
        continue;
      }
      const p = frame.candidates[frame.next]!;
      frame.next += 1;
      const state = this.#step(frame.state, p);
      if (state === null) continue;
      const optional = this.#operations[p]!.outcome !== 'ok';
      if (optional && this.#isSame(state, frame.state)) continue;
      if (frame.before !== null && this.#isIdle(frame.before.state, p, state)) continue;
      const placedBefore = this.#order.length;
      this.#place(p);
      const entered = this.#enter(state, placedBefore, optional ? { state: frame.state } : null);
      if (this.#deadEnds.size === 0 || !this.#deadEnds.has(this.#nameOf(entered))) return entered;
      this.#takeBack(placedBefore);
    }
  }

  /** Whether `p` would be as legal, and end alike, without the operation of unknown result before it: then that may as well not have been. */
  #isIdle(before: unknown, p: number, state: unknown): boolean {
    const without = this.#step(before, p);
    return without !== null && this.#isSame(without, state);
  }

  /** A new point: reads that are legal there are placed, and what else can go next is listed. */
  #enter(state: unknown, placedBefore: number, before: Frame['before']): Frame {
    let absorbed = false;
    for (;;) {
      const limit = this.#limit();
      for (let p = this.#following[this.#ring]!; p !== this.#ring; p = this.#following[p]!) {
        if (this.#operations[p]!.invokedAt > limit) break;
        if (this.#readOnly[p] === 0) continue;
        const next = this.#step(state, p);
        if (next === null || !this.#isSame(next, state)) continue;
        this.#place(p);
        absorbed = true;
      }
      // Others are let in only where the limit moved.
      if (this.#limit() === limit) break;
    }
    return {
      state,
      placedBefore,
      before: absorbed ? null : before,
      candidates: this.#candidates(),
      next: 0,
      withUnknown: false,
    };
  }

  /** When the first operation returns that is not placed: nothing goes before it that was invoked later. */
  #limit(): number {
    const p = this.#returns[this.#returned];
    return p === undefined ? Infinity : this.#operations[p]!.completedAt;
  }

  /** Completed operations that could go next, the likeliest first. */
  #candidates(): number[] {
    const limit = this.#limit();
    const known: number[] = [];
    for (let p = this.#following[this.#ring]!; p !== this.#ring; p = this.#following[p]!) {
      if (this.#operations[p]!.invokedAt > limit) break;
      known.push(p);
    }
    known.sort((a, b) => this.#rank(a) - this.#rank(b) || this.#returnOf[a]! - this.#returnOf[b]!);
    return known;
  }

  #unknown(): readonly number[] {
    const limit = this.#limit();
    return this.#optional.flatMap((alike) => {
      const p = alike.find((one) => this.#isPlaced[one] === 0);
      return p === undefined || this.#operations[p]!.invokedAt > limit ? [] : [p];
    });
  }

  /** What tells no rank may stand anywhere: it goes first, as what returns first does. */
  #rank(p: number): number {
    const { op, value } = this.#operations[p]!;
    return this.#model.rank?.(op, value) ?? 0;
  }

  #place(p: number): void {
    this.#order.push(p);
    this.#isPlaced[p] = 1;
    if (this.#operations[p]!.outcome !== 'ok') {
      this.#used.add(p);
      return;
    }
    this.#following[this.#preceding[p]!] = this.#following[p]!;
    this.#preceding[this.#following[p]!] = this.#preceding[p]!;
    this.#ahead.add(p);
    for (; this.#returned < this.#returns.length; this.#returned += 1) {
      const first = this.#returns[this.#returned]!;
      if (this.#isPlaced[first] === 0) break;
      this.#ahead.delete(first);
    }
  }

  /** Takes back all but the first `count`, the last one first. */
  #takeBack(count: number): void {
    const returned = this.#returned;
    while (this.#order.length > count) {
      const p = this.#order.pop()!;
      this.#isPlaced[p] = 0;
      this.#used.delete(p);
      this.#ahead.delete(p);
      if (this.#operations[p]!.outcome !== 'ok') continue;
      this.#following[this.#preceding[p]!] = p;
      this.#preceding[this.#following[p]!] = p;
      this.#returned = Math.min(this.#returned, this.#returnOf[p]!);
    }
    for (let i = this.#returned; i < returned; i += 1) {
      if (this.#isPlaced[this.#returns[i]!] === 1) this.#ahead.add(this.#returns[i]!);
    }
  }

  /** What was placed, as far as it matters to what is still to come. */
  #nameOf({ state, before }: Frame): string {
    const ascending = (set: ReadonlySet<number>): number[] => [...set].sort((a, b) => a - b);
    return JSON.stringify([
      this.#returned,
      ascending(this.#ahead),
      ascending(this.#used),
      identityOf(this.#model, state),
      before === null ? null : [identityOf(this.#model, before.state)],
    ]);
  }

  #isSame(a: unknown, b: unknown): boolean {
    return a === b || identityOf(this.#model, a) === identityOf(this.#model, b);
  }

  #step(state: unknown, p: number): unknown {
    this.#steps += 1;
    const { op, value } = this.#operations[p]!;
    return this.#model.step(state, op, value);
  }
}
