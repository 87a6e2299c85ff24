/**
 * Makes of a history of barriers what its model can judge tree by tree: arrivals in two, ends of sessions as operations of each tree that they touch.
 */
import type { Operation, Waited } from '../../history.ts';
import type { BarrierTerms } from './barrier-tree.ts';

/** What clients ask of barriers. Times are in microseconds. */
export type BarrierRequest =
  | ({ readonly f: 'createBarrier'; readonly barrier: string } & Partial<BarrierTerms>)
  | { readonly f: 'destroyBarrier'; readonly barrier: string; readonly creation: number }
  | {
      readonly f: 'register' | 'deregister';
      readonly barrier: string;
      readonly creation: number;
      readonly participant: string;
    }
  | {
      readonly f: 'arrive';
      readonly barrier: string;
      readonly creation: number;
      readonly participant: string;
      readonly generation: number;
    }
  | { readonly f: 'reset'; readonly barrier: string; readonly creation: number; readonly generation: number }
  /** Ends the session in which it is asked. */
  | { readonly f: 'close' };

/** An operation as the model judges it. */
export interface BarrierOp {
  readonly f: 'create' | 'destroy' | 'register' | 'deregister' | 'arriveIn' | 'arriveOut' | 'reset' | 'end';
  /** The name of the tree: of one of its barriers. */
  readonly tree: string;
  readonly barrier: string;
  /** 0 where none was named. */
  readonly creation: number;
  /** Empty where none was named. */
  readonly participant: string;
  readonly generation: number;
  readonly terms: BarrierTerms | null;
  /** 0: not known. */
  readonly session: number;
  /** By one clock, where a tree has deadlines: not applied before, not after; else −Infinity and Infinity. */
  readonly notBeforeUs: number;
  readonly notAfterUs: number;
  /** Of an arrival that heard in the end that its participant left: a number greater than 0 that its two operations share. */
  readonly arrival: number;
  /** Of an end: it may be one of several in an entry, because it may be that the session expired. */
  readonly expired: boolean;
  /** Of an arrival: its participant is there whatever the order, and arrives this once, so that it counts as well as any other such. */
  readonly stays: boolean;
}

/** What is asked, of barriers or something else; any of the fields may be missing. */
interface Raw extends Partial<Waited> {
  readonly f?: unknown;
  readonly barrier?: unknown;
  readonly creation?: unknown;
  readonly participant?: unknown;
  readonly generation?: unknown;
  readonly reason?: unknown;
  readonly numerator?: number;
  readonly denominator?: number;
  readonly minParticipants?: number;
  readonly timeoutUs?: number;
  readonly parent?: string;
}

/** Refusals after which a session lives no longer than before. */
const renewsNothing = new Set(['SESSION_NOT_OPEN', 'STALE_REQUEST', 'SESSION_WINDOW_FULL']);

/** Ids of ends that nobody told of; no client gives out such. */
const firstUntoldId = -2_000_000_000;

/** Makes of a history what can be judged tree by tree. Times are those of one recorder; without them, any deadline may have passed at any time. */
export function prepareBarriers(
  operations: readonly Operation[],
  sessionTtlUs: number,
): readonly Operation[] {
  if (operations.some((o) => typeof o.op === 'object' && o.op !== null && 'tree' in o.op)) return operations;
  const history = new BarrierHistory(operations, sessionTtlUs);
  return [...operations.flatMap((o) => history.prepared(o)), ...history.ends()];
}

/** Ends of a session, as far as the history tells. */
interface Ends {
  /** Its client was told that it closed. */
  closed?: Operation;
  /** Its client asked for that, and what became of it nobody knows. */
  maybeClosed?: boolean;
  /** A recorder saw it end. */
  recorded?: Operation;
}

/** What the whole history tells of its barriers. */
class BarrierHistory {
  readonly #sessionTtlUs: number;
  /** By name of a barrier: the tree's. */
  readonly #treeOf: ReadonlyMap<string, string>;
  /** Names of trees in which something has a deadline. */
  readonly #timed = new Set<string>();
  /** By tree: the sessions in which somebody registered, and whom nobody knows the session of. */
  readonly #sessions = new Map<string, Set<number>>();
  readonly #strangers = new Map<string, Operation[]>();
  readonly #ends = new Map<number, Ends>();
  /** Ids of arrivals whose client heard that they wait, and then that their participant left. */
  readonly #left = new Set<number>();
  /** By session: the last invocation known to have been applied, by both clocks. */
  readonly #alive = new Map<number, { at: number; us: number }>();
  /** Positions by time: where a time is found, all positions up to there are earlier. */
  readonly #times: readonly { readonly us: number; readonly at: number }[];

  constructor(operations: readonly Operation[], sessionTtlUs: number) {
    this.#sessionTtlUs = sessionTtlUs;
    this.#treeOf = treesOf(operations);
    for (const o of operations) this.#note(o);
    this.#times = timesOf(operations);
  }

  #note(o: Operation): void {
    const op = rawOf(o);
    if (op === null || o.outcome === 'fail') return;
    const session = o.session ?? 0;
    if (op.f === 'sessionEnded') this.#endsOf(session).recorded = o;
    if (op.f === 'close' && o.outcome === 'ok' && errorOf(o) === undefined) this.#endsOf(session).closed = o;
    if (op.f === 'close' && o.outcome === 'info') this.#endsOf(session).maybeClosed = true;
    if (!isOfBarrier(op)) return;
    const tree = this.#treeOf.get(op.barrier)!;
    if (op.phase === 'grant' && (o.value as { outcome?: unknown } | undefined)?.outcome === 'left')
      this.#left.add(op.of!);
    if (op.f === 'createBarrier' && (op.timeoutUs ?? 0) > 0) this.#timed.add(tree);
    if (op.f === 'register' && errorOf(o) === undefined) {
      if (session === 0) this.#strangers.set(tree, [...(this.#strangers.get(tree) ?? []), o]);
      else this.#sessions.set(tree, (this.#sessions.get(tree) ?? new Set()).add(session));
    }
    if (o.outcome !== 'ok' || renewsNothing.has(errorOf(o) ?? '')) return;
    const alive = this.#alive.get(session);
    if (alive !== undefined && alive.at >= o.invokedAt) return;
    this.#alive.set(session, { at: o.invokedAt, us: o.invokedUs ?? -Infinity });
  }

  #endsOf(session: number): Ends {
    let ends = this.#ends.get(session);
    if (ends === undefined) this.#ends.set(session, (ends = {}));
    return ends;
  }

  prepared(o: Operation): readonly Operation[] {
    const raw = rawOf(o);
    if (raw === null || o.outcome === 'fail' || !isOfBarrier(raw)) return [];
    const op = this.#opOf(raw, o);
    if (raw.f !== 'arrive') return [{ ...o, op: op as BarrierOp }];
    const isHeard = o.outcome === 'ok' && (errorOf(o) === undefined || raw.phase === 'grant');
    if (raw.phase === 'grant' && !isHeard) return [];
    if (raw.phase === 'enqueue' || !isHeard) {
      const heardLeft = raw.phase === 'enqueue' && this.#left.has(raw.of!);
      return [{ ...o, op: { ...op, f: 'arriveIn', arrival: heardLeft ? raw.of! + 1 : 0 } }];
    }
    const left = (o.value as { outcome?: unknown } | undefined)?.outcome === 'left';
    const arrival = left ? (raw.of ?? o.id) + 1 : 0;
    const out = { ...o, op: { ...op, f: 'arriveOut', arrival, notBeforeUs: -Infinity } };
    if (raw.phase === 'grant') return [out];
    const value = { entered: true };
    return [
      { ...o, id: -1 - o.id, op: { ...op, f: 'arriveIn', arrival }, value, place: o.appliedAt ?? o.place },
      out,
    ];
  }

  #opOf(raw: Raw & { readonly barrier: string }, o: Operation): Omit<BarrierOp, 'f'> & { f: string } {
    const tree = this.#treeOf.get(raw.barrier)!;
    const timed = this.#timed.has(tree);
    const { numerator = 1, denominator = 1, minParticipants = 1, timeoutUs = 0, parent = '' } = raw;
    return {
      f: shortNames[raw.f as keyof typeof shortNames],
      tree,
      barrier: raw.barrier,
      creation: Number(raw.creation ?? 0),
      participant: String(raw.participant ?? ''),
      generation: Number(raw.generation ?? 0),
      terms:
        raw.f === 'createBarrier' ? { numerator, denominator, minParticipants, timeoutUs, parent } : null,
      session: o.session ?? 0,
      // Only where they matter: operations that are alike in all else are interchangeable.
      notBeforeUs: timed && raw.f === 'arrive' ? (o.invokedUs ?? -Infinity) : -Infinity,
      notAfterUs: timed && o.outcome === 'ok' ? (o.completedUs ?? Infinity) : Infinity,
      arrival: 0,
      expired: false,
      stays: false,
    };
  }

  /** The ends of sessions, for each tree in which somebody may have taken part in them. */
  ends(): readonly Operation[] {
    const made: Operation[] = [];
    for (const tree of new Set(this.#treeOf.values())) {
      const strangers = this.#strangers.get(tree) ?? [];
      const sessions = new Set(this.#sessions.get(tree));
      const told = [...this.#ends].filter(
        ([s, { closed, recorded }]) => s > 0 && (closed ?? recorded) !== undefined,
      );
      if (strangers.length > 0) for (const [session] of told) sessions.add(session);
      for (const session of sessions) made.push(this.#end(tree, session));
      if (told.length > 0) continue;
      for (const o of strangers) {
        const { barrier, participant } = o.op as { barrier: string; participant: string };
        const from = this.#from(o.invokedAt, (o.invokedUs ?? -Infinity) + this.#sessionTtlUs);
        made.push(untold(firstUntoldId - o.id, { ...endOf(tree, 0), barrier, participant }, from));
      }
    }
    return made;
  }

  /** The end of a session as an operation of a tree: between the bounds that the history sets, and where it tells of none, maybe. */
  #end(tree: string, session: number): Operation {
    const { closed, recorded, maybeClosed = false } = this.#ends.get(session) ?? {};
    const told = closed ?? recorded;
    const notAfterUs = this.#timed.has(tree) ? (told?.completedUs ?? Infinity) : Infinity;
    const expired = closed === undefined && (recorded === undefined || rawOf(recorded)!.reason === 'expired');
    const op = { ...endOf(tree, session), notAfterUs, expired };
    if (closed !== undefined) return { ...closed, op, value: {} };
    const alive = this.#alive.get(session) ?? { at: 0, us: -Infinity };
    const mayClose = maybeClosed || this.#ends.get(0)?.maybeClosed === true;
    const wasClosed = recorded === undefined ? mayClose : rawOf(recorded)!.reason === 'closed';
    const us = wasClosed ? alive.us : alive.us + this.#sessionTtlUs;
    const from = wasClosed ? alive.at : this.#from(alive.at, us);
    if (recorded === undefined) return untold(firstUntoldId - session, op, from);
    // Before its time it cannot have ended; if it did, nothing that rests on that can be explained.
    if (from > recorded.completedAt) return { ...untold(recorded.id, op, from), place: recorded.place };
    return { ...recorded, op, invokedAt: from, invokedUs: Math.max(0, us), value: {} };
  }

  /** A position after all that was before this time. */
  #from(at: number, us: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle]!.us < us) low = middle + 1;
      else high = middle;
    }
    return Math.max(at, low === 0 ? -Infinity : this.#times[low - 1]!.at + 0.5);
  }
}

const shortNames = {
  createBarrier: 'create',
  destroyBarrier: 'destroy',
  register: 'register',
  deregister: 'deregister',
  arrive: 'arriveIn',
  reset: 'reset',
} as const;

function rawOf(o: Operation): Raw | null {
  return typeof o.op === 'object' && o.op !== null ? o.op : null;
}

function isOfBarrier(op: Raw): op is Raw & { readonly barrier: string } {
  return typeof op.barrier === 'string' && Object.hasOwn(shortNames, String(op.f));
}

function errorOf(o: Operation): string | undefined {
  return o.outcome === 'ok' ? (o.value as { error?: string } | null | undefined)?.error : undefined;
}

function endOf(tree: string, session: number): BarrierOp {
  return {
    ...{ f: 'end', tree, barrier: '', creation: 0, participant: '', generation: 0, terms: null, session },
    ...{ notBeforeUs: -Infinity, notAfterUs: Infinity, arrival: 0, expired: true, stays: false },
  };
}

/** An end that may have come from some time on, or not. */
function untold(id: number, op: BarrierOp, invokedAt: number): Operation {
  const { session } = op;
  return {
    id,
    process: -1,
    op,
    invokedAt,
    completedAt: Infinity,
    outcome: 'info',
    value: undefined,
    place: 0,
    session,
  };
}

/** By barrier: the name of its tree, which is that of one of its barriers. Names that were ever parent and child are of one. */
function treesOf(operations: readonly Operation[]): ReadonlyMap<string, string> {
  const above = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    while (above.has(root) && above.get(root) !== root) root = above.get(root)!;
    return root;
  };
  for (const o of operations) {
    const op = rawOf(o);
    if (op === null || o.outcome === 'fail' || !isOfBarrier(op)) continue;
    if (!above.has(op.barrier)) above.set(op.barrier, op.barrier);
    if (op.f !== 'createBarrier' || op.parent === undefined || op.parent === '') continue;
    if (!above.has(op.parent)) above.set(op.parent, op.parent);
    above.set(rootOf(op.barrier), rootOf(op.parent));
  }
  return new Map([...above.keys()].map((name) => [name, rootOf(name)]));
}

/** What happened by when, in order, as far as times were recorded. */
function timesOf(operations: readonly Operation[]): readonly { readonly us: number; readonly at: number }[] {
  const times: { us: number; at: number }[] = [];
  for (const o of operations) {
    if (o.invokedUs !== undefined) times.push({ us: o.invokedUs, at: o.invokedAt });
    if (o.outcome === 'ok' && o.completedUs !== undefined)
      times.push({ us: o.completedUs, at: o.completedAt });
  }
  return times.sort((a, b) => a.us - b.us || a.at - b.at);
}

/**
 * Marks arrivals that may change places with one another: so many arrive at once that which of them tripped a generation would be a choice of sets, and all come to the
 * same. Whoever may leave meanwhile, or may not have been there yet, is told apart, and so is everybody where there are deadlines: these run from one certain arrival.
 */
export function foreseeArrivals(operations: readonly Operation[]): readonly Operation[] {
  const arrivals = new Map<string, number>();
  const overAt = new Map<string, number>();
  const mayLeaveAt = new Map<string, number>();
  const joinedAt = new Map<string, number>();
  const note = (times: Map<string, number>, name: string, at: number, which: 'min' | 'max'): void => {
    times.set(name, Math[which](times.get(name) ?? at, at));
  };
  for (const o of operations) {
    const op = o.op as BarrierOp;
    if (op.f === 'arriveIn') {
      arrivals.set(arrivalOf(op), (arrivals.get(arrivalOf(op)) ?? 0) + 1);
      if (o.outcome === 'ok') note(overAt, generationOf(op), o.completedAt, 'max');
    }
    if (op.f === 'deregister') note(mayLeaveAt, `of ${op.participant}`, o.invokedAt, 'min');
    if (op.f === 'end') note(mayLeaveAt, `in ${op.session}`, o.invokedAt, 'min');
    if (op.f !== 'register' || errorOf(o) !== undefined) continue;
    if (o.outcome === 'ok') note(joinedAt, memberOf(op), o.completedAt, 'min');
    // It may have been another session's.
    else note(mayLeaveAt, `of ${op.participant}`, -Infinity, 'min');
  }
  const stays = (o: Operation): boolean => {
    const op = o.op as BarrierOp;
    if (op.f !== 'arriveIn' || op.session === 0 || o.outcome !== 'ok' || errorOf(o) !== undefined)
      return false;
    if (op.notBeforeUs !== -Infinity || op.notAfterUs !== Infinity) return false;
    if (op.arrival !== 0 || arrivals.get(arrivalOf(op)) !== 1) return false;
    const over = overAt.get(generationOf(op))!;
    if ((mayLeaveAt.get(`of ${op.participant}`) ?? Infinity) <= over) return false;
    if ((mayLeaveAt.get(`in ${op.session}`) ?? Infinity) <= over) return false;
    return (joinedAt.get(memberOf(op)) ?? Infinity) < o.invokedAt;
  };
  return operations.map((o) => (stays(o) ? { ...o, op: { ...(o.op as BarrierOp), stays: true } } : o));
}

function generationOf(op: BarrierOp): string {
  return JSON.stringify([op.barrier, op.creation, op.generation]);
}

function arrivalOf(op: BarrierOp): string {
  return JSON.stringify([op.barrier, op.creation, op.generation, op.participant]);
}

function memberOf(op: BarrierOp): string {
  return JSON.stringify([op.barrier, op.creation, op.participant, op.session]);
}
