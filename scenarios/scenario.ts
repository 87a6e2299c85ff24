/**
 * What a scenario is: the system in it, its load, its weather, what must hold. Types only; `scenario()` in define.ts checks and completes what an
 * author wrote.
 */
import type { Envelope, Observation, Outcome } from '../core/observe.ts';
import type { Group } from '../core/group-host.ts';
import type { Codec, Ports, Process, Random } from '../core/ports.ts';
import type { Property } from '../properties/property.ts';
import type { Words } from '../sim/distributions.ts';
import type { Fault, Nemesis, Selectors } from '../sim/faults.ts';
import type { DelaySpec, NetworkPlan, WorldPlan } from '../sim/plan.ts';

/** A number of one's own, or a range [min, max] from which each seed draws. */
export type Range = number | readonly [min: number, max: number];

/** Ends an operation. `place`: log index where it took effect, 0 unknown. `session`/`number` of the request, 0 without. */
export type Done = (
  id: number,
  outcome: Outcome,
  value: unknown,
  place?: number,
  session?: number,
  number?: number,
) => void;

/** An operation was answered that it waits (in a queue, at a barrier), since the entry at `place`: told at most once, before its end. */
export type Waits = (id: number, place: number) => void;

/** Begins an operation that the client makes of its own accord, for one that it was given: it stands in the history, and ends by `done` under the id returned. */
export type Ask = (operation: unknown, group?: number) => number;

/** A client: a process that is also asked to carry out operations, and answers each exactly once through `done`. Timer keys 0–59 are its own. */
export interface ClientProcess extends Process {
  /** @param group whom the operation is for, where the system runs several groups; else 0 */
  invoke(id: number, operation: unknown, group: number): void;
}

/** What runs on the hosts. `C` is the part of the configuration that is drawn per seed: plain data. */
export interface System<C = unknown> {
  readonly name: string;
  /** Servers that it can run at most; absent: any number. */
  readonly serversMax?: number;
  /** Draws the system's configuration for a seed (batch limit …). */
  configure?(random: Random, servers: number): C;
  /**
   * Draws the groups of a seed's run, fixed from then on, for a system that runs several on the same hosts. What it emits must name the group, and
   * files must lie in a folder called after it (`2/…`). Without this there is one, of all servers.
   */
  groups?(random: Random, servers: number): readonly Group[];
  /** @param groups of this run; none where the system draws none */
  process(ports: Ports, configuration: C, groups: readonly Group[]): Process;
  client?(
    ports: Ports,
    configuration: C,
    done: Done,
    waits: Waits,
    ask: Ask,
    groups: readonly Group[],
  ): ClientProcess;
  /** Without one, messages are digested as plain data, and cannot travel as bytes. */
  readonly codec?: Codec;
  /**
   * Part of the paths of files that are good or bad as a whole, because each has a checksum of its own (snapshots): damage may hit them as soon as they
   * are durable. Other files are damaged only in what the last fsync but one of their folder had covered.
   */
  readonly rotsAtOnce?: string;
  /** Names that faults may aim at (`leader`, `follower`, `most-behind`), as a function of what was observed. Fresh for each run. */
  selectors?(
    groups: readonly Group[],
  ): Selectors & { observe(observation: Observation, envelope: Envelope): void };
}

/** An operation as planned: `waitUs` after the previous one ended (closed loop) or was invoked (open loop). */
export interface PlannedOperation {
  readonly waitUs: number;
  readonly op: unknown;
  /** Left out unless this client's last acquire of that lock was granted. */
  readonly ifHeld?: string;
  /** Whom it is for, where the system runs several groups (default 0). */
  readonly group?: number;
}

/** The planned load of one client. */
export interface ClientPlan {
  readonly mode: 'closed' | 'open';
  readonly operations: readonly PlannedOperation[];
}

/** Draws the operations of one client. */
export interface Workload {
  draw(context: {
    readonly client: number;
    readonly clients: number;
    /** How many servers there are: hosts 0 … servers − 1. */
    readonly servers: number;
    /** The groups of this run, where the system draws some. */
    readonly groups?: readonly Group[];
    readonly weatherUs: number;
    readonly totalUs: number;
    /** This client's own numbers. */
    readonly random: Words;
    /** Numbers that come out the same for every client of a run: what they share (the keys). */
    readonly common: Words;
  }): ClientPlan;
}

/** Names something worth having happened; `watch` counts it. */
export interface Reach {
  readonly name: string;
  readonly sentence: string;
  /** In a run of several groups: watches them all at once. Else each group is watched apart, and the hits are added. */
  readonly acrossGroups?: boolean;
  watch(hit: () => void): {
    readonly on: { readonly [kind: string]: (observation: never, envelope: Envelope) => void };
  };
}

/** What `scenario()` takes. Durations in milliseconds of virtual time. */
export interface ScenarioSpec {
  /** `leader-crash`: letters, digits, `-` and `/`. */
  readonly name: string;
  /** What it tries, in a sentence. */
  readonly summary?: string;
  /** Servers, 1 … 7 for the built-in replica. */
  readonly nodes: Range;
  readonly clients?: Range;
  /** Length of the weather. */
  readonly durationMs: number;
  /** Lengths of the healed phases; default 0 without `progress` among the properties, else bound + 1 s each. */
  readonly healMs?: { readonly quorum: number; readonly all: number };
  /** From how many seeds on coverage is judged (default 50). */
  readonly minSeeds?: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a scenario does not care about its system's configuration type
  readonly process: System<any> | ((ports: Ports) => Process);
  readonly workload?: Workload;
  /** Fault classes that draw for themselves, or nemeses (crashes(), partitions() …). */
  readonly faults?: readonly (Fault | Nemesis)[];
  readonly network?: Partial<NetworkPlan>;
  readonly fsync?: DelaySpec;
  /** Bound of the clocks' drift, in ppm (default 10,000: 1 %); each host draws within it. */
  readonly rhoPpm?: number;
  readonly properties: readonly Property[];
  /** Names of built-in reaches, or one's own. */
  readonly reach?: readonly (string | Reach)[];
  /** How long an operation may take in a healed phase (default 10,000). */
  readonly progressBoundMs?: number;
}

/** A scenario, checked and complete. Made by `scenario()` only. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  readonly minSeeds: number;
  readonly system: System;
  readonly properties: readonly Property[];
  readonly faults: readonly Fault[];
  readonly reach: readonly Reach[];
  readonly progressBoundUs: number;
  /** Bound of the clocks' drift; a plan that goes beyond it switches off what assumes `drift<=rho`. */
  readonly rhoPpm: number;
  /** The whole plan of a seed: the same for the same seed, always. */
  plan(seed: number): ScenarioPlan;
}

/** A plan as it stands in a repro: JSON. */
export interface ScenarioPlan {
  readonly world: WorldPlan;
  /** The system's drawn configuration. */
  readonly configuration: unknown;
  /** Where the system runs several groups on these servers. */
  readonly groups?: readonly Group[];
  readonly clients: readonly ClientPlan[];
}
