/**
 * The timers of one host: deadlines on its local clock, one per key.
 *
 * A replica moves its deadline with every message. So the queue holds at most one live entry per key, no later than the deadline, and it
 * is not moved when the deadline moves away: when the entry comes up too early it looks again later. Entries that a nearer deadline has
 * overtaken carry an old generation and are passed over.
 */
import type { HostClock } from './clocks.ts';
import { TIMER } from './events.ts';
import type { Scheduler } from './scheduler.ts';

/** Keys are integers from 0 to 63. */
export const TIMER_KEYS = 64;
const NONE = -1;

export class HostTimers {
  private readonly host: number;
  private readonly clock: HostClock;
  private readonly scheduler: Scheduler;
  /** Local time, or NONE. */
  private readonly deadlines = new Float64Array(TIMER_KEYS).fill(NONE);
  /** Virtual time of the live queue entry; Infinity where there is none. */
  private readonly looksAt = new Float64Array(TIMER_KEYS).fill(Infinity);
  private readonly generations = new Int32Array(TIMER_KEYS);

  constructor(host: number, clock: HostClock, scheduler: Scheduler) {
    this.host = host;
    this.clock = clock;
    this.scheduler = scheduler;
  }

  /** Arms or moves a deadline. @throws RangeError for a key outside 0 … 63 or a time that is no number below 2^53. */
  set(key: number, localUs: number, nowUs: number): void {
    if (!(key >= 0 && key < TIMER_KEYS) || !Number.isInteger(key)) {
      throw new RangeError(`timer key ${key} is not an integer from 0 to ${TIMER_KEYS - 1}`);
    }
    if (!(localUs < Number.MAX_SAFE_INTEGER)) {
      throw new RangeError(`timer ${key} cannot be set to ${localUs}: give a local time in microseconds`);
    }
    this.deadlines[key] = localUs > 0 ? Math.ceil(localUs) : 0;
    this.aim(key, nowUs);
  }

  cancel(key: number): void {
    if (key >= 0 && key < TIMER_KEYS) this.deadlines[key] = NONE;
  }

  /** All deadlines are forgotten: the process is gone. */
  clear(): void {
    this.deadlines.fill(NONE);
  }

  /** The deadlines that are armed, by key. */
  armed(): { readonly key: number; readonly atUs: number }[] {
    const armed: { key: number; atUs: number }[] = [];
    for (let key = 0; key < TIMER_KEYS; key += 1) {
      const atUs = this.deadlines[key] as number;
      if (atUs !== NONE) armed.push({ key, atUs });
    }
    return armed;
  }

  /** Makes sure that the queue looks at an armed key in time. */
  aim(key: number, nowUs: number): void {
    const deadline = this.deadlines[key] as number;
    if (deadline === NONE) return;
    const due = this.clock.worldTimeOf(deadline);
    const at = due > nowUs ? due : nowUs;
    if ((this.looksAt[key] as number) <= at) return;
    const generation = (this.generations[key] as number) + 1;
    this.generations[key] = generation;
    this.looksAt[key] = at;
    this.scheduler.schedule(at, TIMER, this.host, key, generation, null);
  }

  /** The clock's rate has changed: deadlines may come earlier than they seemed to. */
  aimAll(nowUs: number): void {
    for (let key = 0; key < TIMER_KEYS; key += 1) this.aim(key, nowUs);
  }

  /** A queue entry came up. @returns whether the deadline of `key` has come; it stays armed until `fire`. */
  isDue(key: number, generation: number, nowUs: number): boolean {
    if (generation !== this.generations[key]) return false;
    this.looksAt[key] = Infinity;
    const deadline = this.deadlines[key] as number;
    if (deadline === NONE) return false;
    if (this.clock.monotonicAt(nowUs) >= deadline) return true;
    this.aim(key, nowUs);
    return false;
  }

  /** Disarms a key that is due. */
  fire(key: number): void {
    this.deadlines[key] = NONE;
  }
}
