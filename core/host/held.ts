/**
 * Work under a lock, as promises: the sans-I/O logic of core/held-lock.ts on a real clock. What the work does must name the token: an abort comes before anybody else
 * can have the lock, but a process may fall asleep between looking and writing.
 */
import type { Sent } from '../client.ts';
import { HeldLock } from '../held-lock.ts';
import type { LockClient, LockEnd } from '../held-lock.ts';
import type { Guard } from '../machine/locks/operations.ts';
import type { Outcome } from '../observe.ts';

/** How a lock is asked for. */
export interface WithLockOptions {
  /** How long to wait in line (default 10,000 ms; 0: not at all). */
  readonly waitMs?: number;
  /** Length of the lease (1 s … 60 s); left out: it adapts to the round trips, 10 s at first. */
  readonly ttlMs?: number;
  /** Stops the asking. Once the work has begun it is told by its own signal; the lock is given up when it has ended, and CANCELLED is thrown whatever it returned. */
  readonly signal?: AbortSignal;
}

/** What the work is given. */
export interface Held {
  /** The fencing token: larger than that of every earlier holder. */
  readonly token: number;
  /** To be given with every mutation that the lock protects. */
  readonly guard: Guard;
  /** Aborted when the lease is lost, before anybody else can have the lock; and when the caller's own signal is. */
  readonly signal: AbortSignal;
  /** Whether a piece of work may be started now. */
  mayStart(): boolean;
  /** Re-enters: `work` runs under the same holding. @throws LockError LOST where the lease is over, REENTRY_LIMIT */
  again<T>(work: () => Promise<T>): Promise<T>;
}

/** There is no lock, or no more. */
export class LockError extends Error {
  /** `BUSY` | `TIMEOUT` | `CANCELLED` | `LOST` | `UNKNOWN`, or the refusal's own name (`QUEUE_FULL` …). */
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'LockError';
    this.code = code;
  }
}

/** What holds of a client need of it. */
export interface HeldHost extends LockClient {
  nowUs(): number;
  /** Something was asked, or the next deadline is another. */
  changed(): void;
}

/** All that one client holds or asks for. */
export class HeldLocks {
  readonly #host: HeldHost;
  readonly #rhoPpm: number;
  /** With what ends each where the client is closed. */
  readonly #locks = new Map<HeldLock, () => void>();
  #holders = 0;

  /** @param rhoPpm bound of the clocks' drift, in parts per million */
  constructor(host: HeldHost, rhoPpm: number) {
    this.#host = host;
    this.#rhoPpm = rhoPpm;
  }

  nextWakeUs(): number {
    let next = Number.MAX_SAFE_INTEGER;
    for (const lock of this.#locks.keys()) next = Math.min(next, lock.nextWakeUs());
    return next;
  }

  wake(nowUs: number): void {
    for (const lock of [...this.#locks.keys()]) lock.wake(nowUs);
  }

  completed(id: number, outcome: Outcome, value: unknown, session: number, sent: Sent): void {
    const nowUs = this.#host.nowUs();
    for (const lock of [...this.#locks.keys()]) {
      lock.completed(nowUs, id, outcome, value, session, sent);
      if (lock.isOver) this.#locks.delete(lock);
    }
  }

  /** The client hangs up: nothing more is heard, and leases run out. */
  close(): void {
    const ends = [...this.#locks.values()];
    this.#locks.clear();
    for (const end of ends) end();
  }

  /** Asks for the lock, does the work, gives the lock up. @throws LockError; what the work throws */
  async run<T>(name: string, options: WithLockOptions, work: (held: Held) => Promise<T>): Promise<T> {
    const { waitMs = 10_000, ttlMs, signal } = options;
    this.#holders += 1;
    const controller = new AbortController();
    let ended: (end: LockEnd, answer: unknown) => void = () => {};
    let started: (token: number) => void = () => {};
    const end = new Promise<readonly [LockEnd, unknown]>((resolve) => {
      ended = (how, answer) => resolve([how, answer]);
    });
    const start = new Promise<number>((resolve) => (started = resolve));
    const lock = new HeldLock(
      this.#host,
      {
        ...{ lock: name, holder: `h${this.#holders}`, waitUs: waitMs * 1_000, rhoPpm: this.#rhoPpm },
        ...(ttlMs === undefined ? {} : { ttlUs: ttlMs * 1_000 }),
      },
      {
        held: started,
        ended: (how, answer) => {
          if (lock.isOver) this.#locks.delete(lock);
          if (how === 'lost') controller.abort(new LockError('LOST', `the lease of ${name} is over.`));
          ended(how, answer);
        },
      },
    );
    let working = false;
    const abort = (): void => {
      controller.abort(signal?.reason);
      // While the work goes on the lock is kept: it is given up when the work has ended.
      if (working) return;
      lock.abort(this.#host.nowUs());
      this.#host.changed();
    };
    this.#locks.set(lock, () => {
      controller.abort(
        new LockError('UNKNOWN', `the client was closed; the lease of ${name} runs out by itself.`),
      );
      ended('unknown', null);
    });
    lock.start(this.#host.nowUs());
    this.#host.changed();
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
    try {
      const first = await Promise.race([start, end]);
      if (typeof first !== 'number') throw endError(name, ...first);
      if (signal?.aborted === true) {
        lock.release(this.#host.nowUs());
        this.#host.changed();
        throw new LockError('CANCELLED', `the wait for ${name} was given up.`);
      }
      working = true;
      const result = await this.#work(name, lock, controller.signal, work, end);
      if (controller.signal.aborted)
        throw new LockError('CANCELLED', `the work under ${name} was told to stop.`);
      return result;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async #work<T>(
    name: string,
    lock: HeldLock,
    signal: AbortSignal,
    work: (held: Held) => Promise<T>,
    end: Promise<readonly [LockEnd, unknown]>,
  ): Promise<T> {
    const { token } = lock;
    let result: T;
    try {
      result = await work({
        token,
        guard: { lock: name, token },
        signal,
        mayStart: () => lock.mayStart(this.#host.nowUs()),
        again: (inner) => this.#again(name, lock, inner),
      });
    } finally {
      lock.release(this.#host.nowUs());
      this.#host.changed();
    }
    const [how, answer] = await end;
    if (how !== 'released' && how !== 'unknown') throw endError(name, how, answer);
    return result;
  }

  async #again<T>(name: string, lock: HeldLock, work: () => Promise<T>): Promise<T> {
    const [granted, answer] = await new Promise<readonly [boolean, unknown]>((resolve) => {
      lock.again(this.#host.nowUs(), (...answered) => resolve(answered));
      this.#host.changed();
    });
    if (!granted) {
      const { error = 'LOST' } = (answer ?? {}) as { readonly error?: string };
      const why = error === 'LOST' ? 'the lease is over' : JSON.stringify(answer);
      throw new LockError(error, `${name} was not acquired once more: ${why}.`);
    }
    try {
      return await work();
    } finally {
      lock.releaseAgain(this.#host.nowUs());
      this.#host.changed();
    }
  }
}

function endError(name: string, how: LockEnd, answer: unknown): LockError {
  const told = (answer ?? {}) as { busy?: boolean; timeout?: boolean; cancelled?: boolean; error?: string };
  if (how === 'lost') return new LockError('LOST', `the lease of ${name} was over before the work was.`);
  if (how === 'unknown')
    return new LockError('UNKNOWN', `nobody knows whether ${name} was had; a holding ends with its lease.`);
  if (told.busy === true) return new LockError('BUSY', `another holds ${name}.`);
  if (told.timeout === true) return new LockError('TIMEOUT', `${name} did not come free in time.`);
  if (told.cancelled === true) return new LockError('CANCELLED', `the wait for ${name} was given up.`);
  return new LockError(told.error ?? 'NOT_GRANTED', `${name} was refused: ${JSON.stringify(answer)}.`);
}
