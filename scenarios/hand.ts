/**
 * A worker as the main thread sees it: it is asked one thing at a time and watched while it works. A synchronous event that never ends can
 * be stopped only from outside, so a worker that shows no life for too long is ended.
 */
import { Worker } from 'node:worker_threads';
import { loadRef } from './load-scenario.ts';
import { lifeSigns } from './worker-messages.ts';
import type { Reply, Request, TracedBatch } from './worker-messages.ts';
import { WorkerService } from './worker-service.ts';

/** How often the watch looks. It counts looks, not time, so that a machine that was asleep ends nobody. */
const looksPerLimit = 20;

/** The event that a worker did not survive. */
export interface LostAt {
  readonly seq: number;
  /** Virtual microseconds. */
  readonly atUs: number;
  readonly host: number;
}

/** A worker is gone: it showed no life, or died by itself. */
export class HandLost extends Error {
  readonly reason: 'silent' | 'died';
  /** Virtual time at its last sign of life. */
  readonly virtualMs: number;
  /** The event that it was at, where it told each one; else null. */
  readonly event: LostAt | null;
  constructor(reason: 'silent' | 'died', message: string, virtualMs: number, event: LostAt | null = null) {
    super(message);
    this.event = event;
    this.name = 'HandLost';
    this.reason = reason;
    this.virtualMs = virtualMs;
  }
}

/** Asks a worker. One request at a time. */
export interface Hand {
  /**
   * @param silenceMs wall time without a sign of life after which the worker is ended
   * @throws HandLost; the hand is then of no more use.
   */
  ask(request: Request, silenceMs: number, onTrace?: (batch: TracedBatch) => void): Promise<Reply>;
  /** Ends the worker; a request under way is rejected with HandLost. */
  dismiss(): Promise<void>;
}

/** Makes a hand. Campaigns take it as an argument; tests pass one without threads. */
export type Hire = () => Hand;

/** A hand on a thread of its own. */
export const hireThread: Hire = () => new ThreadHand();

/**
 * A hand in this very thread: what it runs can be stopped in a debugger, and nobody watches whether its events end.
 * @param onBeforeLast called right before the last event of a replay that stops at one
 */
export function hireHere(onBeforeLast: () => void): Hire {
  return () => {
    let onTrace: ((batch: TracedBatch) => void) | undefined;
    const life = new Int32Array(lifeSigns.slots);
    const service = new WorkerService(life, (batch) => onTrace?.(batch), loadRef, onBeforeLast);
    return {
      ask(request, _silenceMs, trace) {
        onTrace = trace;
        return service.answer(request);
      },
      dismiss: () => Promise.resolve(),
    };
  };
}

/**
 * Room for young objects in a worker's heap: three semi-spaces of 32 MB, twice what Node gives. A world makes many short-lived objects (entries of the
 * queue, messages, observations); in the usual room an eighth of the time went into copying those that were still in flight.
 */
const youngGenerationMb = 96;

class ThreadHand implements Hand {
  readonly #life = new Int32Array(new SharedArrayBuffer(4 * lifeSigns.slots));
  readonly #worker: Worker;
  #settle: { resolve(reply: Reply): void; reject(error: Error): void } | null = null;
  #onTrace: ((batch: TracedBatch) => void) | undefined;
  /** Why it ended, if nobody was asking then. */
  #death: string | null = null;

  constructor() {
    this.#worker = new Worker(new URL(entry(), import.meta.url), {
      workerData: { life: this.#life.buffer },
      // What processes under test print is not part of a report.
      stdout: true,
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
    });
    this.#worker.stdout.on('data', (chunk: Uint8Array) => process.stderr.write(chunk));
    this.#worker.on('message', (message: Reply | TracedBatch) => {
      if (message.type === 'traced') this.#onTrace?.(message);
      else this.#take()?.resolve(message);
    });
    this.#worker.on('error', (error: unknown) => {
      this.#lost('died', error instanceof Error ? error.message : String(error));
    });
    this.#worker.on('exit', (code) => this.#lost('died', `its thread ended with code ${code}`));
  }

  ask(request: Request, silenceMs: number, onTrace?: (batch: TracedBatch) => void): Promise<Reply> {
    if (this.#settle !== null) throw new Error('a hand does one thing at a time');
    return new Promise<Reply>((resolve, reject) => {
      this.#onTrace = onTrace;
      const watch = this.#watch(silenceMs);
      this.#settle = {
        resolve: (reply) => {
          clearInterval(watch);
          resolve(reply);
        },
        reject: (error) => {
          clearInterval(watch);
          reject(error);
        },
      };
      if (this.#death === null) this.#worker.postMessage(request);
      else this.#lost('died', this.#death);
    });
  }

  async dismiss(): Promise<void> {
    await this.#worker.terminate();
  }

  #watch(silenceMs: number): NodeJS.Timeout {
    let beats = -1;
    let looks = 0;
    return setInterval(
      () => {
        const now = Atomics.load(this.#life, lifeSigns.beats);
        looks = now === beats ? looks + 1 : 0;
        beats = now;
        if (looks < looksPerLimit) return;
        this.#lost('silent', 'it showed no sign of life');
        void this.#worker.terminate();
      },
      Math.max(1, Math.floor(silenceMs / looksPerLimit)),
    );
  }

  #take(): { resolve(reply: Reply): void; reject(error: Error): void } | null {
    const settle = this.#settle;
    this.#settle = null;
    return settle;
  }

  #lost(reason: 'silent' | 'died', message: string): void {
    this.#death ??= message;
    const virtualMs = Atomics.load(this.#life, lifeSigns.virtualMs);
    const seq = Atomics.load(this.#life, lifeSigns.event);
    const atUs = virtualMs * 1000 + Atomics.load(this.#life, lifeSigns.microseconds);
    const event = seq === 0 ? null : { seq, atUs, host: Atomics.load(this.#life, lifeSigns.host) };
    this.#take()?.reject(new HandLost(reason, message, virtualMs, event));
  }
}

function entry(): string {
  return import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js';
}
