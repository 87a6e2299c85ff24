/** The clocks and timers of a real machine, as the ports want them: integers in microseconds, deadlines by key. */
import type { Clock, Timers } from '../ports.ts';

/**
 * `process.hrtime` reads the machine's monotonic clock (CLOCK_MONOTONIC on Linux): it goes on across boots of the process, and it stands still
 * while the machine sleeps.
 */
export const systemClock: Clock = {
  monotonicUs(): number {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1_000_000 + Math.floor(nanoseconds / 1_000);
  },
  wallUs(): number {
    return Date.now() * 1_000;
  },
};

/** Deadlines by key over one real timer, armed for the earliest. Node's timers tick in milliseconds: a deadline is late by up to one, never early. */
export class SystemTimers implements Timers {
  readonly #clock: Clock;
  readonly #fire: (key: number) => void;
  readonly #deadlines = new Map<number, number>();
  #timer: NodeJS.Timeout | null = null;
  #armedAtUs = 0;
  #stopped = false;

  /** @param fire told of each key whose deadline came, in an event of its own */
  constructor(clock: Clock, fire: (key: number) => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  set(key: number, atUs: number): void {
    this.#deadlines.set(key, atUs);
    this.#arm();
  }

  cancel(key: number): void {
    this.#deadlines.delete(key);
    this.#arm();
  }

  /** No deadline comes any more. */
  stop(): void {
    this.#stopped = true;
    this.#deadlines.clear();
    this.#arm();
  }

  #arm(): void {
    let earliest = Infinity;
    for (const atUs of this.#deadlines.values()) if (atUs < earliest) earliest = atUs;
    // One that is armed for sooner is left alone: it finds nothing due, and arms the next.
    if (this.#timer !== null && this.#armedAtUs <= earliest && earliest !== Infinity) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (earliest === Infinity || this.#stopped) return;
    this.#armedAtUs = earliest;
    const waitMs = Math.max(0, Math.ceil((earliest - this.#clock.monotonicUs()) / 1_000));
    this.#timer = setTimeout(() => this.#due(), waitMs);
  }

  #due(): void {
    this.#timer = null;
    const nowUs = this.#clock.monotonicUs();
    const due = [...this.#deadlines].filter(([, atUs]) => atUs <= nowUs).map(([key]) => key);
    for (const key of due) this.#deadlines.delete(key);
    for (const key of due) if (!this.#stopped) this.#fire(key);
    this.#arm();
  }
}
