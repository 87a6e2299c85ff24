/**
 * What a property is. It subscribes to kinds of observation, keeps its own state, and reports what breaks it.
 * Incremental, never a rescan: a run makes hundreds of thousands of observations a second.
 */
import type { Envelope, Observation, ObservationOf } from '../core/observe.ts';

/** A condition under which the property promises anything; a plan that breaks it switches the property off. */
export type Assumption = 'drift<=rho' | 'damage<=f';
/** What the property needs of what it watches: recordings of real processes satisfy only the first. */
export type Need = 'nothing' | 'global-order' | 'virtual-time';

/** One observation that speaks for a violation, as people read it. */
export interface Evidence {
  /** Virtual microseconds. */
  readonly at: number;
  readonly node: number;
  /** `committed 118, quorum {n0, n2}` */
  readonly text: string;
}

/** What broke, as plain data. */
export interface Finding {
  readonly property: string;
  /** One or two full sentences with the values. */
  readonly message: string;
  readonly at: number;
  /** Number of the event during which it showed; the last one for findings made after the run. */
  readonly seq: number;
  readonly nodes: readonly number[];
  /** The observations that conflict, in order of time. */
  readonly evidence: readonly Evidence[];
  /** For linearizability: the sub-history that matters, already in words. */
  readonly details?: readonly string[];
}

/** What a property may know of the run that it watches. */
export interface WatchContext {
  /** Voters, ascending. */
  readonly servers: readonly number[];
  /** All hosts, clients included. */
  readonly hosts: number;
  /** Scenario values a property may depend on. */
  readonly progressBoundUs: number;
  /** A budget for searches, in visited states. */
  readonly maxStates: number;
  /** True where search must run although a witness was found (1 of 16 seeds). */
  readonly searchAnyway: boolean;
  /** One instance per run of something that several properties share (the log book). */
  shared<T>(key: string, make: () => T): T;
  /** Reports a violation; later ones of the same property are ignored. */
  fail(message: string, evidence?: readonly Evidence[], details?: readonly string[]): void;
  /** Says that the verdict of this property is open (a search ran out of budget). */
  undecided(message: string): void;
}

export type Handler<K extends string> = (observation: ObservationOf<K>, envelope: Envelope) => void;

/** A property at work on one run. */
export interface Watch {
  /** Handlers by kind of observation; the envelope is reused between calls. */
  readonly on: { readonly [K in string]?: Handler<K> };
  /** The run is over (after its last event, if nothing was violated before). */
  end?(envelope: Envelope): void;
}

export interface Property {
  /** The id that reports, repros and the bug catalogue use. */
  readonly id: string;
  /** What must hold, as a sentence. */
  readonly sentence: string;
  readonly assumes: readonly Assumption[];
  readonly needs: Need;
  watch(context: WatchContext): Watch;
}

/** Stops the fold with a violation: `fail('applied 7 after 5')`. Never returns. */
export type Fail = (message: string) => never;

/** A property as a fold over observations; its state is kept per node and boot, per node, or once for the world. */
export interface FoldSpec<S> {
  readonly start: (node: number) => S;
  readonly scope?: 'boot' | 'node' | 'world';
  readonly sentence?: string;
  readonly assumes?: readonly Assumption[];
  readonly needs?: Need;
  readonly on: {
    readonly [K in string]?: (
      state: S,
      observation: Extract<Observation, { kind: K }> & ObservationOf<K>,
      fail: Fail,
      envelope: Envelope,
    ) => S;
  };
  /** Looks at the final state of each scope. */
  readonly end?: (state: S, fail: Fail) => void;
}
