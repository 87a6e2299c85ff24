/**
 * What answers tell in advance of a text that grows by appending. With several appends under way every order of them leaves another text, and all
 * of those would stand until a get tells which it was. But a get that certainly comes later tells it now: the text must be the
 * beginning of what it shows, unless a put comes in between; and a text that no get shows the beginning of, nobody can tell from another.
 */
import type { Operation } from '../../history.ts';

/** What a get certainly later shows, and the texts that any get shows. */
export class Ahead {
  /** The text after the operation is the beginning of this. `null`: nothing is certain. */
  readonly shown: string | null;
  /** In order, none twice. `null`: texts are not to be forgotten, whether anybody could tell them apart or not. */
  readonly texts: readonly string[] | null;
  constructor(shown: string | null, texts: readonly string[] | null) {
    this.shown = shown;
    this.texts = texts;
  }

  /** Whether some get shows a text that begins with this one. */
  begins(text: string): boolean {
    if (this.texts === null) return true;
    let low = 0;
    let high = this.texts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.texts[middle]! < text) low = middle + 1;
      else high = middle;
    }
    return this.texts[low]?.startsWith(text) ?? false;
  }

  /** Operations are compared as JSON. What is ahead of one is not what it asked. */
  toJSON(): undefined {
    return undefined;
  }
}

/** Writes of unknown result at most where texts are kept that no get shows: each may double them. */
const unknownToldMax = 8;

interface Asked {
  readonly f: string;
  readonly value?: string;
}

/** A get that was answered. */
interface Get {
  readonly text: string;
  readonly invokedAt: number;
  readonly completedAt: number;
}

/** So many gets after an operation are asked for the beginning of its text: a put under way may hide behind the first of them only. */
const getsAsked = 3;

/** Writes into puts and appends what is ahead of them, or that they are useless. @param doubted position of an operation whose answer is not to be used; −1: none */
export function foreseeTexts(operations: readonly Operation[], doubted: number): readonly Operation[] {
  const gets: Get[] = [];
  const anywhere = new Set<string>();
  let unknown = 0;
  operations.forEach(({ op, outcome, value, invokedAt, completedAt }, position) => {
    if ((op as Asked).f !== 'get') {
      if (outcome !== 'ok') unknown += 1;
    } else if (typeof value === 'string') {
      // An answer in doubt is compared as well, and must not find its text forgotten.
      anywhere.add(value);
      if (outcome === 'ok' && position !== doubted) gets.push({ text: value, invokedAt, completedAt });
    }
  });
  gets.sort((a, b) => a.invokedAt - b.invokedAt);
  // Who explains a violation wants to tell what stood there, as long as that is not any of too many.
  const tell = doubted >= 0 && unknown <= unknownToldMax;
  const texts = tell ? null : [...anywhere].sort((a, b) => (a < b ? -1 : 1));
  const puts = new Puts(operations);
  const plain = new Ahead(null, texts);
  let isSeen: ((op: Asked) => boolean) | null = null;
  return operations.map((o) => {
    const op = o.op as Asked;
    if (op.f === 'get') return o;
    if (o.outcome !== 'ok' && !(isSeen ??= sightings(anywhere))(op)) {
      return { ...o, op: { ...op, useless: true } };
    }
    let shown: string | null = null;
    const first = firstAfter(gets, o.completedAt);
    for (let i = first; i < Math.min(first + getsAsked, gets.length); i += 1) {
      const get = gets[i]!;
      if ((shown === null || get.text.length < shown.length) && !puts.mayComeBetween(o, get))
        shown = get.text;
    }
    return { ...o, op: { ...op, ahead: shown === null ? plain : new Ahead(shown, texts) } };
  });
}

/** A test whether some get shows what a write wrote. One of unknown result that none shows may as well never have happened: until the next put nobody looked. */
function sightings(anywhere: ReadonlySet<string>): (op: Asked) => boolean {
  const sorted = [...anywhere].sort((a, b) => (a < b ? -1 : 1));
  const longest = sorted.filter((text, i) => !(sorted[i + 1]?.startsWith(text) ?? false));
  return ({ f, value }) =>
    longest.some((text) => (f === 'put' ? text.startsWith(value!) : text.includes(value!)));
}

/** The position of the first get that was invoked after `time`. */
function firstAfter(gets: readonly Get[], time: number): number {
  let low = 0;
  let high = gets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (gets[middle]!.invokedAt <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The puts of a history by what they put: if any comes between an operation and a get, the last of them put the beginning of what the get shows. */
class Puts {
  readonly #lengths: readonly number[];
  /** By text, in order of invocation: when it was invoked, and the latest that one up to here completed. */
  readonly #byText = new Map<string, { readonly invokedAt: number; readonly doneBy: number }[]>();

  constructor(operations: readonly Operation[]) {
    const puts = operations.filter((o) => (o.op as Asked).f === 'put');
    puts.sort((a, b) => a.invokedAt - b.invokedAt);
    for (const { op, invokedAt, completedAt } of puts) {
      const text = (op as Asked).value!;
      let same = this.#byText.get(text);
      if (same === undefined) this.#byText.set(text, (same = []));
      same.push({ invokedAt, doneBy: Math.max(completedAt, same.at(-1)?.doneBy ?? -Infinity) });
    }
    this.#lengths = [...new Set([...this.#byText.keys()].map((text) => text.length))];
  }

  /** Whether one that put the beginning of what `get` shows may have taken effect after `operation`, and before `get`. */
  mayComeBetween(operation: Operation, get: Get): boolean {
    return this.#lengths.some((length) => {
      if (length > get.text.length) return false;
      const same = this.#byText.get(get.text.slice(0, length));
      const last = same?.findLast(({ invokedAt }) => invokedAt <= get.completedAt);
      return last !== undefined && last.doneBy >= operation.invokedAt;
    });
  }
}
