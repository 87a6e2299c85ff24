/**
 * When what was put into a queue or a stack was taken out again. Where a value was put in once, the answer that shows it tells when, and that
 * tells in advance which orders of puts no later answer can follow: the search need not try them.
 */
import type { Operation } from '../../history.ts';
import { isSameValue, nameOfValue, shownValue, textOf } from './json-value.ts';
import type { Keyed } from './keyed.ts';

/** A put as `foresee` leaves it: when its value was taken, as far as answers tell. */
export interface Put extends Keyed {
  readonly value: unknown;
  /** Not before; Infinity: never. Absent: at any time. */
  readonly takenFrom?: number;
  /** Not after. Absent: maybe never. */
  readonly takenBy?: number;
}

/** What is in a queue or a stack. Values that are never taken are all alike. */
export interface Item {
  readonly value: unknown;
  readonly takenFrom: number;
  readonly takenBy: number;
}

/** The item of a put. */
export function itemOf({ value, takenFrom = -Infinity, takenBy = Infinity }: Put): Item {
  return { value: value ?? null, takenFrom, takenBy };
}

/** Whether nobody takes it out, ever. */
export function isNeverTaken({ takenFrom }: { readonly takenFrom?: number }): boolean {
  return takenFrom === Infinity;
}

/** Equal for two lists of items if and only if they allow the same answers. JSON texts cannot be confused where one ends and the next begins. */
export function identityOfItems(items: readonly Item[]): string {
  return items.map((item) => (isNeverTaken(item) ? '-' : textOf(item.value))).join(' ');
}

/** Items for people. */
export function shownItems(items: readonly Item[]): string {
  return items.map(({ value }) => shownValue(value)).join(', ');
}

/** Whether a take that found `item` (`undefined`: nothing) may have been answered `value`; one that found nothing must have said so. */
export function mayTake(item: Item | undefined, value: unknown): boolean {
  return item === undefined ? value === null : value === undefined || isSameValue(item.value, value);
}

/**
 * Writes into the puts when their values were taken. Says nothing of a value that was put in or shown more than once.
 *
 * @param putName the name of the operation that puts in; every other one takes
 * @param doubted position of an operation whose answer is not to be used; −1: none
 */
export function foreseeTakes(
  operations: readonly Operation[],
  putName: string,
  doubted: number,
): readonly Operation[] {
  const puts = new Map<string | number, number>();
  const takes = new Map<string | number, { count: number; from: number; by: number }>();
  /** From when on somebody may have taken anything, and who may have taken what. */
  let anythingFrom = Infinity;
  const maybeFrom = new Map<string | number, number>();
  operations.forEach((o, position) => {
    const op = o.op as { readonly f: string; readonly value?: unknown };
    if (op.f === putName) {
      const name = nameOfValue(op.value ?? null);
      puts.set(name, (puts.get(name) ?? 0) + 1);
    } else if (o.value === undefined || position === doubted) {
      anythingFrom = Math.min(anythingFrom, o.invokedAt);
    } else if (o.outcome !== 'ok') {
      const name = nameOfValue(o.value);
      maybeFrom.set(name, Math.min(maybeFrom.get(name) ?? Infinity, o.invokedAt));
    } else {
      const name = nameOfValue(o.value);
      takes.set(name, { count: (takes.get(name)?.count ?? 0) + 1, from: o.invokedAt, by: o.completedAt });
    }
  });
  return operations.map((o) => {
    const op = o.op as Put & { readonly f: string };
    if (op.f !== putName || op.value === null || op.value === undefined) return o;
    const name = nameOfValue(op.value);
    const take = takes.get(name);
    if (puts.get(name) !== 1 || (take !== undefined && take.count > 1)) return o;
    const takenFrom = take?.from ?? Math.min(anythingFrom, maybeFrom.get(name) ?? Infinity);
    return { ...o, op: { ...op, takenFrom, takenBy: take?.by ?? Infinity } };
  });
}
