/**
 * The clocks of a host.
 *
 * Fault model: a monotonic clock runs too fast or too slow by a constant rate between two events of the plan, never jumps and never
 * goes back; it goes on through pauses, crashes and restarts. The scenario bounds its drift (ρ). Leases and timers may rest on that bound alone.
 * A wall clock drifts along, starts wrong, and may be set to anything at any time: an operator, or a daemon, corrects it.
 *
 * All is integer arithmetic: local(t) = base + (t − t0) + trunc((t − t0) · ppm / 10^6), exact while (t − t0) · ppm stays below 2^53 (250 hours
 * at 1 %).
 */
export class HostClock {
  private ppm: number;
  private changedAt = 0;
  private localBase: number;
  private readonly origin: number;
  private wallOffset: number;

  /**
   * @param driftPpm rate 1 + driftPpm/10^6; above −10^6
   * @param wallOffsetUs what the wall clock shows at virtual time 0
   * @param originUs what the monotonic clock shows then: hosts start at different values, so that nobody compares them
   */
  constructor(driftPpm: number, wallOffsetUs: number, originUs: number) {
    this.ppm = checked(driftPpm);
    this.localBase = originUs;
    this.origin = originUs;
    this.wallOffset = wallOffsetUs;
  }

  /** The present drift in parts per million. */
  get driftPpm(): number {
    return this.ppm;
  }

  /** What the monotonic clock shows at virtual time `nowUs`, which must not lie before the last change of the rate. */
  monotonicAt(nowUs: number): number {
    const elapsed = nowUs - this.changedAt;
    if (this.ppm === 0) return this.localBase + elapsed;
    return this.localBase + elapsed + Math.trunc((elapsed * this.ppm) / 1_000_000);
  }

  /** What the wall clock shows at virtual time `nowUs`. */
  wallAt(nowUs: number): number {
    return this.wallOffset + this.monotonicAt(nowUs) - this.origin;
  }

  /**
   * The first microsecond of virtual time at which the monotonic clock has reached `localUs`, if its rate does not change again. Rounding
   * down instead would wake a process too early, which would then set the same deadline for ever.
   */
  worldTimeOf(localUs: number): number {
    const wanted = localUs - this.localBase;
    if (wanted <= 0) return this.changedAt;
    if (this.ppm === 0) return this.changedAt + wanted;
    // An estimate in doubles, corrected by the exact rule; the loops run a step or two.
    let elapsed = Math.floor((wanted * 1_000_000) / (1_000_000 + this.ppm));
    while (elapsed > 0 && this.reached(elapsed - 1, wanted)) elapsed -= 1;
    while (!this.reached(elapsed, wanted)) elapsed += 1;
    return this.changedAt + elapsed;
  }

  /** From `nowUs` on the clock runs with another drift; what it shows at that instant stays. */
  setDrift(driftPpm: number, nowUs: number): void {
    const local = this.monotonicAt(nowUs);
    this.localBase = local;
    this.changedAt = nowUs;
    this.ppm = checked(driftPpm);
  }

  /** Moves the wall clock. */
  jumpWall(deltaUs: number): void {
    this.wallOffset += deltaUs;
  }

  private reached(elapsed: number, wanted: number): boolean {
    return elapsed + Math.trunc((elapsed * this.ppm) / 1_000_000) >= wanted;
  }
}

function checked(ppm: number): number {
  if (!Number.isSafeInteger(ppm) || ppm <= -1_000_000) {
    throw new Error(`a clock cannot drift by ${ppm} ppm: give an integer above -1000000`);
  }
  return ppm;
}
