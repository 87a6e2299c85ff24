/**
 * What clients asked and heard: the history that is judged after a run. It is built from two observations, `invoked`
 * and `completed`; `applied` tells where an operation of unknown result took effect, if it did.
 *
 * An operation ended in one of three ways (Jepsen's words): *ok*; *fail*, it certainly did not happen; *info*, unknown: it
 * took effect at some point after its invocation, maybe later than everything else, or never. One that never ended is *info*.
 * A process is sequential: a client with k requests in flight is k processes. One rule bends that. An operation that may have to wait
 * is answered twice, first that it waits and later how that ended, and each answer tells of an effect of its own. Who heard `queued`
 * therefore has two operations in the history, of one process and open at the same time: *enqueue*, which ends when that is heard, and
 * *grant*, which ends with the final reply. Both begin where the request was invoked, because the wait may be over before the client hears
 * that there was one.
 */
import { IdTable } from './id-table.ts';
import type { Envelope, ObservationOf, Outcome } from '../core/observe.ts';

/**
 * One operation of a history. `invokedAt` and `completedAt` are readings of one clock, in any unit that grows; an operation
 * precedes another if it completed at a smaller reading than the other was invoked at. Equal readings are concurrent.
 */
export interface Operation<Op = unknown, Value = unknown> {
  /** Unique within the history. */
  readonly id: number;
  readonly process: number;
  readonly op: Op;
  readonly invokedAt: number;
  /** Infinity for `info`. */
  readonly completedAt: number;
  readonly outcome: Outcome;
  /** What was answered; `undefined` where nothing was. */
  readonly value: Value | undefined;
  /** Position in the system's own order (a log index), a witness of linearizability; 0 where unknown. */
  readonly place: number;
  /** Where it took effect before what it was answered came about: an arrival counts long before it hears of the trip. Absent: at `place`, if at all. */
  readonly appliedAt?: number;
  /** The session it was asked in; 0 or absent where nobody said. Never a guess: models may judge by it. */
  readonly session?: number;
  /** When it was invoked and completed in microseconds of one clock, where times were recorded; Infinity for `info`. */
  readonly invokedUs?: number;
  readonly completedUs?: number;
}

/** Added to what was asked where an operation waited: which of its two halves this is, and the id it was invoked under. */
export interface Waited {
  readonly phase: 'enqueue' | 'grant';
  readonly of: number;
}

/** An operation as a world recorded it: ordered by the position of its observations, with virtual times for people. */
export interface RecordedOperation extends Operation {
  readonly node: number;
  readonly session: number;
  /** Virtual microseconds. */
  readonly invokedUs: number;
  /** Virtual microseconds; Infinity where it never completed. One of unknown result may have a finite one: its client gave up. */
  readonly completedUs: number;
}

/** Ends of sessions are numbered downwards from here, far below the halves of operations that wait. */
const firstEndId = -1_000_000_000;

/** A history under construction: the same object, its end not yet known. */
type Open = { -readonly [K in keyof RecordedOperation]: RecordedOperation[K] } & {
  /** The request it was, as told or guessed; 0 where unknown. */
  requestSession: number;
  requestNumber: number;
  /** When its client heard that it waits, and the entry at which it was queued. */
  queued: { readonly at: number; readonly us: number; readonly place: number } | null;
};

/**
 * Records a history from observations. Order is that in which the observations came, which in one recorder is the order of
 * real time, finer than a clock that ticks in microseconds.
 */
export class HistoryRecorder {
  readonly #operations: Open[] = [];
  readonly #open = new IdTable<Open>();
  #position = 0;
  /** By log index: whose request the entry was, as first applied anywhere. */
  #sessionAt = new Int32Array(1024);
  #numberAt = new Int32Array(1024);
  #top = 0;
  /** Requests that waited in a queue, by session and number: the entry that ended their wait with what they asked for, or 0. */
  readonly #waits = new Map<string, number>();
  /** Arrivals at barriers, by session and number: the entry at which they were first told of. */
  readonly #arrivals = new Map<string, number>();
  readonly #ends = new Map<number, RecordedOperation>();

  /** @throws Error if an operation of that id is still open. */
  invoked(o: ObservationOf<'invoked'>, envelope: Envelope): void {
    if (this.#open.has(o.id)) throw new Error(`history: operation ${o.id} was invoked twice.`);
    const operation: Open = {
      id: o.id,
      process: o.process,
      op: o.op,
      invokedAt: ++this.#position,
      completedAt: Infinity,
      outcome: 'info',
      value: undefined,
      place: 0,
      node: envelope.node,
      invokedUs: envelope.at,
      completedUs: Infinity,
      session: 0,
      requestSession: 0,
      requestNumber: 0,
      queued: null,
    };
    this.#open.set(o.id, operation);
    this.#operations.push(operation);
  }

  /**
   * The client heard that its request waits; a retry may hear so again.
   *
   * @throws Error if no operation of that id is open, or the id is negative: the other half of the operation takes −1 − id
   */
  queued(o: ObservationOf<'queued'>, envelope: Envelope): void {
    const operation = this.#open.get(o.id);
    if (operation === undefined) {
      throw new Error(`history: operation ${o.id} was queued, but none of that id is open.`);
    }
    if (o.id < 0) throw new Error(`history: operation ${o.id} was queued; ids of such are 0 or more.`);
    operation.queued ??= { at: ++this.#position, us: envelope.at, place: o.place };
  }

  /** @throws Error if no operation of that id is open. */
  completed(o: ObservationOf<'completed'>, envelope: Envelope): void {
    const operation = this.#open.get(o.id);
    if (operation === undefined) {
      throw new Error(`history: operation ${o.id} completed, but none of that id is open.`);
    }
    this.#open.delete(o.id);
    operation.outcome = o.outcome;
    operation.completedUs = envelope.at;
    operation.session = operation.requestSession = o.session;
    operation.requestNumber = o.number;
    operation.completedAt = o.outcome === 'info' ? Infinity : ++this.#position;
    if (o.outcome === 'ok') {
      operation.value = o.value;
      operation.place = o.place;
    }
  }

  /** Every replica applies every entry; the first one to do so tells all there is to know here. */
  applied(o: ObservationOf<'applied'>): void {
    if (o.index <= this.#top) return;
    this.#top = o.index;
    if (o.session === 0 || o.repeated) return;
    if (o.index >= this.#sessionAt.length) {
      this.#sessionAt = grown(this.#sessionAt, o.index);
      this.#numberAt = grown(this.#numberAt, o.index);
    }
    this.#sessionAt[o.index] = o.session;
    this.#numberAt[o.index] = o.number;
  }

  /** A request of unknown result that waits takes effect only where its wait ends, and where it waits in vain, nowhere. */
  lockQueued(o: ObservationOf<'lockQueued'>): void {
    const request = `${o.session} ${o.number}`;
    if (!this.#waits.has(request)) this.#waits.set(request, 0);
  }

  /** See `lockQueued`. */
  lockGranted(o: ObservationOf<'lockGranted'>): void {
    if (o.queuedAt > 0) this.#waits.set(`${o.session} ${o.number}`, o.index);
  }

  /** An arrival that waits is answered by another entry than its own. */
  barrierArrived(o: ObservationOf<'barrierArrived'>): void {
    const request = `${o.session} ${o.number}`;
    if (!this.#arrivals.has(request)) this.#arrivals.set(request, o.index);
  }

  /** A session ended, at the latest now. */
  sessionEnded(o: ObservationOf<'sessionEnded'>, envelope: Envelope): void {
    if (this.#ends.has(o.session)) return;
    this.#ends.set(o.session, {
      id: firstEndId - this.#ends.size,
      process: -1,
      op: { f: 'sessionEnded', reason: o.reason },
      invokedAt: 0,
      completedAt: ++this.#position,
      outcome: 'ok',
      value: undefined,
      place: o.index,
      node: envelope.node,
      session: o.session,
      invokedUs: 0,
      completedUs: envelope.at,
    });
  }

  /** The ends of sessions, as operations that nobody asked for: each had come about by `completedAt`. */
  sessionEnds(): readonly RecordedOperation[] {
    return [...this.#ends.values()];
  }

  /**
   * The history in order of invocation; operations of unknown result have the place where they were applied, if they were. One whose client
   * heard that it waits is two, see above: the grant keeps the id, and the enqueueing before it has −1 − id, which no client gives out.
   */
  history(): readonly RecordedOperation[] {
    this.#placeUnknown();
    if (this.#operations.every((o) => o.queued === null)) return this.#operations;
    return this.#operations.flatMap((o) => (o.queued === null ? [o] : halves(o, o.queued)));
  }

  #placeUnknown(): void {
    for (const operation of this.#operations) {
      // The entry at which it was queued tells whose request it was.
      if (operation.queued === null || operation.requestSession !== 0) continue;
      operation.session = operation.requestSession = this.#sessionAt[operation.queued.place] ?? 0;
      operation.requestNumber = this.#numberAt[operation.queued.place] ?? 0;
    }
    this.#numberUnended();
    if (this.#arrivals.size > 0) {
      for (const operation of this.#operations) {
        const arrivedAt = this.#arrivals.get(`${operation.requestSession} ${operation.requestNumber}`);
        if (arrivedAt !== undefined) operation.appliedAt = arrivedAt;
      }
    }
    const bySession = new Map<number, Map<number, Open>>();
    for (const operation of this.#operations) {
      if (operation.outcome !== 'info' || operation.requestSession === 0) continue;
      const waited = this.#waits.get(`${operation.requestSession} ${operation.requestNumber}`);
      if (waited !== undefined || operation.queued !== null) {
        operation.place = waited ?? 0;
        continue;
      }
      let numbers = bySession.get(operation.requestSession);
      if (numbers === undefined) bySession.set(operation.requestSession, (numbers = new Map()));
      numbers.set(operation.requestNumber, operation);
    }
    if (bySession.size > 0) {
      const last = Math.min(this.#top, this.#sessionAt.length - 1);
      for (let index = 1; index <= last; index += 1) {
        const session = this.#sessionAt[index]!;
        if (session === 0) continue;
        const operation = bySession.get(session)?.get(this.#numberAt[index]!);
        // A request applied twice is a bug of its own; the first application is the one that may have been heard.
        if (operation !== undefined && operation.place === 0) operation.place = index;
      }
    }
  }

  /**
   * Guesses which request was made for an operation that never ended, or whose client went down: nobody told. A client that numbers its
   * requests in the order in which they are invoked, one a request, gave it the number next to its neighbour's. A wrong guess makes a
   * witness that fails, and never a false one: a witness is checked whatever it is made from.
   */
  #numberUnended(): void {
    if (this.#operations.every((o) => o.requestSession > 0 || o.outcome !== 'info')) return;
    const taken = new Map<number, Set<number>>();
    for (const { requestSession: session, requestNumber: number } of this.#operations) {
      const numbers = taken.get(session);
      if (numbers === undefined) taken.set(session, new Set([number]));
      else numbers.add(number);
    }
    const neighbours = new Map<number, Open>();
    const guess = (operation: Open, step: 1 | -1): void => {
      const near = neighbours.get(operation.node);
      if (operation.requestSession === 0 && operation.outcome === 'info' && near !== undefined) {
        const number = near.requestNumber + step;
        const numbers = taken.get(near.requestSession)!;
        if (number > 0 && !numbers.has(number)) {
          operation.requestSession = near.requestSession;
          operation.requestNumber = number;
          numbers.add(number);
        }
      }
      if (operation.requestSession > 0) neighbours.set(operation.node, operation);
    };
    for (const operation of this.#operations) guess(operation, 1);
    neighbours.clear();
    // What came before the first one that ended.
    for (let i = this.#operations.length - 1; i >= 0; i -= 1) guess(this.#operations[i]!, -1);
  }
}

/** The two operations that one was whose client heard that it waits. */
function halves(o: Open, queued: NonNullable<Open['queued']>): readonly RecordedOperation[] {
  const op = typeof o.op === 'object' && o.op !== null ? o.op : { asked: o.op };
  const enqueue: Waited = { phase: 'enqueue', of: o.id };
  const grant: Waited = { phase: 'grant', of: o.id };
  return [
    {
      ...o,
      id: -1 - o.id,
      op: { ...op, ...enqueue },
      completedAt: queued.at,
      completedUs: queued.us,
      outcome: 'ok',
      value: { queued: true },
      place: queued.place,
    },
    { ...o, op: { ...op, ...grant } },
  ];
}

function grown(array: Int32Array, index: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(array.length * 2, index + 1));
  larger.set(array);
  return larger;
}
