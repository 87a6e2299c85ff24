/**
 * What a fault class is: how its episodes are drawn into a plan, and what starting and stopping one does to the world.
 * The classes stand in `nemesis/`, one file a resource; the world runs any object of this shape, so that a scenario can bring its own.
 */
import type { Random } from '../core/ports.ts';
import type { DamageKind } from './disk-damage.ts';
import type { Episode, WorldPlan } from './plan.ts';

/** An episode before it has a number. */
export type EpisodeDraft = Omit<Episode, 'id' | 'fault'>;

/** What a fault class may know when its episodes are drawn. */
export interface DrawContext {
  readonly servers: number;
  readonly clients: number;
  /** Episodes start before this instant (the end of the weather). */
  readonly weatherUs: number;
  /** A stream of its own per fault class and position in the scenario. */
  readonly random: Random;
  /** Servers whose durable data may be damaged; empty where no fault of the scenario damages any. */
  readonly atlas: readonly number[];
}

/**
 * What a fault may do to the world. Cuts, pauses, downs and slowings are *counted*: two overlapping episodes that cut the same link
 * need both to end. Times are virtual.
 */
export interface FaultControl {
  readonly servers: number;
  readonly hosts: number;
  nowUs(): number;
  /** Random numbers of this episode. */
  readonly random: Random;
  /** Cuts the one-way link; what is in flight still arrives. */
  cut(from: number, to: number): void;
  mend(from: number, to: number): void;
  /** Adds to the loss, duplication, reordering (ppm) and delay (µs) of a one-way link; call with negated numbers to take it back. */
  weather(from: number, to: number, change: LinkWeather): void;
  /** Takes a host down: of the process (its page cache survives) or of the power (what was unsynced is lost or torn). */
  crash(host: number, power: boolean): void;
  /** Brings it back, with boot + 1, once no episode keeps it down. */
  restart(host: number): void;
  /** Stops the process as a stop-the-world collection does: inputs wait, clocks go on. */
  pause(host: number): void;
  resume(host: number): void;
  /** Changes the monotonic clock's rate from now on, by adding to its drift; the scenario's ρ bounds the sum. */
  drift(host: number, deltaPpm: number): void;
  /** Moves the wall clock by this much, at once. */
  jumpWall(host: number, deltaUs: number): void;
  /** Every fsync of this host that is in flight, or starts in the next `durationUs`, completes only after its end; healing the host ends it. */
  stallFsync(host: number, durationUs: number): void;
  /** Fsyncs of this host that end from now on fail, until it is called again with `false`: as often as with `true`. */
  failFsyncs(host: number, on: boolean): void;
  /** The disk has room for so many bytes, until `freeSpace`. Of several the least counts. */
  fillDisk(host: number, roomBytes: number): void;
  freeSpace(host: number): void;
  /** Damages durable bytes; on hosts of the plan's atlas only, elsewhere nothing happens. */
  damage(host: number, how: DamageKind): void;
}

/** Changes to a one-way link’s weather; what is absent stays. */
export interface LinkWeather {
  readonly lossPpm?: number;
  readonly duplicationPpm?: number;
  readonly reorderPpm?: number;
  readonly delayUs?: number;
}

/** A fault class with its parameters. */
export interface Fault {
  /** `crash`, `partition-one-way` …: stands in plans, reports, coverage. */
  readonly id: string;
  /** It damages what is durable, on hosts of the atlas: a plan in which it hits more than a minority switches off what assumes `damage<=f`. */
  readonly damages?: boolean;
  /** Draws this class's episodes of a run. Absent where a nemesis draws for several classes at once. */
  draw?(context: DrawContext): readonly EpisodeDraft[];
  /** The weather begins. `hosts` is the resolved target. */
  start(control: FaultControl, hosts: readonly number[], episode: Episode): void;
  /** It ends; also called when healing ends it early. Must undo exactly what `start` did. */
  stop(control: FaultControl, hosts: readonly number[], episode: Episode): void;
  /**
   * While the episode is active `tick` is called every so many microseconds of virtual time, `n` from 1 (flapping links).
   * Absent for faults without inner rhythm.
   */
  readonly tickEveryUs?: number;
  tick?(control: FaultControl, hosts: readonly number[], episode: Episode, n: number): void;
}

/**
 * Draws the episodes of several fault classes on one line of time (a storm of crashes and partitions, one after another).
 * A `Fault` that draws for itself needs none.
 */
export interface Nemesis {
  /** The classes that it may draw; each must fire in a campaign. */
  readonly faults: readonly Fault[];
  /** The episodes of a run, each naming one of `faults`. */
  drawEpisodes(context: DrawContext): readonly (EpisodeDraft & { readonly fault: string })[];
}

/** What a selector may read: every observation so far went through `observe` of the scenario's selectors. */
export interface Selectors {
  /** Hosts for a name such as `leader`; empty where there is none now. Pure in what was observed so far, and in `random`. */
  resolve(name: string, random: Random, plan: WorldPlan): readonly number[];
}
