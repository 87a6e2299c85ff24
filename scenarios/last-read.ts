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

/** Stands for the token that this client was granted last for the lock (0 before any). */
export const LAST_TOKEN = 'last-token';

interface OfLock {
  readonly lock: string;
  readonly token?: unknown;
}

function isOfLock(op: unknown): op is OfLock {
  return typeof op === 'object' && op !== null && typeof (op as { lock?: unknown }).lock === 'string';
}

/** What one client has seen of each key's version and been granted of each lock. */
export class LastRead {
  readonly #versions = new Map<string, number>();
  readonly #tokens = new Map<string, number>();
  readonly #held = new Set<string>();

  /** Notes the version or token that an answer names. */
  note(op: unknown, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    if (isOfLock(op)) this.#noteLock(op, value);
    if (!isKeyed(op)) return;
    const { version, existed } = value as { version?: unknown; existed?: unknown };
    if (typeof version === 'number') this.#versions.set(op.key, version);
    else if (typeof existed === 'boolean') this.#versions.set(op.key, 0);
  }

  #noteLock(op: OfLock, value: object): void {
    if ((op as { f?: unknown }).f !== 'acquire') return;
    const { token } = value as { token?: unknown };
    if (typeof token !== 'number') {
      this.#held.delete(op.lock);
      return;
    }
    this.#tokens.set(op.lock, token);
    this.#held.add(op.lock);
  }

  /** Whether the last acquire of the lock that ended was granted. */
  holds(lock: string): boolean {
    return this.#held.has(lock);
  }

  /** The operation to invoke: the same one, unless it is a template. */
  fill(op: unknown): unknown {
    if (typeof op !== 'object' || op === null) return op;
    const { guard } = op as { guard?: unknown };
    const guarded =
      isOfLock(guard) && guard.token === LAST_TOKEN ? { ...op, guard: this.#filled(guard) } : op;
    if (isOfLock(guarded) && guarded.token === LAST_TOKEN) return this.#filled(guarded);
    if (!isKeyed(guarded) || (guarded as { version?: unknown }).version !== LAST_READ) return guarded;
    return { ...guarded, version: this.#versions.get(guarded.key) ?? 0 };
  }

  #filled(op: OfLock): OfLock {
    return { ...op, token: this.#tokens.get(op.lock) ?? 0 };
  }
}
