/**
 * The decisions about barriers, one function each; the machine calls the rules that it was created with. The meaning is that of java.util.concurrent's
 * CyclicBarrier and Phaser (generations, dynamic participants, trees of barriers), replicated.
 */
import { barrierTimeout, limits } from '../../errors.ts';

/** How a generation ended. */
export type BarrierOutcome = 'tripped' | 'broken';

/** The decisions about barriers. */
export const barrierRules = {
  /** Whether enough have arrived: ⌈numerator · participants / denominator⌉ of them, and no fewer registered than asked for. */
  thresholdMet(
    arrived: number,
    participants: number,
    spec: { readonly numerator: number; readonly denominator: number; readonly minParticipants: number },
  ): boolean {
    if (participants < Math.max(1, spec.minParticipants)) return false;
    return arrived * spec.denominator >= participants * spec.numerator;
  },

  /** Which generation an arrival is for; one of an earlier generation must not count in this one (asyncband#220). */
  arrivalIsFor(named: number, _current: number): number {
    return named;
  },

  /** Whether an arrival counts: a participant counts once a generation, however often it comes. */
  counts(hasArrived: boolean): boolean {
    return !hasArrived;
  },

  /** Whether the threshold is looked at again after somebody has left: it is lower now. */
  rechecksAfterLeaving(): boolean {
    return true;
  },

  /** Whether a trip ends the deadline of its generation. */
  tripDisarms(): boolean {
    return true;
  },

  /**
   * Whether a deadline breaks a generation: only the version that was armed last, and only while its generation is current. One that has tripped stays so
   * (CURATOR-318).
   */
  timeoutHolds(
    armed: { readonly version: number; readonly generation: number },
    version: number,
    generation: number,
  ): boolean {
    return armed.version === version && armed.generation === generation;
  },

  /** Whether a generation of a child may trip, by how the same one of its parent ended. @param parent undefined: it has not */
  mayFollow(parent: BarrierOutcome | undefined): boolean {
    return parent === 'tripped';
  },

  /** Whether one more barrier may be made beside so many. */
  mayCreate(barriers: number): boolean {
    return barriers < limits.barriers;
  },

  /** Whether one more may take part beside so many. */
  mayRegister(participants: number): boolean {
    return participants < limits.barrierParticipants;
  },

  /** Whether numerator / denominator lies in (0, 1]. */
  ratioIsAllowed(numerator: number, denominator: number): boolean {
    return numerator > 0 && numerator <= denominator && denominator <= 1_000_000;
  },

  /** Whether so many may be asked for. */
  minParticipantsIsAllowed(count: number): boolean {
    return count >= 1 && count <= limits.barrierParticipants;
  },

  /** Whether a generation may take so long: 0.1 s … 10 min; 0: for ever. */
  timeoutIsAllowed(timeoutUs: number): boolean {
    return timeoutUs === 0 || (timeoutUs >= barrierTimeout.minUs && timeoutUs <= barrierTimeout.maxUs);
  },
};

/** What a planted mistake replaces one of. */
export type BarrierRules = typeof barrierRules;
