/**
 * The plan: everything about a run that is decided before it starts, as plain data. It is drawn from the seed
 * (scenarios/), and can be printed, edited, shrunk, and replayed after the code changed. What is decided
 * per message comes from the link's random stream while the run goes, unless `decisions` freezes it.
 */

/** A distribution of durations, in integer microseconds. */
export interface DelaySpec {
  /** Uniform in [minUs, maxUs]. */
  readonly minUs: number;
  readonly maxUs: number;
  /** Parts per million of draws that get a tail on top … */
  readonly tailPpm: number;
  /** … uniform in [0, tailMaxUs]. */
  readonly tailMaxUs: number;
}

/** What every link does to messages, before any fault. Rates are parts per million. */
export interface NetworkPlan {
  readonly delay: DelaySpec;
  readonly lossPpm: number;
  readonly duplicationPpm: number;
  /** Parts per million of messages that are held back by up to `reorderMaxUs` more, so that later ones pass them. */
  readonly reorderPpm: number;
  readonly reorderMaxUs: number;
}

/** What every disk does, before any fault. */
export interface DiskPlan {
  /** How long an fsync takes. */
  readonly fsync: DelaySpec;
  /** Where damage is planned: files whose path holds this text may be damaged as soon as they are durable (a snapshot has a checksum of the whole). */
  readonly rotsAtOnce?: string;
}

/** The monotonic clock's rate is 1 + driftPpm/10^6; the wall clock starts at wallOffsetUs and drifts along. */
export interface ClockPlan {
  readonly driftPpm: number;
  readonly wallOffsetUs: number;
}

/** Hosts by number, or a selector that the scenario supplies, resolved when the fault starts (and recorded). */
export type Target = { readonly hosts: readonly number[] } | { readonly select: string };

/** What an event must look like to be counted by a trigger. `host` absent: any server. */
export interface Pattern {
  readonly on: 'fsync' | 'send' | 'observation';
  /** For observations: their kind. */
  readonly kind?: string;
  readonly host?: number;
}

/** When a fault starts: at an instant, or `delayUs` after the nth match from `afterUs` on. */
export type When =
  | { readonly atUs: number }
  | { readonly match: Pattern; readonly nth: number; readonly afterUs: number; readonly delayUs: number };

/**
 * One fault, from its start to its end. With a trigger whose target is `{select: 'matched'}` it hits the host whose event matched.
 * `args` are integers that the fault class understands (bits of a partition, a drift, …).
 */
export interface Episode {
  readonly id: number;
  /** Id of the fault class. */
  readonly fault: string;
  readonly when: When;
  readonly durationUs: number;
  readonly target: Target;
  readonly args: { readonly [name: string]: number | readonly number[] };
}

/**
 * Weather until `weatherUs`; then `quorum` is healed and judged for `quorumUs`; then all, for `allUs`.
 * Lengths of 0 leave the phase out.
 */
export interface PhasePlan {
  readonly weatherUs: number;
  readonly quorumUs: number;
  readonly allUs: number;
  /** Hosts (servers and clients) of the healed quorum. */
  readonly quorum: readonly number[];
}

/** The world's part of a plan. Hosts are servers 0 … servers−1, then clients. */
export interface WorldPlan {
  readonly seed: number;
  readonly servers: number;
  readonly clients: number;
  /** Whether messages travel as objects or as bytes; both give the same hash. */
  readonly wire: 'structured' | 'bytes';
  readonly network: NetworkPlan;
  readonly disk: DiskPlan;
  /** One per host, servers first. */
  readonly clocks: readonly ClockPlan[];
  readonly episodes: readonly Episode[];
  readonly phases: PhasePlan;
  /** The fault atlas: servers whose durable data may be damaged. Absent: nobody's. */
  readonly atlas?: readonly number[];
}

/**
 * A frozen outcome of one message: the nth (from 1) that was sent on a link. `drop` loses it; `delayUs` replaces its delay;
 * `copies` is how often it arrives.
 */
export interface Decision {
  /** `from>to`. */
  readonly link: string;
  readonly n: number;
  readonly drop?: boolean;
  readonly delayUs?: number;
  readonly copies?: number;
}

/** What a trigger and a selector came to in a run, so that a repro pins it: also that they came to nothing (no hosts). */
export interface Resolution {
  readonly episode: number;
  /** Virtual time at which the fault started, or at which it was clear that it would not. */
  readonly atUs: number;
  readonly hosts: readonly number[];
}

/** How long a run lasts, all phases. */
export function planLengthUs(plan: WorldPlan): number {
  return plan.phases.weatherUs + plan.phases.quorumUs + plan.phases.allUs;
}
