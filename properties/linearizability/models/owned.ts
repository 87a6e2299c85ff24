/** Locks that somebody owns: an operation is a client's, and only who holds may release. */
import type { Operation } from '../../history.ts';
import type { Keyed } from './keyed.ts';

/** Who asks. Where no client is named, it is the process of the operation. */
export interface Owned extends Keyed {
  readonly client?: string | number;
}

/** The operations, each with its client: where none is named, the process that asked. */
export function withClients(
  operations: readonly Operation[],
  handles: ((op: never) => boolean) | undefined,
): readonly Operation[] {
  const isNamed = (o: Operation): boolean =>
    handles?.(o.op as never) === false || (o.op as Owned).client !== undefined;
  if (operations.every(isNamed)) return operations;
  return operations.map((o) => (isNamed(o) ? o : { ...o, op: { ...(o.op as Owned), client: o.process } }));
}

/** Who asks; told apart from everybody else, be they strings or numbers. @throws Error where no client is named and `prepare` named none */
export function clientOf(op: Owned): string | number {
  if (op.client === undefined) {
    throw new Error(
      'invariant broken: an operation on a lock that is owned was not prepared, and names no client.',
    );
  }
  return op.client;
}

/** What an owner demands of an operation. */
export function demandClient({ client }: Owned): string | null {
  return client === undefined || typeof client === 'string' || typeof client === 'number'
    ? null
    : 'A client is a string or a number.';
}

/** A client for people, and among names: a number as it is, a string in quotes. */
export function nameOfClient(client: string | number): string {
  return typeof client === 'number' ? String(client) : JSON.stringify(client);
}
