/**
 * Puts invocations and their ends together. A process is sequential, so that an end belongs to what its process has open. One that ended
 * `info` may take effect at any later time, but its process may go on (in Jepsen it never does: a new process takes its place).
 */
import type { Operation } from '../history.ts';
import { HistoryError } from './history-error.ts';
import type { HistoryErrorCode, TextPlace } from './history-error.ts';
import type { HistoryEvent, SaidEvent } from './history-event.ts';
import type { HistoryLimits } from './limits.ts';
import { answerOf, opOf, tellsKeyed } from './meaning.ts';

/** Events that are held back until one tells whether values are `[key value]`; after so many they are not. */
const undecidedMax = 1_000;

/** An operation that has not ended. */
interface Open {
  readonly id: number;
  readonly f: string;
  readonly op: unknown;
  readonly line: number;
  /** Whether its values are wrapped with its key. */
  readonly wrapped: boolean;
}

export class EventPairs {
  readonly #limits: HistoryLimits;
  readonly #ignoreTimes: boolean;
  readonly #open = new Map<number, Open>();
  /** Ids of whole operations. */
  readonly #ids = new Set<number>();
  #held: SaidEvent[] = [];
  #heldChars = 0;
  #holding = true;
  #operations = 0;
  #unknown = 0;
  #at = 0;
  #lastId = -Infinity;
  #lastIndex = -1;
  #lastUs = -Infinity;

  constructor(limits: HistoryLimits, ignoreTimes: boolean) {
    this.#limits = limits;
    this.#ignoreTimes = ignoreTimes;
  }

  /** Operations so far. */
  get operations(): number {
    return this.#operations;
  }

  /** @param keyed whether values are `[key value]`; `undefined`: find out */
  take(said: SaidEvent, keyed: boolean | undefined): readonly HistoryEvent[] {
    if (!this.#holding) return [this.#event(said, this.#keyed)];
    this.#held.push(said);
    this.#heldChars += said.chars;
    const told = keyed ?? tellsKeyed(said);
    const few = this.#held.length < undecidedMax && this.#heldChars < this.#limits.eventChars;
    if (told === undefined && few) return [];
    return this.end(told);
  }

  #keyed = false;

  /** Lets go of what was held back. */
  end(keyed: boolean | undefined): readonly HistoryEvent[] {
    if (!this.#holding) return [];
    this.#holding = false;
    this.#keyed = keyed ?? false;
    const held = this.#held;
    this.#held = [];
    return held.map((said) => this.#event(said, this.#keyed));
  }

  /** A whole operation. */
  whole(operation: Operation, place: TextPlace): HistoryEvent {
    if (this.#ids.has(operation.id)) throw duplicate(`two operations have the id ${operation.id}`, place);
    this.#ids.add(operation.id);
    this.#count(place);
    if (operation.outcome === 'info') this.#countUnknown(place);
    return { type: 'operation', operation };
  }

  #event(said: SaidEvent, keyed: boolean): HistoryEvent {
    this.#checkOrder(said);
    this.#at += 1;
    return said.type === 'invoke' ? this.#invoke(said, keyed) : this.#ended(said);
  }

  #invoke(said: SaidEvent, keyed: boolean): HistoryEvent {
    const { process, place, us } = said;
    const busy = this.#open.get(process);
    if (busy !== undefined) {
      throw at(
        'PROCESS_BUSY',
        place,
        `process ${process} invokes "${said.f}" while its "${busy.f}" of line ${busy.line} has not ended`,
        'give each client that has several operations in flight several process numbers',
      );
    }
    const id = this.#idOf(said);
    this.#count(place);
    const wrapped = keyed && said.op === undefined && said.key === undefined;
    const op = opOf(said, wrapped, (what) => at('BAD_EVENT', place, what, 'mend it, or take the event out'));
    this.#open.set(process, { id, f: said.f, op, line: place.line, wrapped });
    this.#checkPending(place);
    return {
      ...{ type: 'invoke', id, process, op, at: this.#at },
      ...(us !== undefined && { us }),
      ...(said.also !== undefined && { also: said.also }),
    };
  }

  #ended(said: SaidEvent): HistoryEvent {
    const { process, place, us, type, f } = said;
    const open = this.#open.get(process);
    if (open === undefined || (f !== '' && f !== open.f)) {
      const had =
        open === undefined ? 'it has none open' : `what it has open is "${open.f}" of line ${open.line}`;
      const what = f === '' ? 'an operation' : `"${f}"`;
      throw at(
        'NOT_INVOKED',
        place,
        `process ${process} ends ${what} (${type}), and ${had}`,
        'look whether the beginning of the history is missing, or an event out of order',
      );
    }
    if (said.id !== undefined && said.id !== open.id) {
      throw at(
        'NOT_INVOKED',
        place,
        `process ${process} ends operation ${said.id}, and has ${open.id} open`,
        'mend the id',
      );
    }
    this.#open.delete(process);
    if (type === 'info') this.#countUnknown(place);
    return {
      type: type as 'ok' | 'fail' | 'info',
      id: open.id,
      process,
      value: type === 'ok' ? answerOf(open.op, said, open.wrapped) : undefined,
      at: this.#at,
      ...(us !== undefined && { us }),
    };
  }

  /** Ids ascend, so that one given twice is found without keeping them all. */
  #idOf({ id, place }: SaidEvent): number {
    if (id === undefined) return this.#operations;
    if (id <= this.#lastId) {
      throw duplicate(`an operation has the id ${id} after one with ${this.#lastId}`, place);
    }
    this.#lastId = id;
    return id;
  }

  #checkOrder({ index, us, place }: SaidEvent): void {
    if (index !== undefined) {
      if (index <= this.#lastIndex)
        throw duplicate(`an event has the index ${index} after one with ${this.#lastIndex}`, place);
      this.#lastIndex = index;
    }
    if (us === undefined || this.#ignoreTimes) return;
    if (us < this.#lastUs) {
      throw at(
        'TIME_GOES_BACK',
        place,
        `this event is at ${us} µs, the one before it at ${this.#lastUs} µs`,
        'sort the events by time; or, if their order is right as it is, --ignore-times',
      );
    }
    this.#lastUs = us;
  }

  #count(place: TextPlace): void {
    this.#operations += 1;
    if (this.#operations <= this.#limits.operations) return;
    throw at(
      'TOO_MANY_OPERATIONS',
      place,
      `there are more than ${this.#limits.operations} operations`,
      'check a part of it',
    );
  }

  #countUnknown(place: TextPlace): void {
    this.#unknown += 1;
    this.#checkPending(place);
  }

  #checkPending(place: TextPlace): void {
    if (this.#open.size + this.#unknown <= this.#limits.pending) return;
    throw at(
      'TOO_MANY_PENDING',
      place,
      `more than ${this.#limits.pending} operations are open or of unknown result at once`,
      'look whether the ends of operations were recorded',
    );
  }
}

function duplicate(what: string, place: TextPlace): HistoryError {
  return at(
    'DUPLICATE_ID',
    place,
    what,
    'keep one history a file; ids and indices ascend, and none comes twice',
  );
}

function at(code: HistoryErrorCode, place: TextPlace, what: string, next: string): HistoryError {
  return new HistoryError(code, place, what, next);
}
