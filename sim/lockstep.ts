/**
 * Two worlds step by step: the check that a run is decided by its seed alone. A system that draws on outside randomness, reads a real clock or depends on
 * the order of a set's addresses parts from its twin at some event, and this names the first one.
 */
import { kindNames } from './events.ts';
import type { World } from './world.ts';

/** Steps between two signs of life. */
const STEPS_PER_SIGN = 4_096;

/** The first event at which two runs of one plan differ. */
export interface Divergence {
  /** Number of the event. */
  readonly seq: number;
  /** What each world did there; `null`: it had already ended. */
  readonly a: DivergingEvent | null;
  readonly b: DivergingEvent | null;
  /** The difference in a sentence. */
  readonly message: string;
}

/** The same event number in two worlds: what each did. */
export interface DivergingEvent {
  /** Virtual microseconds. */
  readonly at: number;
  readonly host: number;
  readonly kind: string;
  /** Digest of the payload. */
  readonly digest: number;
}

/**
 * Runs two worlds to their end.
 * @param makeA makes a world
 * @param makeB makes another, of the same plan
 * @param onProgress told the virtual time every few thousand steps, so that a long run can show life
 * @returns `null` where they agree in every event
 */
export function lockstep(
  makeA: () => World,
  makeB: () => World,
  onProgress?: (virtualUs: number) => void,
): Divergence | null {
  const a = makeA();
  const b = makeB();
  for (let steps = 1; ; steps += 1) {
    if (onProgress !== undefined && steps % STEPS_PER_SIGN === 0) onProgress(a.nowUs);
    const moreA = a.step();
    const moreB = b.step();
    if (!moreA && !moreB) return a.agreesWith(b) ? null : diverged(a, b, true, true);
    if (moreA !== moreB || !a.agreesWith(b)) return diverged(a, b, moreA, moreB);
  }
}

function eventOf(world: World): DivergingEvent {
  return {
    at: world.lastAt,
    host: world.lastHost,
    kind: kindNames[world.lastKind] ?? 'none',
    digest: world.lastDigest,
  };
}

function diverged(a: World, b: World, hasA: boolean, hasB: boolean): Divergence {
  const seq = Math.max(a.events, b.events);
  const eventA = hasA ? eventOf(a) : null;
  const eventB = hasB ? eventOf(b) : null;
  return { seq, a: eventA, b: eventB, message: `event ${seq}: ${difference(eventA, eventB)}` };
}

function difference(a: DivergingEvent | null, b: DivergingEvent | null): string {
  if (a === null || b === null) {
    const there = a ?? b;
    const which = a === null ? 'second' : 'first';
    return there === null ? 'both runs had ended' : `only the ${which} run had one, ${words(there)}`;
  }
  const same = a.at === b.at && a.host === b.host && a.kind === b.kind && a.digest === b.digest;
  if (same)
    return `${words(a)} was the same input in both runs, but node ${a.host} did not observe the same afterwards`;
  return `${words(a)} in the first run, ${words(b)} in the second`;
}

function words(event: DivergingEvent): string {
  return `${event.kind} on node ${event.host} at ${event.at} us (payload ${(event.digest >>> 0).toString(16).padStart(8, '0')})`;
}
