/**
 * Operations as templates. A plan is drawn before anything has happened, so a compare-and-set in it cannot name a version: it says
 * "the one that I last saw", and is filled in when it is invoked.
 */

/** Stands in a planned operation for the version that this client last saw of the key (0, absent, before it saw any). */
export const LAST_READ = 'last-read';

interface Keyed {
  readonly key: string;
}

function isKeyed(op: unknown): op is Keyed {
  return typeof op === 'object' && op !== null && typeof (op as { key?: unknown }).key === 'string';
}

/** What one client has seen of each key's version. */
export class LastRead {
  readonly #versions = new Map<string, number>();

  /** Notes the version that an answer names. */
  note(op: unknown, value: unknown): void {
    if (!isKeyed(op) || typeof value !== 'object' || value === null) return;
    const { version, existed } = value as { version?: unknown; existed?: unknown };
    if (typeof version === 'number') this.#versions.set(op.key, version);
    else if (typeof existed === 'boolean') this.#versions.set(op.key, 0);
  }

  /** The operation to invoke: the same one, unless it is a template. */
  fill(op: unknown): unknown {
    if (!isKeyed(op) || (op as { version?: unknown }).version !== LAST_READ) return op;
    return { ...op, version: this.#versions.get(op.key) ?? 0 };
  }
}
