/**
 * What a property is. It subscribes to kinds of observation, keeps its own state, and reports what breaks it.
 * Incremental, never a rescan: a run makes hundreds of thousands of observations a second.
 */
import type {
  CustomObservation,
  Envelope,
  KnownObservation,
  Observation,
  ObservationOf,
} from '../core/observe.ts';

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

/** A replication group of a run: its number, and its voters, ascending. */
export interface GroupFacts {
  readonly id: number;
  readonly voters: readonly number[];
}

/** What a property may know of the run that it watches. */
export interface WatchContext {
  /** Voters, ascending. */
  readonly servers: readonly number[];
  /** All hosts, clients included. */
  readonly hosts: number;
  /** The first client's host; default: as many as there are voters. */
  readonly firstClient?: number;
  /** Where a run has several groups: all of them to a property that watches across groups, to any other the one that its instance watches. */
  readonly groups?: readonly GroupFacts[];
  /** Scenario values a property may depend on. */
  readonly progressBoundUs: number;
  /** Bound of the clocks' drift that the system allows for, in ppm. */
  readonly rhoPpm: number;
  /** A budget for searches, in states looked at. */
  readonly maxStates: number;
  /** True where search must run although a witness was found (1 of 16 seeds). */
  readonly searchAnyway: boolean;
  /** To be called now and then by what takes long to judge: silence counts as an event that does not end. */
  readonly onProgress?: () => void;
  /**
   * One instance per run of something that several properties share (the log book). Where it is a `Watch` itself, it is
   * subscribed when it is made, and so hears each observation before the properties that made it.
   */
  shared<T>(key: string, make: () => T): T;
  /** Reports a violation; later ones of the same property are ignored. */
  fail(message: string, evidence?: readonly Evidence[], details?: readonly string[]): void;
  /** Says that the verdict of this property is open (a search ran out of budget). */
  undecided(message: string): void;
}

/** Takes one observation of a kind; the envelope is reused between calls. */
export type Handler<K extends string> = (observation: ObservationOf<K>, envelope: Envelope) => void;

/** A handler of a kind of one's own: it may narrow the observation to the shape that its process emits. */
type OwnHandler = {
  // A method, because methods may narrow their parameters.
  handle(observation: CustomObservation, envelope: Envelope): void;
}['handle'];

/** Handlers by kind of observation: known kinds are typed, others are open records. */
export type Handlers = {
  readonly [K in KnownObservation['kind']]?: Handler<K>;
} & { readonly [kind: string]: OwnHandler | undefined };

/** A property at work on one run. */
export interface Watch {
  /** Handlers by kind of observation; the envelope is reused between calls. */
  readonly on: Handlers;
  /** The run is over (after its last event, if nothing was violated before). */
  end?(envelope: Envelope): void;
}

/** What must hold: an id, a sentence, what it takes for granted, and how it watches a run. */
export interface Property {
  /** The id that reports, repros and the bug catalogue use. */
  readonly id: string;
  /** What must hold, as a sentence. */
  readonly sentence: string;
  readonly assumes: readonly Assumption[];
  readonly needs: Need;
  /** In a run of several groups: one instance watches them all. Else each group has an instance of its own. */
  readonly acrossGroups?: boolean;
  watch(context: WatchContext): Watch;
}

/** Stops the fold with a violation: `fail('applied 7 after 5')`. Never returns. */
export type Fail = (message: string) => never;

/** One step of a fold: the state after the observation. */
export type FoldStep<S, O> = {
  // A method, because methods may narrow their parameters.
  step(state: S, observation: O, fail: Fail, envelope: Envelope): S;
}['step'];

/** A property as a fold over observations; its state is kept per node and boot, per node, or once for the world. */
export interface FoldSpec<S> {
  readonly start: (node: number) => S;
  /** Whose state it is; default `boot`: a restart starts afresh. */
  readonly scope?: 'boot' | 'node' | 'world';
  readonly sentence?: string;
  readonly assumes?: readonly Assumption[];
  readonly needs?: Need;
  /** As in `Property`. */
  readonly acrossGroups?: boolean;
  readonly on: {
    readonly [K in KnownObservation['kind']]?: FoldStep<S, ObservationOf<K>>;
  } & { readonly [kind: string]: FoldStep<S, CustomObservation> | undefined };
  /** Looks at the final state of each scope, also of servers that were silent: those are as `start` made them. */
  readonly end?: (state: S, fail: Fail) => void;
}

/** Thrown by `fail`, so that a fold stops where it stands; caught right outside the fold. */
class FoldFailure extends Error {}

const failFold: Fail = (message) => {
  throw new FoldFailure(message);
};

/** Three or four fields of an observation, as a line of evidence: `applied index 7, term 2`. */
function describe(observation: Observation): string {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(observation)) {
    if (name === 'kind' || fields.length === 4) continue;
    if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
      fields.push(`${name} ${String(value)}`);
  }
  return fields.length === 0 ? observation.kind : `${observation.kind} ${fields.join(', ')}`;
}

/** The states of a fold: one a node (restarted with its boot, where the scope says so), or one for the world. */
class FoldStates<S> {
  private readonly states: S[] = [];
  private readonly boots: number[] = [];
  private readonly spec: FoldSpec<S>;

  constructor(spec: FoldSpec<S>) {
    this.spec = spec;
  }

  /** Where the state of this envelope is kept; makes it where there is none. */
  slotOf(envelope: Envelope): number {
    const scope = this.spec.scope ?? 'boot';
    const slot = scope === 'world' ? 0 : envelope.node;
    const boot = scope === 'boot' ? envelope.boot : 1;
    if (this.boots[slot] !== boot) {
      this.states[slot] = this.spec.start(envelope.node);
      this.boots[slot] = boot;
    }
    return slot;
  }

  get(slot: number): S {
    return this.states[slot] as S;
  }

  set(slot: number, state: S): void {
    this.states[slot] = state;
  }

  /**
   * Makes the states that no observation made, so that a judgement at the end also sees who was silent: the world's, or
   * that of each server.
   */
  makeMissing(servers: readonly number[]): void {
    const world = this.spec.scope === 'world';
    for (const node of world ? [servers[0] ?? 0] : servers) {
      const slot = world ? 0 : node;
      if (this.boots[slot] !== undefined) continue;
      this.states[slot] = this.spec.start(node);
      this.boots[slot] = 1;
    }
  }

  /** Calls `visit` for each state that was ever made, by node. */
  forEach(visit: (state: S, slot: number) => void): void {
    for (let slot = 0; slot < this.boots.length; slot += 1) {
      if (this.boots[slot] !== undefined) visit(this.states[slot] as S, slot);
    }
  }
}

/**
 * Makes a property of one's own: a fold over the observations of each node and boot (or of `scope`).
 *
 * ```ts
 * property('no-gap', { start: () => 0, on: {
 *   applied: (last, o, fail) => (o.index === last + 1 ? o.index : fail(`applied ${o.index} after ${last}`)),
 *   snapshotRestored: (_, o) => o.index } })
 * ```
 * @param id letters, digits and `-`: the name in reports and repros
 * @throws Error with code `BAD_PROPERTY` where the id is malformed or `on` is empty.
 */
export function property<S>(id: string, spec: FoldSpec<S>): Property {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/i.test(id))
    throw badProperty(`"${id}" is no property id: use letters, digits and "-".`);
  const kinds = Object.keys(spec.on);
  if (kinds.length === 0 && spec.end === undefined)
    throw badProperty(`"${id}" watches nothing: name a kind in "on".`);
  return {
    id,
    sentence: spec.sentence ?? id,
    assumes: spec.assumes ?? [],
    needs: spec.needs ?? 'nothing',
    ...(spec.acrossGroups === undefined ? {} : { acrossGroups: spec.acrossGroups }),
    watch: (context) => watchFold(spec, kinds, context),
  };
}

function badProperty(message: string): Error {
  return Object.assign(new Error(`BAD_PROPERTY: ${message}`), { code: 'BAD_PROPERTY' });
}

function watchFold<S>(spec: FoldSpec<S>, kinds: readonly string[], context: WatchContext): Watch {
  const states = new FoldStates(spec);
  const on: { [kind: string]: OwnHandler } = {};
  for (const kind of kinds) {
    const step = spec.on[kind];
    if (step === undefined) continue;
    on[kind] = (observation, envelope) => {
      const slot = states.slotOf(envelope);
      try {
        states.set(slot, step(states.get(slot), observation, failFold, envelope));
      } catch (error) {
        if (!(error instanceof FoldFailure)) throw error;
        context.fail(error.message, [{ at: envelope.at, node: envelope.node, text: describe(observation) }]);
      }
    };
  }
  const end = spec.end;
  if (end === undefined) return { on };
  return {
    on,
    end: () => {
      states.makeMissing(context.servers);
      states.forEach((state) => {
        try {
          end(state, failFold);
        } catch (error) {
          if (!(error instanceof FoldFailure)) throw error;
          context.fail(error.message);
        }
      });
    },
  };
}

/** What `Watchers` must know of the run that they watch. */
export type RunFacts = Pick<
  WatchContext,
  | 'servers'
  | 'hosts'
  | 'firstClient'
  | 'groups'
  | 'progressBoundUs'
  | 'rhoPpm'
  | 'maxStates'
  | 'searchAnyway'
  | 'onProgress'
>;

/** A handler in the table, and whose it is (−1: of something shared). */
interface Subscription {
  readonly owner: number;
  readonly handle: OwnHandler;
}

/**
 * The properties of one run at work. Each observation goes only to the handlers of its kind, in the order in which the properties
 * are listed; sending every observation to every property halves the speed of a simulation.
 */
export class Watchers {
  /** First violation of each property, in order of detection. */
  readonly findings: Finding[] = [];
  /** Verdicts that stayed open, with the reason. */
  readonly undecided: { property: string; message: string }[] = [];
  /** How many observations went through. */
  observations = 0;

  private readonly properties: readonly Property[];
  private readonly facts: RunFacts;
  private readonly onFinding: (finding: Finding) => void;
  private readonly table = new Map<string, OwnHandler[]>();
  private readonly subscriptions = new Map<string, Subscription[]>();
  private readonly shared = new Map<string, unknown>();
  private readonly ends: { readonly owner: number; readonly end: (envelope: Envelope) => void }[] = [];
  private readonly failed: boolean[];
  private now: Envelope = { at: 0, node: 0, group: 0, boot: 0, seq: 0 };

  /**
   * @param properties each id at most once
   * @param onFinding told of each finding when it is made, in the middle of `observe` or `end`
   * @throws Error with code `BAD_PROPERTY` where two properties share an id.
   */
  constructor(
    properties: readonly Property[],
    facts: RunFacts,
    onFinding: (finding: Finding) => void = () => {},
  ) {
    this.properties = properties;
    this.facts = facts;
    this.onFinding = onFinding;
    this.failed = properties.map(() => false);
    const ids = new Set<string>();
    properties.forEach((one, owner) => {
      if (ids.has(one.id)) throw badProperty(`two properties are called "${one.id}": give each its own id.`);
      ids.add(one.id);
      this.subscribe(one.watch(this.contextOf(owner)), owner);
    });
    this.compile();
  }

  /** Shows the observations to these as well, behind the properties: counts and the like, which judge nothing. */
  alsoShow(listeners: readonly Handlers[]): void {
    for (const on of listeners) this.subscribe({ on }, -1);
    this.compile();
  }

  /** Shows one observation to the properties that asked for its kind. */
  observe(observation: Observation, envelope: Envelope): void {
    this.observations += 1;
    const handlers = this.table.get(observation.kind);
    if (handlers === undefined) return;
    this.now = envelope;
    for (let i = 0; i < handlers.length; i += 1) {
      (handlers[i] as OwnHandler)(observation as CustomObservation, envelope);
    }
  }

  /** The run is over: properties judge what only the end can tell. Those that already failed are left out. */
  end(envelope: Envelope): void {
    this.now = envelope;
    for (const { owner, end } of this.ends) {
      if (owner < 0 || this.failed[owner] !== true) end(envelope);
    }
  }

  private subscribe(watch: Watch, owner: number): void {
    for (const kind of Object.keys(watch.on)) {
      const handle = watch.on[kind];
      if (handle === undefined) continue;
      const list = this.subscriptions.get(kind) ?? [];
      list.push({ owner, handle });
      this.subscriptions.set(kind, list);
    }
    if (watch.end !== undefined) this.ends.push({ owner, end: (envelope) => watch.end?.(envelope) });
  }

  /** Builds the table afresh without those that failed: their state says nothing any more. */
  private compile(): void {
    for (const [kind, list] of this.subscriptions) {
      const live = list.filter(({ owner }) => owner < 0 || this.failed[owner] !== true);
      this.table.set(
        kind,
        live.map(({ handle }) => handle),
      );
    }
  }

  private contextOf(owner: number): WatchContext {
    const id = (this.properties[owner] as Property).id;
    return {
      ...this.facts,
      shared: <T>(key: string, make: () => T): T => {
        if (!this.shared.has(key)) {
          const made = make();
          this.shared.set(key, made);
          if (isWatch(made)) this.subscribe(made, -1);
        }
        return this.shared.get(key) as T;
      },
      fail: (message, evidence = [], details) => this.report(owner, message, evidence, details),
      undecided: (message) => {
        this.undecided.push({ property: id, message });
      },
    };
  }

  private report(
    owner: number,
    message: string,
    evidence: readonly Evidence[],
    details: readonly string[] | undefined,
  ): void {
    if (this.failed[owner] === true) return;
    this.failed[owner] = true;
    const { at, node, seq } = this.now;
    const nodes = new Set(evidence.length === 0 ? [node] : evidence.map((one) => one.node));
    const finding: Finding = {
      property: (this.properties[owner] as Property).id,
      message,
      at,
      seq,
      nodes: [...nodes].sort((a, b) => a - b),
      evidence: [...evidence].sort((a, b) => a.at - b.at),
      ...(details === undefined ? {} : { details }),
    };
    this.findings.push(finding);
    this.compile();
    this.onFinding(finding);
  }
}

function isWatch(value: unknown): value is Watch {
  return typeof value === 'object' && value !== null && 'on' in value && typeof value.on === 'object';
}
