/** Where labels have room among marks: half a word, or half a number, reads as another one. */

/** A mark that nothing may be written over: its middle, and how far it reaches to each side; px. */
export interface MarkRoom {
  readonly x: number;
  readonly half: number;
}

/** The stretches between two places that marks leave free, from left to right. */
export function freeRuns(
  from: number,
  to: number,
  marks: readonly MarkRoom[],
): readonly (readonly [from: number, to: number])[] {
  const runs: (readonly [number, number])[] = [];
  let begin = from;
  for (const { x, half } of [...marks].sort((a, b) => a.x - a.half - (b.x - b.half))) {
    if (x + half <= begin || x - half >= to) continue;
    if (x - half > begin) runs.push([begin, x - half]);
    begin = x + half;
  }
  if (begin < to) runs.push([begin, to]);
  return runs;
}

/** Of places those that can be shown without touching: first those that must be, then from left to right what is so far from all of them. */
export function standingApart<Place extends { readonly x: number }>(
  places: readonly Place[],
  leastPx: number,
  must: (place: Place) => boolean,
): readonly Place[] {
  const shown: Place[] = [];
  for (const place of [...places.filter(must), ...places.filter((one) => !must(one))])
    if (shown.every(({ x }) => Math.abs(x - place.x) >= leastPx)) shown.push(place);
  return shown;
}

/** The middle for a box of this half width, as near as can be to the middle of a stretch where it touches no mark; null where there is none. */
export function boxMiddle(from: number, to: number, half: number, marks: readonly MarkRoom[]): number | null {
  const middle = (from + to) / 2;
  const places = freeRuns(from, to, marks)
    .filter(([begin, end]) => end - begin >= 2 * half)
    .map(([begin, end]) => Math.max(begin + half, Math.min(end - half, middle)));
  const [first = null, ...rest] = places;
  return rest.reduce((best, one) => (Math.abs(one - middle) < Math.abs(best! - middle) ? one : best), first);
}
