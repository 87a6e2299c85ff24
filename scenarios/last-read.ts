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

/** Stands for the creation index of the barrier that this client heard of last, and for the generation that it should arrive in next. */
export const LAST_CREATION = 'last-creation';
export const LAST_GENERATION = 'last-generation';

/** Stands for the context that this client saw last of the key (an empty one before any). */
export const LAST_CONTEXT = 'last-context';

interface OfBarrier {
  readonly f?: unknown;
  readonly barrier: string;
  readonly creation?: unknown;
  readonly generation?: unknown;
}

function isOfBarrier(op: unknown): op is OfBarrier {
  return typeof op === 'object' && op !== null && typeof (op as { barrier?: unknown }).barrier === 'string';
}

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
  readonly #contexts = new Map<string, unknown>();
  readonly #barriers = new Map<string, { creation: number; generation: number }>();

  /** Notes the version or token that an answer names. */
  note(op: unknown, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    if (isOfLock(op)) this.#noteLock(op, value);
    if (isOfBarrier(op)) this.#noteBarrier(op, value);
    if (!isKeyed(op)) return;
    const { version, existed, context } = value as {
      version?: unknown;
      existed?: unknown;
      context?: unknown;
    };
    if (typeof context === 'object' && context !== null) this.#contexts.set(op.key, context);
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

  #noteBarrier(op: OfBarrier, value: object): void {
    const { creation, generation, current, outcome } = value as { [field: string]: unknown };
    const known = this.#barriers.get(op.barrier) ?? { creation: 0, generation: 1 };
    if (op.f === 'createBarrier' && typeof creation === 'number') known.creation = creation;
    // A refusal names what is current; an outcome is that of the generation before the one to come.
    if (typeof current === 'number') known.generation = current;
    else if (typeof generation === 'number') {
      known.generation = outcome === 'tripped' ? generation + 1 : generation;
    }
    this.#barriers.set(op.barrier, known);
  }

  /** Whether the last acquire of the lock that ended was granted. */
  holds(lock: string): boolean {
    return this.#held.has(lock);
  }

  /** The operation to invoke: the same one, unless it is a template. */
  fill(op: unknown): unknown {
    if (typeof op !== 'object' || op === null) return op;
    if (isOfBarrier(op)) return this.#filledBarrier(op);
    const { guard } = op as { guard?: unknown };
    const guarded =
      isOfLock(guard) && guard.token === LAST_TOKEN ? { ...op, guard: this.#filled(guard) } : op;
    if (isOfLock(guarded) && guarded.token === LAST_TOKEN) return this.#filled(guarded);
    if (isKeyed(guarded) && (guarded as { context?: unknown }).context === LAST_CONTEXT) {
      return { ...guarded, context: this.#contexts.get(guarded.key) ?? { key: guarded.key, clock: [] } };
    }
    if (!isKeyed(guarded) || (guarded as { version?: unknown }).version !== LAST_READ) return guarded;
    return { ...guarded, version: this.#versions.get(guarded.key) ?? 0 };
  }

  #filledBarrier(op: OfBarrier): OfBarrier {
    const { creation, generation } = this.#barriers.get(op.barrier) ?? { creation: 0, generation: 1 };
    return {
      ...op,
      ...(op.creation === LAST_CREATION ? { creation } : {}),
      ...(op.generation === LAST_GENERATION ? { generation } : {}),
    };
  }

  #filled(op: OfLock): OfLock {
    return { ...op, token: this.#tokens.get(op.lock) ?? 0 };
  }
}
