/**
 * Sequential consistency: one order of all operations, of all keys together, that the model allows and in which those of each process stand in its
 * own order (Lamport, "How to make a multiprocessor computer that correctly executes multiprocess programs", 1979). It is linearizability
 * without real time between processes. It is not local: each key's part may have such an order though the whole has none, so nothing is
 * split. To decide it is NP-complete even where every read's write is known (Gibbons and Korach 1997); hence a budget.
 */
import type { Operation } from '../history.ts';
import { firstState } from '../linearizability/bad-model.ts';
import { componentsOf } from '../linearizability/components.ts';
import { counted } from '../linearizability/for-people.ts';
import type { AnyModel, HindsightRules, Model } from '../linearizability/model.ts';
import { describeOperation } from '../linearizability/model.ts';
import type { Notes } from './interleave.ts';
import { interleave } from './interleave.ts';
import type { Before, Known } from './must-precede.ts';
import { mustPrecede } from './must-precede.ts';
import type { Placed, ProgramOrder } from './program-order.ts';
import { programOrder } from './program-order.ts';
import type { ReadsFrom } from './reads-from.ts';
import { readsFrom } from './reads-from.ts';

/** How to look for an order. */
export interface SequentialOptions {
  /** Budget in states looked at, as for linearizability (default 1,000,000). */
  readonly maxStates?: number;
  /** Told now and then. */
  readonly onProgress?: () => void;
}

/** What became of sequential consistency. */
export type SequentialResult<Op = unknown, Value = unknown> =
  /** `order`: one that explains the history; what need not have taken effect stands in it where it did. */
  | {
      readonly verdict: 'holds';
      readonly states: number;
      readonly order: readonly Operation<Op, Value>[];
    }
  | {
      readonly verdict: 'violated';
      readonly states: number;
      /** Those that contradict one another, each to stand before the next and the last before the first; empty where only a search told. */
      readonly operations: readonly Operation<Op, Value>[];
      readonly message: string;
    }
  | { readonly verdict: 'undecided'; readonly states: number; readonly message: string };

const maxStatesDefault = 1_000_000;
/** Whether a write can stand anywhere is tried out for all writes and states, if they are no more pairs than this; else for some writes. */
const triesMax = 1_000_000;

/**
 * Whether a history is sequentially consistent. An operation of unknown result takes effect anywhere after what its process had completed
 * before, or never. Both verdicts are certain; `undecided` where the budget is spent, in states or in memory (128 MB). A model whose `step`
 * depends on times does not fit: there is no real time here. Of one with `hindsight` rules it is assumed, where an object has more than a
 * thousand writes, that writes which differ in the value that they leave alone are legal in the same states.
 *
 * @param operations in any order; ids unique; times of one clock, of which only the order within each process counts
 * @throws RangeError if `maxStates` is no whole number of at least 1
 * @throws BadModel if the model cannot judge anything: its first state is `null`, say
 */
export function checkSequential<State, Op, Value>(
  model: Model<State, Op, Value>,
  operations: readonly Operation<Op, Value>[],
  options: SequentialOptions = {},
): SequentialResult<Op, Value> {
  const maxStates = options.maxStates ?? maxStatesDefault;
  if (!Number.isSafeInteger(maxStates) || maxStates < 1) {
    throw new RangeError(`maxStates is a whole number of at least 1; got ${String(maxStates)}.`);
  }
  firstState(model as AnyModel);
  return check(model, operations, maxStates, options.onProgress) as SequentialResult<Op, Value>;
}

function check(
  model: AnyModel,
  operations: readonly Operation[],
  maxStates: number,
  onProgress: (() => void) | undefined,
): SequentialResult {
  const prepared = model.prepare?.(operations) ?? operations;
  const components = componentsOf(model, prepared);
  const isIdle = (o: Operation): boolean => o.outcome !== 'ok' && model.readOnly?.(o.op, o.value) === true;
  const all = components.flatMap(({ operations: some }, object) =>
    some.filter((o) => !isIdle(o)).map((operation): Placed => ({ operation, object })),
  );
  const rules = model.hindsight;
  const history = rules === undefined ? null : readsFrom(model, rules, prepared);
  const unwritten = history?.doubts.find((doubt) => doubt.unwritten);
  if (unwritten !== undefined) {
    return {
      verdict: 'violated',
      states: 0,
      operations: unwritten.operations,
      message: `No order explains it: ${unwritten.message}`,
    };
  }
  // Of what does not end what stood there (a queue) no write makes another unreadable.
  const seen = history === null || rules?.overwrites !== true ? null : new Seen(model, rules, history, all);
  const order = programOrder(
    all.filter((one) => seen?.isNeedless(one) !== true),
    (one) => seen?.isPlain(one.object) === true,
  );
  const notes = notesOf(components.length, order, seen);
  const precedence = mustPrecede(order, knownOf(model, components.length, order, notes));
  if (precedence !== null && 'cycle' in precedence) {
    return {
      verdict: 'violated',
      states: 0,
      operations: precedence.cycle.map((step) => order.items[step.from]!.operation),
      message: cycleSentence(model, order, precedence.cycle),
    };
  }
  const result = interleave(model, order, { ...notes, precedence }, maxStates, onProgress);
  const { states } = result;
  if (result.verdict === 'found') return { verdict: 'holds', states, order: result.order };
  const required = order.items.length - order.optional.length;
  const far = `at most ${result.furthest} of ${counted(required, 'operation')} ${result.furthest === 1 ? 'was' : 'were'} placed`;
  return result.verdict === 'none'
    ? {
        verdict: 'violated',
        states,
        operations: [],
        message: `No order that keeps each process’s own explains the history; ${far}.`,
      }
    : {
        verdict: 'undecided',
        states,
        message: `Whether the history (${counted(required, 'operation')}) is sequentially consistent was not decided within ${counted(states, 'state')}; ${far}.`,
      };
}

/** Reads and writes of objects whose answers show what was written. */
class Seen {
  readonly history: ReadsFrom;
  /** By operation, as a name: what it read and wrote. */
  readonly #access = new Map<string, { read: number; wrote: number }>();
  readonly #readers: Int32Array;
  readonly #plain: readonly boolean[];

  constructor(
    model: AnyModel,
    rules: HindsightRules<unknown, unknown>,
    history: ReadsFrom,
    all: readonly Placed[],
  ) {
    this.history = history;
    this.#readers = new Int32Array(history.versions.length);
    for (const { operation, object, read, wrote } of history.accesses) {
      this.#access.set(`${object} ${operation.id}`, { read, wrote });
      if (read >= 0) this.#readers[read]! += 1;
    }
    const byObject: Operation[][] = history.objects.map(() => []);
    for (const { operation, object } of all) byObject[object]!.push(operation);
    this.#plain = byObject.map((operations, object) => this.#findPlain(model, rules, operations, object));
  }

  accessOf({ operation, object }: Placed): { readonly read: number; readonly wrote: number } {
    return this.#access.get(`${object} ${operation.id}`) ?? { read: -1, wrote: -1 };
  }

  readersOf(): Int32Array {
    return this.#readers;
  }

  isPlain(object: number): boolean {
    return this.#plain[object]!;
  }

  /** Whether it need not take effect, and nothing would be gained if it did. */
  isNeedless(one: Placed): boolean {
    if (one.operation.outcome === 'ok' || !this.isPlain(one.object)) return false;
    return this.#readers[this.accessOf(one).wrote] === 0;
  }

  /**
   * Whether every operation on the object is a read whose write is known, or a write that can stand anywhere: one that is legal in every
   * state that a write leads to.
   */
  #findPlain(
    model: AnyModel,
    rules: HindsightRules<unknown, unknown>,
    operations: readonly Operation[],
    object: number,
  ): boolean {
    const states: unknown[] = [model.init()];
    const kinds = new Map<string, Operation[]>();
    for (const operation of operations) {
      const { op, value } = operation;
      const { read, wrote } = this.accessOf({ operation, object });
      if (model.readOnly?.(op, value) === true) {
        if (read < 0) return false;
        continue;
      }
      const after = wrote < 0 || read >= 0 ? null : model.step(states[0], op, value);
      if (after === null) return false;
      states.push(after);
      const kind = JSON.stringify([butFor(op, rules.leaves(op)), value]);
      const alike = kinds.get(kind);
      if (alike === undefined) kinds.set(kind, [operation]);
      else alike.push(operation);
    }
    const each = Math.floor(triesMax / states.length / Math.max(1, kinds.size));
    if (each === 0) return false;
    return [...kinds.values()].every((alike) =>
      evenly(alike, each).every(({ op, value }) =>
        states.every((state) => model.step(state, op, value) !== null),
      ),
    );
  }
}

/** What was asked but for the value that it leaves. */
function butFor(op: unknown, left: unknown): unknown {
  if (typeof op !== 'object' || op === null) return op;
  const name = JSON.stringify(left);
  return Object.entries(op).map(([field, value]) => [field, JSON.stringify(value) === name ? null : value]);
}

/** As many of them as that, evenly spread. */
function evenly<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}

function notesOf(objects: number, order: ProgramOrder, seen: Seen | null): Omit<Notes, 'precedence'> {
  const n = order.items.length;
  const wrote = new Int32Array(n).fill(-1);
  const read = new Int32Array(n).fill(-1);
  const initial = new Array<number>(objects).fill(-1);
  const plain = new Array<boolean>(objects).fill(false);
  if (seen === null) return { wrote, read, readers: new Int32Array(0), initial, plain };
  order.items.forEach((item, i) => {
    const access = seen.accessOf(item);
    wrote[i] = access.wrote;
    read[i] = access.read;
  });
  seen.history.versions.forEach((version, v) => {
    if (version.initial) initial[version.object] = v;
  });
  return { wrote, read, readers: seen.readersOf(), initial, plain: initial.map((_, x) => seen.isPlain(x)) };
}

/** What saturation starts from. */
function knownOf(
  model: AnyModel,
  objects: number,
  order: ProgramOrder,
  { wrote, read, initial, plain }: Omit<Notes, 'precedence'>,
): Known {
  const shows = new Int32Array(order.items.length).fill(-2);
  const writes: number[][] = Array.from({ length: objects }, () => []);
  const ranked: Map<number, number[]>[] = Array.from({ length: objects }, () => new Map());
  const writerOf = new Map<number, number>();
  order.items.forEach(({ object, operation, lane }, i) => {
    if (wrote[i]! >= 0) writerOf.set(wrote[i]!, i);
    if (wrote[i]! >= 0 && plain[object]!) writes[object]!.push(i);
    if (lane < 0 || operation.outcome !== 'ok') return;
    const rank = model.rank?.(operation.op, operation.value);
    if (rank === undefined) return;
    const group = ranked[object]!.get(rank);
    if (group === undefined) ranked[object]!.set(rank, [i]);
    else group.push(i);
  });
  order.items.forEach(({ object }, i) => {
    const version = read[i]!;
    if (version < 0 || !plain[object]!) return;
    shows[i] = version === initial[object] ? -1 : (writerOf.get(version) ?? -2);
  });
  const versions = ranked.map((groups) => [...groups].sort(([a], [b]) => a - b).map(([, group]) => group));
  return { shows, writes, versions, isWrite: (i) => wrote[i]! >= 0 };
}

function cycleSentence(model: AnyModel, order: ProgramOrder, cycle: readonly Before[]): string {
  const named = (position: number): string => {
    const { op, value, id } = order.items[position]!.operation;
    return `${describeOperation(model, op, value)} (#${id})`;
  };
  const sentences: string[] = [];
  for (let i = 0; i < cycle.length; i += 1) {
    const { from, to, why, via } = cycle[i]!;
    switch (why) {
      case 'same process': {
        // One after another in one process: only the first and the last of them are told.
        let last = to;
        const lane = order.items[from]!.lane;
        while (cycle[i + 1]?.why === 'same process' && order.items[cycle[i + 1]!.to]!.lane === lane) {
          i += 1;
          last = cycle[i]!.to;
        }
        const { process } = order.items[from]!.operation;
        sentences.push(`process ${process} did ${named(from)} before ${named(last)}`);
        break;
      }
      case 'shown':
        sentences.push(`${named(to)} shows ${named(from)}`);
        break;
      case 'version':
        sentences.push(`${named(from)} has the lesser version, ${named(to)} the greater`);
        break;
      case 'not shown':
        sentences.push(`${named(from)} goes before ${named(via)}, which shows ${named(to)}`);
        break;
      case 'overwritten':
        sentences.push(
          via < 0
            ? `${named(from)} shows the first state, so that ${named(to)} comes after it`
            : `${named(from)} shows ${named(via)}, after which comes ${named(to)}`,
        );
        break;
    }
  }
  return `No order explains it: ${sentences.join('; ')}.`;
}
