/** The clients of the kill test: all in this process, on one monotonic clock, one operation at a time each; what they asked and heard is the history. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../core/host/clock.ts';
import { GroupClient } from '../../core/host/index.ts';
import type { Completion } from '../../core/host/index.ts';
import type { RegisterOperation } from '../../core/machine/registers/registers.ts';
import type { Envelope, Observation } from '../../core/observe.ts';
import type { RecordedObservation } from '../observation-file.ts';

/** How much is asked. */
export interface LoadOptions {
  readonly peers: readonly string[];
  readonly clients: number;
  readonly keys: number;
  /** Mean wait between two operations of a client; 0: none. */
  readonly thinkMs: number;
  /** Hosts that serve: clients are numbered after them. */
  readonly servers: number;
}

/** Runs until it is told to end. */
export class Load {
  readonly #options: LoadOptions;
  readonly #clients: readonly GroupClient[];
  readonly #running: Promise<void>[];
  readonly #versions = new Map<string, number>();
  readonly history: RecordedObservation[] = [];
  /** When a write was acknowledged, in microseconds of the monotonic clock, ascending. */
  readonly acknowledgedAt: number[] = [];
  #lastId = 0;
  #ending = false;

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#clients = Array.from(
      { length: options.clients },
      (_, i) => new GroupClient({ peers: options.peers, readsAt: i % 2 === 0 ? 'leader' : 'any' }),
    );
    this.#running = this.#clients.map((client, i) => this.#run(client, i));
  }

  /** Lets what is under way end, then reads every key once more: what was acknowledged must still be there. */
  async end(): Promise<void> {
    this.#ending = true;
    await Promise.all(this.#running);
    const reader = this.#clients[0]!;
    for (let key = 0; key < this.#options.keys; key += 1)
      await this.#ask(reader, 0, { f: 'get', key: `k${key}` });
    for (const client of this.#clients) client.close();
  }

  /** How the operations ended. */
  counts(): { readonly ok: number; readonly fail: number; readonly info: number } {
    const counts = { ok: 0, fail: 0, info: 0 };
    for (const { observation } of this.history) {
      if (observation.kind === 'completed') counts[(observation as unknown as Completion).outcome] += 1;
    }
    return counts;
  }

  async #run(client: GroupClient, process: number): Promise<void> {
    const { keys, thinkMs } = this.#options;
    while (!this.#ending) {
      const key = `k${randomInt(keys)}`;
      await this.#ask(client, process, this.#draw(key));
      if (thinkMs > 0) await sleep(randomInt(2 * thinkMs + 1));
    }
  }

  #draw(key: string): RegisterOperation {
    const kind = randomInt(10);
    // Values are distinct: a read names the one write that it saw.
    const value = this.#lastId + 1;
    if (kind < 5) return { f: 'put', key, value };
    if (kind < 8) return { f: 'get', key };
    if (kind < 9) return { f: 'cas', key, version: this.#versions.get(key) ?? 0, value };
    return { f: 'delete', key };
  }

  async #ask(client: GroupClient, process: number, op: RegisterOperation): Promise<void> {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#note(process, { kind: 'invoked', process, id, op });
    const ended = await client.execute(op);
    this.#note(process, { kind: 'completed', process, id, ...ended });
    if (ended.outcome !== 'ok') return;
    const { version } = (ended.value ?? {}) as { readonly version?: number };
    if (version !== undefined) this.#versions.set(op.key, version);
    if (op.f !== 'get') this.acknowledgedAt.push(this.history.at(-1)!.envelope.at);
  }

  #note(process: number, observation: Observation): void {
    const at = systemClock.monotonicUs();
    const envelope: Envelope = { at, node: this.#options.servers + process, group: 0, boot: 1, seq: 0 };
    this.history.push({ observation, envelope });
  }
}
