/**
 * Checks a history while it still grows. Each key is judged as soon as what happened to it is known: up to the oldest operation on that key
 * that is open, because what it will answer says when it took effect. So what is kept in memory is what was invoked on a key since its oldest
 * open operation, one entry for each kind of operation of unknown result, and the configurations that could hold (frontier.ts); of a key on which
 * nothing goes on, the state.
 */
import type { Operation } from '../history.ts';
import { IdTable } from '../id-table.ts';
import type { Outcome } from '../../core/observe.ts';
import type { Action } from './action.ts';
import { firstState, keyOfOperation } from './bad-model.ts';
import { Frontier } from './frontier.ts';
import { counted, forPeople } from './for-people.ts';
import { everyTechnique } from './techniques.ts';
import type { AnyModel, Model } from './model.ts';
import { describeOperation, describeState, nameOfLike } from './model.ts';

/** How to check a growing history. */
export interface HistoryCheckOptions {
  /** Budget in states looked at, over all keys (default 2,000,000,000). */
  readonly maxStates?: number;
  /**
   * Configurations kept a key (default 64). With more of them, more of what is right is proved right; what is refuted is refuted whatever
   * the beam.
   */
  readonly beam?: number;
  /** Keys for which a search is kept ready (default 2,000); of others, where nothing is open or unknown, the state alone. */
  readonly readyKeys?: number;
}

/** What is known of a growing history so far. */
export interface HistoryVerdict<Op = unknown, Value = unknown> {
  /** `ok`: all that returned so far is explained. */
  readonly verdict: 'ok' | 'violation' | 'undecided';
  /** Operations whose return was judged, and those of unknown result that were taken into account. */
  readonly operations: number;
  /** Of those that returned: how many stand in a proved prefix of the history of their key. */
  readonly decided: number;
  /** States looked at. */
  readonly states: number;
  /** Operations that are kept because an older one on the same key is open. */
  readonly kept: number;
  /** Keys seen. */
  readonly keys: number;
  /** Of these, how many have a search in memory; of the others there is the state alone. */
  readonly searches: number;
  /** Of those found, the one whose operation completed first. */
  readonly violation: StreamedViolation<Op, Value> | null;
  /** What is wrong, or open, in a sentence; empty if nothing is. */
  readonly message: string;
}

/** An operation that cannot be placed. */
export interface StreamedViolation<Op = unknown, Value = unknown> {
  /** `null` where the model has no keys. */
  readonly key: string | number | null;
  readonly operation: Operation<Op, Value>;
  /** What states were possible where it was tried, in words. */
  readonly possible: readonly string[];
  /** Whether it is the first that cannot be placed; otherwise that may have come before, unnoticed. */
  readonly isFirst: boolean;
}

const maxStatesDefault = 2_000_000_000;
const beamDefault = 64;
const readyKeysDefault = 2_000;
/** Configurations visited at one return: at least so many, and so many for each that is kept. */
const visitedLeast = 8_000;
const visitedForKept = 125;
/** States told of a violation. */
const possibleMax = 16;

/** An operation that was invoked. */
interface Entry {
  operation: Mutable;
  /** 0: not ended yet; else its place among the ends, from 1. */
  ended: number;
  action: Action | null;
  isInvoked: boolean;
  readonly track: Track;
}

type Mutable = { -readonly [K in keyof Operation]: Operation[K] };

/** What goes on at one key. */
interface Track {
  readonly key: string | number | null;
  /** `null`: nothing is known of it but the state. */
  frontier: Frontier | null;
  /** `undefined` where there is a frontier, or the key is new. */
  state: unknown;
  /** Those of the frontier; its budget is what is left of the whole. */
  readonly bounds: { maxStates: number; readonly beam: number; readonly maxVisited: number };
  /** Invocations and returns not judged yet, in order, from `head` on: an entry stands here for its invocation, then for its return. */
  events: Entry[];
  head: number;
  /** Refuted, or given up. */
  isOver: boolean;
  /** Only what no configuration explains can still be told. */
  isBlurred: boolean;
}

/**
 * A history under judgement. Events must come in the order of real time.
 *
 * ```ts
 * const check = new HistoryCheck(casRegister);
 * check.invoke(1, { f: 'write', value: 3 });
 * check.complete(1, 'ok', null);
 * console.log(check.end().verdict);
 * ```
 */
export class HistoryCheck<State, Op, Value> {
  readonly #model: AnyModel;
  readonly #maxStates: number;
  readonly #beam: number;
  readonly #tracks = new Map<string | number | null, Track>();
  /** Those that have a frontier. */
  #ready: Track[] = [];
  #readyMax: number;
  readonly #open = new IdTable<Entry>();
  #position = 0;
  #ends = 0;
  #operations = 0;
  #decided = 0;
  #states = 0;
  #kept = 0;
  #violation: StreamedViolation | null = null;
  /** The key of which first something was left open, and whether for want of budget. */
  #undecided: { readonly key: string | number | null; readonly isSpent: boolean } | null = null;

  /**
   * @throws RangeError if `maxStates`, `beam` or `readyKeys` is no whole number of at least 1
   * @throws BadModel if the model cannot judge anything: its first state is `null`, say
   * @throws Error if the model judges operations by what others were answered (`needsWhole`): it can only judge a whole history
   */
  constructor(model: Model<State, Op, Value>, options: HistoryCheckOptions = {}) {
    this.#model = model;
    if (model.needsWhole === true) {
      throw new Error(
        `the model ${model.name} judges a history as a whole, not while it grows: record it, then use checkLinearizable.`,
      );
    }
    firstState(this.#model);
    this.#maxStates = wholeNumber('maxStates', options.maxStates ?? maxStatesDefault);
    this.#beam = wholeNumber('beam', options.beam ?? beamDefault);
    this.#readyMax = wholeNumber('readyKeys', options.readyKeys ?? readyKeysDefault);
  }

  /**
   * An operation was invoked.
   *
   * @param id of an operation that is not open
   * @param process whose operation it is; for people, and for models of owners
   * @throws Error if an operation of that id is open
   */
  invoke(id: number, op: Op, process = id): void {
    if (this.#open.has(id)) throw new Error(`history: operation ${id} was invoked twice.`);
    this.#position += 1;
    if (this.#model.handles !== undefined && !this.#model.handles(op)) return;
    const track = this.#trackOf(keyOfOperation(this.#model, op));
    const entry: Entry = {
      operation: {
        id,
        process,
        op,
        invokedAt: this.#position,
        completedAt: Infinity,
        outcome: 'info',
        value: undefined,
        place: 0,
      },
      ended: 0,
      action: null,
      isInvoked: false,
      track,
    };
    this.#open.set(id, entry);
    if (track.isOver) return;
    track.events.push(entry);
    this.#kept += 1;
  }

  /**
   * An operation ended. Ids of operations that are not the model's, or not open, are ignored.
   *
   * @param value what was answered, with outcome `ok`
   * @throws Error what \`prepare\` of the model throws, or if it makes anything but one operation on the same key of one
   */
  complete(id: number, outcome: Outcome, value?: Value): void {
    const entry = this.#open.get(id);
    this.#position += 1;
    if (entry === undefined) return;
    this.#open.delete(id);
    this.#end(entry, outcome, value);
    this.#judge(entry.track);
  }

  /** Whether it is certain that the history is not linearizable, whatever else comes. */
  get isRefuted(): boolean {
    return this.#violation !== null;
  }

  /** What is known so far. What is open is not judged, nor what came after it on its key. */
  soFar(): HistoryVerdict<Op, Value> {
    const verdict = this.#violation !== null ? 'violation' : this.#undecided !== null ? 'undecided' : 'ok';
    return {
      verdict,
      operations: this.#operations,
      decided: this.#decided,
      states: this.#states,
      kept: this.#kept,
      keys: this.#tracks.size,
      searches: this.#ready.length,
      violation: this.#violation as StreamedViolation<Op, Value> | null,
      message: this.#message(),
    };
  }

  /** Nothing more will be heard: what is open has an unknown result. */
  end(): HistoryVerdict<Op, Value> {
    for (const id of this.#open.ids()) this.#end(this.#open.get(id)!, 'info', undefined);
    this.#open.clear();
    for (const track of this.#tracks.values()) this.#judge(track);
    return this.soFar();
  }

  #trackOf(key: string | number | null): Track {
    let track = this.#tracks.get(key);
    if (track === undefined) {
      const maxVisited = Math.max(visitedLeast, visitedForKept * this.#beam);
      const bounds = { maxStates: this.#maxStates, beam: this.#beam, maxVisited };
      track = {
        ...{ key, frontier: null, state: undefined, bounds, events: [], head: 0 },
        ...{ isOver: false, isBlurred: false },
      };
      this.#tracks.set(key, track);
    }
    return track;
  }

  #frontierOf(track: Track): Frontier {
    if (track.frontier !== null) return track.frontier;
    if (this.#ready.length >= this.#readyMax) this.#putToRest();
    const { bounds, state } = track;
    track.frontier = new Frontier(this.#model, bounds, everyTechnique, undefined, false, state);
    track.state = undefined;
    this.#ready.push(track);
    return track.frontier;
  }

  /** Keeps of keys on which nothing goes on the state alone. Where that is of little use, it is tried again when there are twice as many. */
  #putToRest(): void {
    const before = this.#ready.length;
    this.#ready = this.#ready.filter((track) => {
      if (track.isOver) {
        track.frontier = null;
        return false;
      }
      const state = track.events.length === 0 ? track.frontier!.rest : undefined;
      if (state === undefined) return true;
      track.frontier = null;
      track.state = state;
      return false;
    });
    if (this.#ready.length * 2 > before) this.#readyMax = Math.max(this.#readyMax, 2 * this.#ready.length);
  }

  #end(entry: Entry, outcome: Outcome, value: unknown): void {
    entry.ended = ++this.#ends;
    const { operation, track } = entry;
    operation.outcome = outcome;
    if (outcome === 'info') return;
    operation.completedAt = this.#position;
    if (outcome === 'fail') return;
    operation.value = value;
    if (!track.isOver) track.events.push(entry);
  }

  /** Judges what is known at one key. */
  #judge(track: Track): void {
    while (track.head < track.events.length && !track.isOver) {
      const entry = track.events[track.head]!;
      if (entry.ended === 0) break;
      track.head += 1;
      if (entry.isInvoked) this.#return(track, entry);
      else this.#invoke(track, entry);
    }
    if (track.isOver) this.#drop(track);
    if (track.head === track.events.length) {
      track.events.length = 0;
      track.head = 0;
    } else if (track.head > 64 && track.head * 2 > track.events.length) {
      track.events.splice(0, track.head);
      track.head = 0;
    }
  }

  /** Nothing more will be judged there. */
  #drop(track: Track): void {
    for (; track.head < track.events.length; track.head += 1) {
      const entry = track.events[track.head]!;
      if (!entry.isInvoked) this.#kept -= 1;
      entry.isInvoked = true;
    }
  }

  #invoke(track: Track, entry: Entry): void {
    this.#kept -= 1;
    entry.isInvoked = true;
    const given = entry.operation;
    if (given.outcome === 'fail') return;
    const { op, outcome, value } = this.#prepared(given, track);
    if (outcome === 'ok') {
      entry.action = this.#frontierOf(track).invoke(op, value, entry.ended);
      return;
    }
    this.#operations += 1;
    this.#frontierOf(track).invokeUnknown(op, value, () => nameOfLike([op, value], value));
  }

  #prepared(given: Operation, track: Track): Operation {
    const prepared = this.#model.prepare?.([given]) ?? [given];
    const [one] = prepared;
    if (one !== undefined && prepared.length === 1) {
      if (one === given || (this.#model.key?.(one.op) ?? null) === track.key) return one;
    }
    throw new Error(
      `the model ${this.#model.name} makes several operations of operation ${given.id}, none, or one on another key: record the history, then use checkLinearizable.`,
    );
  }

  #return(track: Track, entry: Entry): void {
    if (entry.action === null) return;
    const { bounds } = track;
    const frontier = this.#frontierOf(track);
    const before = frontier.work;
    bounds.maxStates = before + this.#maxStates - this.#states;
    const passage = bounds.maxStates > before ? frontier.return(entry.action) : 'spent';
    const isSpent = frontier.work >= bounds.maxStates;
    this.#states += frontier.work - before;
    if (passage === 'spent') {
      track.isOver = true;
      this.#undecided ??= { key: track.key, isSpent };
      return;
    }
    this.#operations += 1;
    if (passage === 'refused') {
      track.isOver = true;
      this.#refuse(track, frontier, entry);
      return;
    }
    if (!track.isBlurred && frontier.wasSplit && !frontier.isProved) {
      track.isBlurred = true;
      this.#undecided ??= { key: track.key, isSpent: false };
    }
    if (!track.isBlurred) this.#decided += 1;
  }

  #refuse(track: Track, frontier: Frontier, { operation }: Entry): void {
    if (this.#violation !== null && this.#violation.operation.completedAt < operation.completedAt) return;
    this.#violation = {
      key: track.key,
      operation,
      possible: frontier
        .possible()
        .slice(0, possibleMax)
        .map((state) => describeState(this.#model, state, operation.op)),
      isFirst: !track.isBlurred,
    };
  }

  #message(): string {
    if (this.#violation !== null) {
      const { key, operation, possible, isFirst } = this.#violation;
      const told = describeOperation(this.#model, operation.op, operation.value);
      const where = key === null ? '' : ` on ${forPeople(String(key))}`;
      const first = isFirst ? '' : ' (something before it on the same key may not have been either)';
      return `Operation ${operation.id}${where} cannot be placed: ${told}; possible there: ${possible.join(', ') || 'nothing'}${first}.`;
    }
    if (this.#undecided === null) return '';
    const { key, isSpent } = this.#undecided;
    const on = key === null ? 'the history' : `the history of ${forPeople(String(key))}`;
    return isSpent
      ? `Whether ${on} is linearizable was not decided within ${counted(this.#maxStates, 'state')}.`
      : `Whether ${on} is linearizable was not decided within a beam of ${counted(this.#beam, 'configuration')}.`;
  }
}

function wholeNumber(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} is a whole number of at least 1; got ${String(value)}.`);
}
