/**
 * Clocks order exactly the causal pairs: a write's context covers the writes in its past, all of them and no other. The past is kept here as explicit sets, the slow and
 * obvious way: whoever carries a context had been shown certain siblings and deletes, and knows them, their pasts, and all that they superseded (by
 * overwrite, delete, strategy or merge).
 */
import type { ObservationOf } from '../../core/observe.ts';
import type { Property } from '../property.ts';
import { LogOrder } from './log-order.ts';

type Written = ObservationOf<'siblingsWritten'>;
type Clock = readonly (readonly [actor: string, counter: number])[];

/** Writes of a key, by their number in the order of the log: bit n of word n / 32. Explicit sets, in a form whose copies cost little: a key has thousands of writes. */
type Writes = Uint32Array;

interface Known {
  /** By number: the write's dot. */
  readonly numbers: Map<string, number>;
  /** By actor: its writes' counters and numbers, in the order of the log. */
  readonly byActor: Map<string, { readonly counter: number; readonly number: number }[]>;
  /** By number: itself, its past and what it superseded. */
  readonly full: Writes[];
  /** By context, as it was shown: what whoever carries it knows. */
  readonly shown: Map<string, Writes>;
  /** Deletes that no write's context covers yet. */
  deletes: readonly number[];
}

const nothing: Writes = new Uint32Array(0);

function nameOf(clock: Clock): string {
  return JSON.stringify(clock);
}

function has(writes: Writes, number: number): boolean {
  return (((writes[number >>> 5] ?? 0) >>> (number & 31)) & 1) === 1;
}

function add(writes: Writes, number: number): void {
  writes[number >>> 5]! |= 1 << (number & 31);
}

function addAll(writes: Writes, others: Writes): void {
  for (let word = 0; word < others.length; word += 1) writes[word]! |= others[word]!;
}

/** Room for writes up to the given number. */
function emptyUpTo(number: number): Writes {
  return new Uint32Array((number >>> 5) + 1);
}

/** The known writes that a clock covers. */
function coveredBy(clock: Clock, { byActor, full }: Known): Writes {
  const covered = emptyUpTo(full.length);
  for (const [actor, upTo] of clock) {
    for (const { counter, number } of byActor.get(actor) ?? []) if (counter <= upTo) add(covered, number);
  }
  return covered;
}

/** A write that is in one of the sets alone, the first such; -1 where they are the same. */
function firstDifference(a: Writes, b: Writes): number {
  for (let word = 0; word < Math.max(a.length, b.length); word += 1) {
    const different = (a[word] ?? 0) ^ (b[word] ?? 0);
    if (different !== 0) return word * 32 + (31 - Math.clz32(different & -different));
  }
  return -1;
}

function dotOf(number: number, { numbers }: Known): string {
  return [...numbers].find(([, one]) => one === number)![0];
}

/** What is wrong with a write that comes after the known ones, as a sentence. */
function problemOf(
  o: Written,
  dot: string,
  past: Writes | undefined,
  covered: Writes,
  known: Known,
): string | null {
  const where = `of ${o.key} at index ${o.index}`;
  if (known.numbers.has(dot)) {
    return `Two writes of key ${o.key} have the dot ${dot}, the second at index ${o.index}: it reads as old.`;
  }
  if (past === undefined) {
    return `The write ${where} carried a context that was never shown: ${nameOf(o.carried)}.`;
  }
  const wrong = firstDifference(covered, past);
  if (wrong < 0) return null;
  const other = dotOf(wrong, known);
  return has(past, wrong)
    ? `The write ${dot} ${where} has ${other} in its past, but its clock does not descend from it.`
    : `The clock of the write ${dot} ${where} covers ${other}, which is not in its past.`;
}

/** Takes a write in: what it knows, and what the context that it left shows. @param past what its context covers, which is its past */
function learn(o: Written, dot: string, past: Writes, known: Known): void {
  const { numbers, byActor, full } = known;
  const number = full.length;
  const own = emptyUpTo(number);
  add(own, number);
  addAll(own, past);
  for (const gone of o.removed) addAll(own, full[numbers.get(gone) ?? -1] ?? nothing);
  numbers.set(dot, number);
  full.push(own);
  let ofActor = byActor.get(o.actor);
  if (ofActor === undefined) byActor.set(o.actor, (ofActor = []));
  ofActor.push({ counter: o.counter, number });
  known.deletes = known.deletes.filter((one) => !has(past, one));
  if (o.operation === 'delete') known.deletes = [...known.deletes, number];
  const after = emptyUpTo(number);
  addAll(after, own);
  for (const one of o.kept) addAll(after, full[numbers.get(one) ?? -1] ?? nothing);
  for (const one of known.deletes) addAll(after, full[one]!);
  known.shown.set(nameOf(o.clock), after);
}

/** Contexts cover exactly the causal past of a write; no two writes of a key share a dot. */
export const causality: Property = {
  id: 'causality',
  sentence:
    'The context of a write covers exactly the writes in its causal past, and no two writes of a key have one dot.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const order = new LogOrder();
    const keys = new Map<string, Known>();
    return {
      on: {
        siblingsWritten(o, e) {
          if (!order.isFirst(o.index, e)) return;
          let known = keys.get(o.key);
          if (known === undefined) {
            known = { numbers: new Map(), byActor: new Map(), full: [], shown: new Map(), deletes: [] };
            keys.set(o.key, known);
          }
          const dot = `${o.actor}:${o.counter}`;
          const past = o.carried.length === 0 ? nothing : known.shown.get(nameOf(o.carried));
          const covered = coveredBy(o.carried, known);
          const problem = problemOf(o, dot, past, covered, known);
          if (problem === null) {
            learn(o, dot, covered, known);
            return;
          }
          const text = `${o.operation} ${dot} of ${o.key} at ${o.index}, context ${nameOf(o.carried)}`;
          context.fail(problem, [{ at: e.at, node: e.node, text }]);
        },
      },
    };
  },
};
