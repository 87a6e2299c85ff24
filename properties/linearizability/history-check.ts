/**
 * Checks a history while it still grows. Each key is judged as soon as what happened to it is known: up to the oldest operation on that key
 * that is open, because what it will answer says when it took effect. So what is kept in memory is what was invoked on a key since its oldest
 * open operation, one entry for each kind of operation of unknown result, and the configurations that could hold (frontier.ts).
 */
import type { Operation } from '../history.ts';
import type { Outcome } from '../../core/observe.ts';
import type { Action } from './action.ts';
import { everyTechnique, Frontier } from './frontier.ts';
import type { AnyModel, Model } from './model.ts';
import { describeOperation, describeState } from './model.ts';

/** How to check a growing history. */
export interface HistoryCheckOptions {
  /** Budget in states looked at, over all keys (default 2,000,000,000). */
  readonly maxStates?: number;
  /**
   * Configurations kept a key (default 64). With more of them, more of what is right is proved right; what is refuted is refuted whatever
   * the beam.
   */
  readonly beam?: number;
}

/** What is known of a growing history so far. */
export interface HistoryVerdict<Op = unknown, Value = unknown> {
  /** `ok`: all that returned so far is explained. */
  readonly verdict: 'ok' | 'violation' | 'undecided';
  /** Operations whose return was judged, and those of unknown result. */
  readonly operations: number;
  /** Of those that returned: how many stand in a proved prefix of the history of their key. */
  readonly decided: number;
  /** States looked at. */
  readonly states: number;
  /** Operations that are kept because an older one on the same key is open. */
  readonly kept: number;
  /** Keys seen. */
  readonly keys: number;
  /** Of the violation that was found first. */
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
/** Configurations visited at one return. */
const visitedMax = 8_000;
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
  readonly frontier: Frontier;
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
  readonly #open = new Map<number, Entry>();
  #position = 0;
  #ends = 0;
  #operations = 0;
  #decided = 0;
  #states = 0;
  #kept = 0;
  #violation: StreamedViolation | null = null;
  #undecided: Track | null = null;
  #isSpent = false;

  /**
   * @throws RangeError if `maxStates` or `beam` is no whole number of at least 1
   * @throws Error if the model judges operations by what others were answered (`needsWhole`): it can only judge a whole history
   */
  constructor(model: Model<State, Op, Value>, options: HistoryCheckOptions = {}) {
    this.#model = model;
    if (model.needsWhole === true) {
      throw new Error(
        `the model ${model.name} judges a history as a whole, not while it grows: record it, then use checkLinearizable.`,
      );
    }
    this.#maxStates = wholeNumber('maxStates', options.maxStates ?? maxStatesDefault);
    this.#beam = wholeNumber('beam', options.beam ?? beamDefault);
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
    const track = this.#trackOf(this.#model.key === undefined ? null : this.#model.key(op));
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
   */
  complete(id: number, outcome: Outcome, value?: Value): void {
    const entry = this.#open.get(id);
    this.#position += 1;
    if (entry === undefined) return;
    this.#open.delete(id);
    this.#end(entry, outcome, value);
    this.#judge(entry.track);
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
      violation: this.#violation as StreamedViolation<Op, Value> | null,
      message: this.#message(),
    };
  }

  /** Nothing more will be heard: what is open has an unknown result. */
  end(): HistoryVerdict<Op, Value> {
    for (const entry of this.#open.values()) this.#end(entry, 'info', undefined);
    this.#open.clear();
    for (const track of this.#tracks.values()) this.#judge(track);
    return this.soFar();
  }

  #trackOf(key: string | number | null): Track {
    let track = this.#tracks.get(key);
    if (track === undefined) {
      const bounds = { maxStates: Infinity, beam: this.#beam, maxVisited: visitedMax };
      const frontier = new Frontier(this.#model, bounds, everyTechnique);
      track = { key, frontier, events: [], head: 0, isOver: false, isBlurred: false };
      this.#tracks.set(key, track);
    }
    return track;
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
    if (track.isOver) track.events = [];
    if (track.isOver || track.head === track.events.length) {
      track.events.length = 0;
      track.head = 0;
    } else if (track.head > 64 && track.head * 2 > track.events.length) {
      track.events.splice(0, track.head);
      track.head = 0;
    }
  }

  #invoke(track: Track, entry: Entry): void {
    this.#kept -= 1;
    entry.isInvoked = true;
    const given = entry.operation;
    if (given.outcome === 'fail') return;
    const prepared = this.#model.prepare?.([given]) ?? [given];
    this.#operations += 1;
    for (const { op, outcome, value } of prepared) {
      if (outcome === 'ok') entry.action = track.frontier.invoke(op, value, entry.ended);
      else track.frontier.invokeUnknown(op, value, () => JSON.stringify([op, value]));
    }
  }

  #return(track: Track, entry: Entry): void {
    if (entry.action === null) return;
    const before = track.frontier.work;
    const passage = track.frontier.return(entry.action);
    this.#states += track.frontier.work - before;
    if (passage === 'refused') {
      track.isOver = true;
      this.#refuse(track, entry);
      return;
    }
    if (this.#states > this.#maxStates) this.#isSpent = true;
    if (passage === 'spent' || this.#isSpent) {
      track.isOver = true;
      this.#undecided ??= track;
      return;
    }
    if (!track.isBlurred && track.frontier.wasSplit && !track.frontier.isProved) {
      track.isBlurred = true;
      this.#undecided ??= track;
    }
    if (!track.isBlurred) this.#decided += 1;
  }

  #refuse(track: Track, { operation }: Entry): void {
    if (this.#violation !== null && this.#violation.operation.completedAt < operation.completedAt) return;
    this.#violation = {
      key: track.key,
      operation,
      possible: track.frontier
        .possible()
        .slice(0, possibleMax)
        .map((state) => describeState(this.#model, state)),
      isFirst: !track.isBlurred,
    };
  }

  #message(): string {
    if (this.#violation !== null) {
      const { key, operation, possible, isFirst } = this.#violation;
      const told = describeOperation(this.#model, operation.op, operation.value);
      const where = key === null ? '' : ` on ${key}`;
      const first = isFirst ? '' : ' (something before it on the same key may not have been either)';
      return `Operation ${operation.id}${where} cannot be placed: ${told}; possible there: ${possible.join(', ') || 'nothing'}${first}.`;
    }
    if (this.#undecided === null) return '';
    const on = this.#undecided.key === null ? 'the history' : `the history of ${this.#undecided.key}`;
    return this.#isSpent
      ? `Whether ${on} is linearizable was not decided within ${this.#maxStates} states.`
      : `Whether ${on} is linearizable was not decided within a beam of ${this.#beam} configurations.`;
  }
}

function wholeNumber(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} is a whole number of at least 1; got ${String(value)}.`);
}
