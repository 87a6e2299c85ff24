/**
 * Dotted version vectors (Preguiça, Baquero, Almeida, Fonte, Gonçalves 2010; Almeida and others 2014). A write has a *dot*, (actor, counter), its own name; a
 * clock says of each actor up to which counter its writes are known. A write's causal past is the context that it carried; its dot stands apart, so that two
 * clients of one actor's past are told apart where plain version vectors would take the second for the heir of the first.
 *
 * Counters are given where the write is applied, one after another for each actor and key, and never again: deletes take dots too.
 */
import type { Context } from './operations.ts';

/** By actor: the greatest counter known. */
export type VersionClock = ReadonlyMap<string, number>;

/** The name of a write. */
export interface Dot {
  readonly actor: string;
  readonly counter: number;
}

/** Whether a clock knows of a write. */
export function covers(clock: VersionClock, { actor, counter }: Dot): boolean {
  return counter <= (clock.get(actor) ?? 0);
}

/** Whether all that `a` knows of is known to `b`. */
export function isWithin(a: VersionClock, b: VersionClock): boolean {
  for (const [actor, counter] of a) if (counter > (b.get(actor) ?? 0)) return false;
  return true;
}

/** The clock as it travels: by actor in code unit order. */
export function orderedClock(clock: VersionClock): Context['clock'] {
  const entries = [...clock];
  // Mostly they are in order already, and a sort of nothing costs a copy.
  for (let i = 1; i < entries.length; i += 1) {
    if (entries[i]![0] < entries[i - 1]![0]) return entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }
  return entries;
}

/** The clock of a context; `null` where it is none. */
export function clockOf(context: unknown): { readonly key: string; readonly clock: VersionClock } | null {
  if (typeof context !== 'object' || context === null) return null;
  const { key, clock } = context as { readonly key?: unknown; readonly clock?: unknown };
  if (typeof key !== 'string' || !Array.isArray(clock)) return null;
  const known = new Map<string, number>();
  for (const entry of clock as unknown[]) {
    if (!Array.isArray(entry) || entry.length !== 2) return null;
    const [actor, counter] = entry as [unknown, unknown];
    if (typeof actor !== 'string' || !Number.isSafeInteger(counter) || (counter as number) < 1) return null;
    if (known.has(actor)) return null;
    known.set(actor, counter as number);
  }
  return { key, clock: known };
}
