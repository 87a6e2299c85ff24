/**
 * The client over real sockets, as promises: the sans-I/O `Client` unchanged, over one link to each replica.
 *
 * `execute` tells how an operation ended, unknown included; `get`, `put`, `delete`, `cas` and `transfer` give the answer or throw `OperationError`.
 */
import { randomInt } from 'node:crypto';
import { Client } from '../client.ts';
import type { ClientConfig, ClientOperation } from '../client.ts';
import type { ClientMessage } from '../client-messages.ts';
import { replicaCodec } from '../codec.ts';
import type { Guard } from '../machine/locks/operations.ts';
import type { RegisterValue } from '../machine/registers/registers.ts';
import type { Context } from '../machine/siblings/operations.ts';
import type { Outcome } from '../observe.ts';
import { parsePeers } from './address.ts';
import { HeldLocks } from './held.ts';
import type { Held, WithLockOptions } from './held.ts';
import { GroupBarrier } from './group-barrier.ts';
import type { BarrierOptions } from './group-barrier.ts';
import { systemClock, SystemTimers } from './clock.ts';
import { protocolVersion } from './handshake.ts';
import { Link } from './link.ts';
import { systemRandom } from './system-random.ts';

/** How to reach a group. */
export interface ConnectOptions extends Pick<
  ClientConfig,
  'attemptTimeoutUs' | 'giveUpUs' | 'sessionTtlUs' | 'readsAt' | 'retryMinUs' | 'retryMaxUs'
> {
  /** Addresses of all replicas, in the order of their ids. */
  readonly peers: readonly string[];
  /** Name of the cluster (default `stormglass`). */
  readonly cluster?: string;
  /** One line for people: a replica that refuses this client. */
  readonly onNotice?: (line: string) => void;
}

/** How an operation ended. */
export interface Completion {
  /** `ok`; `fail`: it certainly did not happen; `info`: it may have happened, or happen yet. */
  readonly outcome: Outcome;
  /** The answer; of `fail` and `info` the last refusal as `{ error }`, or null. */
  readonly value: unknown;
  /** Log index at which it took effect, 0 where unknown. */
  readonly place: number;
  /** Of the request, 0 where it got none. */
  readonly session: number;
  readonly number: number;
}

/** An operation that was refused by name, failed, or whose result is unknown. */
export class OperationError extends Error {
  /** The name of the refusal (`VALUE_TOO_LARGE`), or `FAILED` | `UNKNOWN`. */
  readonly code: string;
  readonly outcome: Outcome;
  constructor(code: string, outcome: Outcome, message: string) {
    super(`${code}: ${message}`);
    this.name = 'OperationError';
    this.code = code;
    this.outcome = outcome;
  }
}

const timerKey = 0;
/** Bound of the clocks' drift that leases allow for, as the replicas do. */
const rhoPpm = 10_000;

/** A client of a running group. */
export class GroupClient {
  readonly #client: Client;
  readonly #links: readonly Link[];
  readonly #timers: SystemTimers;
  readonly #waiting = new Map<number, (completion: Completion) => void>();
  readonly #held: HeldLocks;
  #lastId = 0;
  #closed = false;

  /**
   * Dials all replicas and goes on dialling those that cannot be reached.
   * @throws HostError `BAD_ADDRESS` | `BAD_PEERS`
   * @throws CoreError `BAD_CONFIGURATION`
   */
  constructor(options: ConnectOptions) {
    const addresses = parsePeers(options.peers);
    const { peers: _peers, cluster = 'stormglass', onNotice = () => {}, ...config } = options;
    // Sessions are told apart by it; each process is a client of its own.
    const node = randomInt(2 ** 47);
    const servers = addresses.map((_, id) => id);
    this.#client = new Client({ ...config, servers, node, boot: 1 }, systemRandom);
    this.#held = new HeldLocks(
      {
        nowUs: () => systemClock.monotonicUs(),
        submit: (nowUs, operation, giveUpAtUs) => {
          this.#lastId += 1;
          this.#client.submit(nowUs, this.#lastId, operation, giveUpAtUs);
          return this.#lastId;
        },
        sessionUntilUs: (session) => this.#client.sessionUntilUs(session, rhoPpm),
        changed: () => this.#flush(),
      },
      rhoPpm,
    );
    this.#timers = new SystemTimers(systemClock, () => {
      const nowUs = systemClock.monotonicUs();
      this.#client.wake(nowUs);
      this.#flush();
      this.#held.wake(nowUs);
      this.#flush();
    });
    this.#links = addresses.map(
      (address, target) =>
        new Link(
          address,
          {
            kind: 'greeting',
            protocol: protocolVersion,
            cluster,
            role: 'client',
            id: node,
            instance: '',
            boot: 1,
            target,
          },
          {
            down: () => this.#lost(target),
            frame: (frame) => this.#frame(target, frame),
            notice: onNotice,
          },
        ),
    );
  }

  /** Carries out one operation. Never rejects: what cannot be known ends as `info`. @throws Error after `close` */
  execute(operation: ClientOperation): Promise<Completion> {
    if (this.#closed) throw new Error('this client is closed: make another.');
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#client.submit(systemClock.monotonicUs(), id, operation);
      this.#flush();
    });
  }

  /** The value of a key and the version of its last write; `{ value: null, version: 0 }` where it is absent. @throws OperationError */
  async get(key: string): Promise<{ readonly value: RegisterValue | null; readonly version: number }> {
    return (await this.#answer({ f: 'get', key })) as { value: RegisterValue | null; version: number };
  }

  /** Writes a safe integer or a text. @returns the new version @throws OperationError */
  async put(key: string, value: RegisterValue): Promise<{ readonly version: number }> {
    return (await this.#answer({ f: 'put', key, value })) as { version: number };
  }

  /** Removes a key. @throws OperationError */
  async delete(key: string): Promise<{ readonly existed: boolean }> {
    return (await this.#answer({ f: 'delete', key })) as { existed: boolean };
  }

  /** Writes if the key's version is `version` (0: if it is absent). @returns the new version, or what stands @throws OperationError */
  async cas(
    key: string,
    version: number,
    value: RegisterValue,
  ): Promise<
    | { readonly done: true; readonly version: number }
    | { readonly done: false; readonly value: RegisterValue | null; readonly version: number }
  > {
    return (await this.#answer({ f: 'cas', key, version, value })) as Awaited<ReturnType<GroupClient['cas']>>;
  }

  /**
   * Runs `work` under a lock: waits for it, renews by itself, starts only under an acknowledged lease, aborts `held.signal` *before* anybody else can have the lock, and
   * gives it up afterwards. Whatever the lock protects should be given `held.guard` (or look at `held.token`): a process may fall asleep right after it has looked.
   * @throws LockError where the lock is not had, or lost; whatever `work` throws
   */
  withLock<T>(lock: string, work: (held: Held) => Promise<T>, options: WithLockOptions = {}): Promise<T> {
    if (this.#closed) throw new Error('this client is closed: make another.');
    return this.#held.run(lock, options, work);
  }

  /** Creates the barrier, or finds it where it is there with the same specification. @throws OperationError */
  async barrier(name: string, options: BarrierOptions = {}): Promise<GroupBarrier> {
    const { timeoutMs, ...spec } = options;
    const timeout = timeoutMs === undefined ? {} : { timeoutUs: timeoutMs * 1_000 };
    const operation: ClientOperation = { f: 'createBarrier', barrier: name, ...spec, ...timeout };
    const { creation, generation } = (await this.#answer(operation)) as {
      creation: number;
      generation: number;
    };
    return new GroupBarrier(name, creation, generation, (asked) => this.#answer(asked));
  }

  /**
   * Reads a register that keeps concurrent values, makes one value of all that stand, and writes it back; again from the start where another wrote in between.
   * @param actor this client's configured name, the same through its restarts
   * @param resolve given the values that stand, none at first: pure, it may be called several times
   * @throws OperationError
   */
  async update(
    key: string,
    actor: string,
    resolve: (values: readonly RegisterValue[]) => RegisterValue,
    guard?: Guard,
  ): Promise<RegisterValue> {
    type Shown = {
      readonly siblings: readonly { readonly value: RegisterValue }[];
      readonly context: Context;
    };
    let shown = (await this.#answer({ f: 'getSiblings', key })) as Shown;
    for (;;) {
      const value = resolve(shown.siblings.map((sibling) => sibling.value));
      const asked = { f: 'casSiblings', key, actor, value, context: shown.context, guard } as const;
      const answer = (await this.#answer(asked)) as Shown & { readonly done: boolean };
      if (answer.done) return value;
      shown = answer;
    }
  }

  /** Gives leadership to a replica. @throws OperationError */
  async transfer(target: number): Promise<void> {
    await this.#answer({ f: 'transfer', target });
  }

  /** Hangs up. What is under way ends as `info`; the session expires by itself. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timers.stop();
    for (const link of this.#links) link.close();
    this.#held.close();
    const unknown: Completion = { outcome: 'info', value: null, place: 0, session: 0, number: 0 };
    for (const resolve of this.#waiting.values()) resolve(unknown);
    this.#waiting.clear();
  }

  async #answer(operation: ClientOperation): Promise<unknown> {
    const { outcome, value } = await this.execute(operation);
    const error = (value as { readonly error?: unknown } | null)?.error;
    const named = typeof error === 'string' ? error : null;
    if (outcome === 'ok' && named === null) return value;
    if (outcome === 'ok') throw new OperationError(named!, outcome, `${operation.f} was refused.`);
    const last = named === null ? '' : ` The last refusal was ${named}.`;
    throw outcome === 'fail'
      ? new OperationError('FAILED', outcome, `${operation.f} was not carried out.${last}`)
      : new OperationError('UNKNOWN', outcome, `${operation.f} may have happened, or happen yet.${last}`);
  }

  #lost(target: number): void {
    this.#client.unreachable(systemClock.monotonicUs(), target);
    this.#flush();
  }

  #frame(from: number, frame: Uint8Array): boolean {
    const message = replicaCodec.decode(frame) as ClientMessage | null;
    if (message === null) return false;
    this.#client.receive(systemClock.monotonicUs(), from, message);
    this.#flush();
    return true;
  }

  #flush(): void {
    if (this.#closed) return;
    this.#client.drain({
      send: (to, message) => this.#send(to, message),
      done: (id, outcome, value, place, session, number, sent) => {
        this.#held.completed(id, outcome, value, session, sent);
        const resolve = this.#waiting.get(id);
        this.#waiting.delete(id);
        resolve?.({ outcome, value, place, session, number });
      },
    });
    for (const link of this.#links) link.flush();
    const atUs = Math.min(this.#client.nextWakeUs(), this.#held.nextWakeUs());
    if (atUs === Number.MAX_SAFE_INTEGER) this.#timers.cancel(timerKey);
    else this.#timers.set(timerKey, atUs);
  }

  #send(to: number, message: ClientMessage): void {
    const link = this.#links[to]!;
    if (link.send(replicaCodec.encode(message)) || link.isUp) return;
    // Not connected: told at once, but not in the middle of what the client does now.
    setImmediate(() => {
      if (!link.isUp && !this.#closed) this.#lost(to);
    });
  }
}
