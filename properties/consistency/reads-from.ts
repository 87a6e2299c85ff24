/**
 * Which write each answer shows. Whoever judges a history without its real-time order starts from this relation (*reads-from*): it is
 * certain where one write only can have left what was shown, by its value or by the version that was told, and it is used only there.
 */
import { forPeople } from '../linearizability/for-people.ts';
import type { Operation } from '../history.ts';
import { componentsOf } from '../linearizability/components.ts';
import { nameOf } from '../linearizability/hindsight.ts';
import type { AnyModel, HindsightRules } from '../linearizability/model.ts';

/** Something that may be seen: what an operation left, or what an object held before the first write. */
export interface Version {
  /** `null`: what the object held at first, or a version that was shown and may be of several writes. */
  readonly operation: Operation | null;
  readonly initial: boolean;
  /** Place of its object among the objects. */
  readonly object: number;
  /** What an answer shows of it; `undefined` for what was there at first. */
  readonly value: unknown;
  /** Its place among the versions of the object, where it was told. */
  rank: number | undefined;
}

/** An operation that wrote, or was answered with what another one wrote; or both, as a comparison that succeeded does. */
export interface Access {
  readonly operation: Operation;
  readonly object: number;
  /** Positions among the versions; −1: none, or not certain. */
  readonly wrote: number;
  readonly read: number;
}

/** An answer of which it is not certain which write it shows, and why. */
export interface Doubt {
  /** Nobody wrote it: then no order explains it. Else several may have. */
  readonly unwritten: boolean;
  readonly operations: readonly Operation[];
  readonly message: string;
}

/** A history as writes and what was seen of them. */
export interface ReadsFrom {
  /** The key of each object; `null` where the model has no keys. */
  readonly objects: readonly (string | number | null)[];
  readonly versions: readonly Version[];
  /** In order of invocation. */
  readonly accesses: readonly Access[];
  readonly doubts: readonly Doubt[];
  /** Answers that say something, and not which write they show: a failed comparison, or an absence where there are deletes. */
  readonly unjudged: number;
}

/** Steps tried at most to find out what no written state would have answered; beyond it such an answer shows nothing certain. */
const triesMax = 2_000_000;
/** A write that not every state allows is tried on so many of the last states before on all. */
const lastStates = 8;

/**
 * What was read from where.
 *
 * The model has to have `hindsight` rules that hold for what this asks: an operation that `leaves` a value replaces all that stood there,
 * and which answers are possible depends on what stands there alone, as in a register. An answer that shows no written value shows the
 * first state if it fits that, no write on its own could have led to it, and nothing else could have (a delete, say).
 *
 * @param operations prepared (see `Model.prepare`)
 */
export function readsFrom(
  model: AnyModel,
  rules: HindsightRules<unknown, unknown>,
  operations: readonly Operation[],
): ReadsFrom {
  const objects: (string | number | null)[] = [];
  const versions: Version[] = [];
  const accesses: Access[] = [];
  const doubts: Doubt[] = [];
  for (const component of componentsOf(model, operations)) {
    const reader = new ObjectReader(model, rules, component.operations, objects.length, versions, doubts);
    objects.push(component.key);
    for (const operation of component.operations) accesses.push(reader.accessOf(operation));
  }
  accesses.sort((a, b) => a.operation.invokedAt - b.operation.invokedAt || a.operation.id - b.operation.id);
  const silent = accesses.filter(
    ({ operation: o, read }) => read < 0 && o.outcome === 'ok' && model.readOnly?.(o.op, o.value) === true,
  ).length;
  return {
    objects,
    versions,
    accesses: accesses.filter((a) => a.wrote >= 0 || a.read >= 0),
    doubts,
    unjudged: silent - doubts.length,
  };
}

/** One object: its writes by value and by version, and what its answers show. */
class ObjectReader {
  readonly #model: AnyModel;
  readonly #rules: HindsightRules<unknown, unknown>;
  readonly #object: number;
  readonly #versions: Version[];
  readonly #doubts: Doubt[];
  readonly #initial: number;
  readonly #versionOf = new Map<Operation, number>();
  readonly #byValue = new Map<string, number[]>();
  readonly #byRank = new Map<number, number>();
  /** The states that writes lead to; `null` where there are operations, or writes, of which nobody can tell. */
  readonly #written: unknown[] | null;
  readonly #showsInitial = new Map<string, boolean>();
  #tries = 0;

  constructor(
    model: AnyModel,
    rules: HindsightRules<unknown, unknown>,
    operations: readonly Operation[],
    object: number,
    versions: Version[],
    doubts: Doubt[],
  ) {
    this.#model = model;
    this.#rules = rules;
    this.#object = object;
    this.#versions = versions;
    this.#doubts = doubts;
    this.#initial = versions.length;
    versions.push({ operation: null, initial: true, object, value: undefined, rank: undefined });
    const writes: Operation[] = [];
    let opaque = false;
    for (const operation of operations) {
      if (this.#isReadOnly(operation)) continue;
      const value = rules.leaves(operation.op);
      if (value === undefined) opaque = true;
      else {
        writes.push(operation);
        this.#addWrite(operation, value);
      }
    }
    this.#written = opaque ? null : this.#statesAfter(writes);
  }

  /** What the operation wrote and showed. */
  accessOf(operation: Operation): Access {
    const wrote = this.#versionOf.get(operation) ?? -1;
    const read = operation.outcome === 'ok' ? this.#read(operation) : -1;
    return { operation, object: this.#object, wrote, read };
  }

  #isReadOnly({ op, value }: Operation): boolean {
    return this.#model.readOnly?.(op, value) === true;
  }

  #addWrite(operation: Operation, value: unknown): void {
    const rank = operation.outcome === 'ok' ? this.#model.rank?.(operation.op, operation.value) : undefined;
    const version = this.#versions.length;
    this.#versions.push({ operation, initial: false, object: this.#object, value, rank });
    this.#versionOf.set(operation, version);
    const name = nameOf(value);
    const same = this.#byValue.get(name);
    if (same === undefined) this.#byValue.set(name, [version]);
    else same.push(version);
    if (rank !== undefined) this.#byRank.set(rank, version);
  }

  #read(operation: Operation): number {
    const value = this.#rules.shows(operation.op, operation.value);
    if (value === undefined) return this.#isInitial(operation) ? this.#initial : -1;
    const candidates = this.#byValue.get(nameOf(value)) ?? [];
    // Of one that writes too, the version that it was told is that of its own write.
    const rank = this.#isReadOnly(operation) ? this.#model.rank?.(operation.op, operation.value) : undefined;
    if (rank !== undefined) return this.#versionAt(rank, value, candidates, operation);
    if (candidates.length === 1) return candidates[0]!;
    if (candidates.length === 0) {
      return this.#isInitial(operation) ? this.#initial : this.#unwritten(operation, value);
    }
    const writers = candidates.map((v) => this.#versions[v]!.operation!);
    this.#doubts.push({
      unwritten: false,
      operations: [writers[0]!, writers[1]!, operation],
      message: `#${writers[0]!.id} and #${writers[1]!.id} both write ${this.#named(value)}, which #${operation.id} shows: which of them, nobody can tell.`,
    });
    return -1;
  }

  /** The version of that rank; where no write was told it, the one write of unknown result that it can be. */
  #versionAt(rank: number, value: unknown, candidates: readonly number[], operation: Operation): number {
    const told = this.#byRank.get(rank);
    if (told !== undefined) {
      return nameOf(this.#versions[told]!.value) === nameOf(value) ? told : this.#unwritten(operation, value);
    }
    const untold = candidates.filter((v) => this.#versions[v]!.rank === undefined);
    if (untold.length === 0) return this.#unwritten(operation, value);
    let version = untold[0]!;
    if (untold.length > 1) {
      version = this.#versions.length;
      this.#versions.push({ operation: null, initial: false, object: this.#object, value, rank });
    } else this.#versions[version]!.rank = rank;
    this.#byRank.set(rank, version);
    return version;
  }

  #unwritten(operation: Operation, value: unknown): number {
    this.#doubts.push({
      unwritten: true,
      operations: [operation],
      message: `#${operation.id} shows ${this.#named(value)}, which nobody wrote.`,
    });
    return -1;
  }

  #named(value: unknown): string {
    return forPeople(nameOf(value));
  }

  /**
   * Whether an answer that shows no written value can only have been given before the first write. One that writes too, a comparison with
   * the first state, is asked only where no versions are told: the least of them may be all that keeps a write from standing later.
   */
  #isInitial(operation: Operation): boolean {
    if (this.#written === null) return false;
    if (!this.#isReadOnly(operation) && this.#model.rank !== undefined) return false;
    const name = nameOf([operation.op, operation.value]);
    let known = this.#showsInitial.get(name);
    if (known === undefined) {
      const fits = (state: unknown): boolean =>
        this.#model.step(state, operation.op, operation.value) !== null;
      this.#tries += this.#written.length;
      known = this.#tries <= triesMax && fits(this.#model.init()) && !this.#written.some(fits);
      this.#showsInitial.set(name, known);
    }
    return known;
  }

  /** The state that each write leads to, from the first state or from one that another write leads to; `null` if there is none for one. */
  #statesAfter(writes: readonly Operation[]): unknown[] | null {
    const states: unknown[] = [this.#model.init()];
    const leftBy = new Map<string, unknown>();
    let rest = writes;
    while (rest.length > 0) {
      const waiting = rest.filter((operation) => {
        const next = this.#stateAfter(operation, states, leftBy);
        if (next === null) return true;
        states.push(next);
        leftBy.set(nameOf(this.#rules.leaves(operation.op)), next);
        return false;
      });
      if (waiting.length === rest.length || this.#tries > triesMax) return null;
      rest = waiting;
    }
    return states.slice(1);
  }

  #stateAfter(
    { op, value }: Operation,
    states: readonly unknown[],
    leftBy: ReadonlyMap<string, unknown>,
  ): unknown {
    const from = value === undefined ? undefined : this.#rules.shows(op, value);
    const likely = from === undefined ? states.slice(-lastStates) : [leftBy.get(nameOf(from))];
    for (const some of [[states[0]], likely, states]) {
      for (const state of some) {
        this.#tries += 1;
        if (this.#tries > triesMax) return null;
        const next = state === undefined ? null : this.#model.step(state, op, value);
        if (next !== null) return next;
      }
    }
    return null;
  }
}
