/** What the general models share: an operation is `{ f, key?, … }`, and a history may hold several objects of a kind, told apart by their keys. */
import type { Operation } from '../../history.ts';

/** Which object is meant; none is named where there is only one. */
export interface Keyed {
  readonly key?: string | number;
}

/** The key of an operation; `null`: the object that has none. */
export function keyOf(op: Keyed): string | number | null {
  return op.key ?? null;
}

/** A test for operations of these names. */
export function isOneOf(...names: readonly string[]): (op: unknown) => boolean {
  // Asked of every operation, twice: comparing with a few names is several times faster than to look into a list or a set of them.
  const [a, b, c, ...others] = names;
  return (op) => {
    if (typeof op !== 'object' || op === null) return false;
    const { f } = op as { readonly f?: string };
    return f !== undefined && (f === a || f === b || f === c || others.includes(f));
  };
}

/** What was asked of an object for people: `get k7`; without a key `get`. */
export function asked(f: string, { key }: Keyed): string {
  return key === undefined ? f : `${f} ${key}`;
}

/** What is put in is told from nothing. */
export function demandValue(value: unknown): string | null {
  return value === null || value === undefined
    ? 'The `value` that is put in is not null: null is the answer of what is empty.'
    : null;
}

/** An operation of a history that asks nothing a model could judge. */
export class BadOperation extends Error {
  readonly code = 'BAD_OPERATION';
  /** The id of the operation. */
  readonly operation: number;
  /** What to write instead. */
  readonly next: string;
  constructor(model: string, operation: Operation, next: string) {
    super(`operation ${operation.id} of the ${model} asks ${JSON.stringify(operation.op)}. ${next}`);
    this.name = 'BadOperation';
    this.operation = operation.id;
    this.next = next;
  }
}

/**
 * The operations as they are, once it is certain that the model can judge those that it handles.
 *
 * @param demand what an operation has to look like, where it does not; else `null`
 * @throws BadOperation for the first that does not
 */
export function wellFormed<Op extends Keyed>(
  model: { readonly name: string; handles?(op: Op): boolean },
  operations: readonly Operation[],
  demand?: (op: Op) => string | null,
): readonly Operation[] {
  for (const operation of operations) {
    const op = operation.op as Op;
    if (model.handles?.(op) === false) continue;
    const key: unknown = op.key;
    const next =
      key !== undefined && key !== null && typeof key !== 'string' && typeof key !== 'number'
        ? 'A key is a string or a number.'
        : demand?.(op);
    if (typeof next === 'string') throw new BadOperation(model.name, operation, next);
  }
  return operations;
}
