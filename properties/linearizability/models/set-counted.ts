/**
 * What makes a set cheap to search. Where nobody reads the whole set, each element is an object of its own. Where somebody does, nothing is removed,
 * and each element is added once, reads alone tell in which order elements were added: those that a smaller read shows first before those
 * that only a greater one shows. The set is then a count: how far that order has been followed.
 */
import type { Operation } from '../../history.ts';
import { shownValue, textOf } from './json-value.ts';

/** What keys of sets of one element begin with. */
export const elementPrefix = 'element ';

/** Elements that people are shown of one answer. */
const shownMax = 24;

/** Elements in the order in which they must have been added: groups within which any order will do, the last one of those that no read shows. */
export interface Group {
  /** Elements of the smallest read that shows them; Infinity: none does. */
  readonly readSize: number;
  readonly elements: readonly unknown[];
  /** Elements of the groups before it. */
  readonly before: number;
}

/** What is known of an operation on a set that is counted. */
export class Counted {
  /** An add: there are so many at least when it takes effect, and fewer than `to`. A read: there are just so many; −1: never. */
  readonly from: number;
  readonly to: number;
  /** An add: the read shows it whose answer is in doubt. A read: it is that one. */
  readonly inDoubt: boolean;
  readonly groups: readonly Group[];
  constructor(from: number, to: number, inDoubt: boolean, groups: readonly Group[]) {
    this.from = from;
    this.to = to;
    this.inDoubt = inDoubt;
    this.groups = groups;
  }
  /** Operations are compared as JSON: adds of one group are alike, but for what the read in doubt shows of it. */
  toJSON(): readonly unknown[] {
    return [this.from, this.inDoubt];
  }
}

/** So many have been added, and so many of them does the read show whose answer is in doubt. */
export interface CountedState {
  readonly count: number;
  readonly inDoubt: number;
  readonly groups: readonly Group[];
}

/** As `Model.step`, of operations in which `foreseeCounts` wrote. */
export function stepCounted(
  state: Pick<CountedState, 'count' | 'inDoubt'>,
  f: string,
  { from, to, inDoubt, groups }: Counted,
  value: unknown,
): 'unchanged' | CountedState | null {
  const { count } = state;
  if (f === 'read') {
    if (value === undefined) return 'unchanged';
    return count === from && (!inDoubt || state.inDoubt === count) ? 'unchanged' : null;
  }
  if (count < from || count >= to) return null;
  return { count: count + 1, inDoubt: state.inDoubt + (inDoubt ? 1 : 0), groups };
}

/** The elements after so many adds, for people. */
export function shownCounted({ groups, count }: CountedState): string {
  const parts: string[] = [];
  for (const { elements, before } of groups) {
    const there = Math.min(count - before, elements.length);
    if (there <= 0) break;
    parts.push(
      there === elements.length ? shownElements(elements) : `${there} of (${shownElements(elements)})`,
    );
  }
  return `{${parts.join(', ')}}`;
}

/** Elements for people, the first of many. */
export function shownElements(elements: readonly unknown[]): string {
  const named = elements.slice(0, shownMax).map(shownValue).join(', ');
  return elements.length > shownMax ? `${named}, … (${elements.length})` : named;
}

interface Asked {
  readonly f: string;
  readonly key?: string | number;
  readonly value?: unknown;
  readonly apart?: true;
}

/** Marks the operations on one element, where no read of the whole set was answered. */
export function apartByElement(
  operations: readonly Operation[],
  handles: (op: never) => boolean,
): readonly Operation[] {
  const whole = new Set<string | number | undefined>();
  for (const o of operations) {
    if (!handles(o.op as never)) continue;
    const { f, key } = o.op as Asked;
    if (f === 'read' && o.outcome === 'ok') whole.add(key);
    // Such a key could be mistaken for that of one element.
    if (typeof key === 'string' && key.startsWith(elementPrefix)) return operations;
  }
  return operations.map((o) => {
    if (!handles(o.op as never)) return o;
    const op = o.op as Asked;
    return op.f === 'read' || op.apart === true || whole.has(op.key)
      ? o
      : { ...o, op: { ...op, apart: true } };
  });
}

/** Writes into the operations how many elements there must have been, where reads tell the order; else leaves them as they are. */
export function foreseeCounts(operations: readonly Operation[], doubted: number): readonly Operation[] {
  const added = new Map<string, unknown>();
  for (const o of operations) {
    const { f, value } = o.op as Asked;
    if (f === 'read') continue;
    const text = textOf(value);
    const plain = o.value === undefined || o.value === null || o.value === true;
    if (f !== 'add' || !plain || added.has(text)) return operations;
    added.set(text, value);
  }
  const isTelling = (o: Operation, position: number): boolean =>
    (o.op as Asked).f === 'read' && o.outcome === 'ok' && position !== doubted && Array.isArray(o.value);
  const readSizes = new Map<string, number>();
  operations.forEach((o, position) => {
    if (!isTelling(o, position)) return;
    const shown = o.value as readonly unknown[];
    for (const element of shown) {
      const text = textOf(element);
      readSizes.set(text, Math.min(readSizes.get(text) ?? Infinity, shown.length));
    }
  });
  const groups = groupsOf(added, readSizes);
  const groupOf = new Map(groups.map((group) => [group.readSize, group]));
  const doubtedAnswer = doubted < 0 ? undefined : operations[doubted]!.value;
  const inDoubt = new Set(Array.isArray(doubtedAnswer) ? doubtedAnswer.map(textOf) : []);
  return operations.map((o, position) => {
    const op = o.op as Asked;
    if (op.f === 'add') {
      const text = textOf(op.value);
      const { before, elements, readSize } = groupOf.get(readSizes.get(text) ?? Infinity)!;
      const to = readSize === Infinity ? Infinity : before + elements.length;
      return { ...o, op: { ...op, counted: new Counted(before, to, inDoubt.has(text), groups) } };
    }
    const count = countOf(o.value, added, position === doubted ? null : groups);
    return { ...o, op: { ...op, counted: new Counted(count, count, position === doubted, groups) } };
  });
}

function groupsOf(
  added: ReadonlyMap<string, unknown>,
  readSizes: ReadonlyMap<string, number>,
): readonly Group[] {
  const bySize = new Map<number, unknown[]>();
  for (const [text, element] of added) {
    const size = readSizes.get(text) ?? Infinity;
    const group = bySize.get(size);
    if (group === undefined) bySize.set(size, [element]);
    else group.push(element);
  }
  let before = 0;
  return [...bySize]
    .sort(([a], [b]) => a - b)
    .map(([readSize, elements]) => {
      const group = { readSize, elements, before };
      before += elements.length;
      return group;
    });
}

/**
 * How many elements there must have been for a read to show these; −1: it shows one twice, or one that nobody added, or misses one of a smaller
 * read. Without groups it is compared with no other read.
 */
function countOf(
  shown: unknown,
  added: ReadonlyMap<string, unknown>,
  groups: readonly Group[] | null,
): number {
  if (!Array.isArray(shown)) return -1;
  const texts = new Set(shown.map(textOf));
  if (texts.size !== shown.length || [...texts].some((text) => !added.has(text))) return -1;
  if (groups === null) return shown.length;
  const last = groups.findLast(({ readSize }) => readSize <= shown.length);
  return (last === undefined ? 0 : last.before + last.elements.length) === shown.length ? shown.length : -1;
}
