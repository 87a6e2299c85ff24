/**
 * When a fault starts and whom it hits, in words: constructors for the plan's `When`, `Pattern` and `Target`.
 * A trigger is what makes rare windows common: a crash at a random instant hits an fsync of 0.1–1 ms hardly ever.
 */
import type { Random } from '../core/ports.ts';
import type { Pattern, Target, When } from './plan.ts';

/** The name of the target that a trigger hits itself: the host whose event matched. */
export const MATCHED = 'matched';

/** These hosts. */
export function hosts(...numbers: readonly number[]): Target {
  return { hosts: numbers };
}

/** Whoever the scenario's selector of this name picks when the fault starts (`leader`, `follower`, `most-behind`). */
export function selected(name: string): Target {
  return { select: name };
}

/** The host whose event set off the trigger. */
export const matched: Target = { select: MATCHED };

/** A moment that triggers can wait for. */
export interface Moment {
  readonly match: Pattern;
  /** From the match to the fault, µs, drawn uniformly; both ends included. */
  readonly delayUs: readonly [min: number, max: number];
  /** Which match sets it off, drawn uniformly from 1 to this. */
  readonly nthMax: number;
}

/**
 * An fsync is in flight. The delay stays below the shortest fsync of the default disk (100 µs), so that the fault comes
 * in the middle of it.
 */
export const inFsync: Moment = { match: { on: 'fsync' }, delayUs: [0, 90], nthMax: 24 };

/** A replica took over a higher term: its term, and the vote that often comes with it, are on their way to the disk. */
export const atTermChange: Moment = {
  match: { on: 'observation', kind: 'termChanged' },
  delayUs: [0, 90],
  nthMax: 3,
};

/** A vote has just left: a voter that forgets it now may vote again. */
export const atVote: Moment = { match: { on: 'observation', kind: 'voted' }, delayUs: [0, 90], nthMax: 3 };

/** A leader was elected this very moment: its first entry is on no disk but its own. */
export const atElection: Moment = {
  match: { on: 'observation', kind: 'leaderElected' },
  delayUs: [0, 1_000],
  nthMax: 1,
};

/** A leader was elected a short while ago: what it had from earlier terms is on its way to the others. */
export const afterElection: Moment = {
  match: { on: 'observation', kind: 'leaderElected' },
  delayUs: [0, 60_000],
  nthMax: 1,
};

/** Draws the trigger of a moment, armed from `afterUs` on. Always two draws. */
export function drawTrigger(moment: Moment, afterUs: number, random: Random): When {
  const nth = random.between(1, moment.nthMax);
  const delayUs = random.between(moment.delayUs[0], moment.delayUs[1]);
  return { match: moment.match, nth, afterUs, delayUs };
}

/** The instant from which an episode can be in force: exact without a trigger. */
export function earliestUs(when: When): number {
  return 'atUs' in when ? when.atUs : when.afterUs;
}

/** The selector that a target names; `null` for hosts and for the trigger's own host. */
export function selectorOf(target: Target): string | null {
  return 'select' in target && target.select !== MATCHED ? target.select : null;
}
