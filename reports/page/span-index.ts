/**
 * Finds the spans of time that a window touches, out of hundreds of thousands, for each frame of a pan. Spans are kept by the power of four below
 * which their length lies, sorted by their beginning: of each such class, those that touch a window begin within it or at most the class's
 * length before it. One pause of an hour so costs nothing among messages of milliseconds.
 */

/** One class: places of spans by their beginning. */
interface LengthClass {
  /** The longest of them, microseconds. */
  longest: number;
  readonly places: Int32Array;
  readonly from: Float64Array;
}

/** Spans, ready to be asked. */
export class SpanIndex {
  readonly #from: ArrayLike<number>;
  readonly #to: ArrayLike<number>;
  readonly #classes: readonly LengthClass[];

  /**
   * @param from beginnings, microseconds
   * @param to ends, by the same places; one before its beginning counts as the beginning itself
   * @param only the places to take; all where it is not given
   */
  constructor(from: ArrayLike<number>, to: ArrayLike<number>, only?: readonly number[]) {
    this.#from = from;
    this.#to = to;
    const byClass = new Map<number, number[]>();
    const count = only === undefined ? from.length : only.length;
    for (let i = 0; i < count; i += 1) {
      const place = only === undefined ? i : only[i]!;
      const length = Math.max(0, to[place]! - from[place]!);
      const key = length < 1 ? 0 : 1 + Math.floor(Math.log2(length) / 2);
      const there = byClass.get(key);
      if (there === undefined) byClass.set(key, [place]);
      else there.push(place);
    }
    this.#classes = [...byClass.values()].map((places) => this.#classOf(places));
  }

  #classOf(list: number[]): LengthClass {
    const from = this.#from;
    let longest = 0;
    let sorted = true;
    list.forEach((place, i) => {
      longest = Math.max(longest, this.#to[place]! - from[place]!);
      if (i > 0 && from[list[i - 1]!]! > from[place]!) sorted = false;
    });
    if (!sorted) list.sort((a, b) => from[a]! - from[b]! || a - b);
    return { longest, places: Int32Array.from(list), from: Float64Array.from(list, (p) => from[p]!) };
  }

  /** Calls `see` with each span that touches the window, ends included; of one class in the order of their beginnings. */
  visit(fromUs: number, toUs: number, see: (place: number) => void): void {
    for (const { longest, places, from } of this.#classes) {
      for (let i = lowerBound(from, fromUs - longest); i < places.length && from[i]! <= toUs; i += 1) {
        const place = places[i]!;
        if (Math.max(from[i]!, this.#to[place]!) >= fromUs) see(place);
      }
    }
  }

  /**
   * Like `visit`, but of those that are shorter than a step at most one a step: what a pixel cannot show apart is not drawn twice. Its cost is bounded by
   * steps in the window, and by those longer than a quarter of one.
   */
  thin(fromUs: number, toUs: number, stepUs: number, see: (place: number) => void): void {
    for (const { longest, places, from } of this.#classes) {
      const jumps = longest < stepUs;
      let i = lowerBound(from, fromUs - longest);
      while (i < places.length && from[i]! <= toUs) {
        const place = places[i]!;
        if (Math.max(from[i]!, this.#to[place]!) >= fromUs) see(place);
        i = jumps ? Math.max(i + 1, lowerBound(from, from[i]! + stepUs)) : i + 1;
      }
    }
  }

  /** How many may touch the window: never fewer than do. Costs a search, not a walk. */
  atMost(fromUs: number, toUs: number): number {
    let sum = 0;
    for (const { longest, from } of this.#classes)
      sum += upperBound(from, toUs) - lowerBound(from, fromUs - longest);
    return sum;
  }
}

/** The first place of a rising column whose value is not below this one. */
export function lowerBound(column: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place of a rising column whose value is above this one. */
export function upperBound(column: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
