/**
 * The order within sessions. A session is what one client did, one thing after another: of two of its operations the first precedes the
 * second if it had completed when the second was invoked. What precedes an operation is therefore the beginning of its session in order of
 * completion, and a number says which. An operation of unknown result never completed for its client, and precedes nothing.
 */
import type { Operation } from '../history.ts';
import type { Access } from './reads-from.ts';

/** What a session did on one object, in order of completion. */
export interface Doings {
  readonly reads: Access[];
  readonly writes: Access[];
  /** Place of each among all reads, or all writes, of the session. */
  readonly readPlaces: number[];
  readonly writePlaces: number[];
}

/** One session. */
export interface Session {
  /** Completed reads and writes, in order of completion. */
  readonly reads: Access[];
  readonly writes: Access[];
  readonly byObject: ReadonlyMap<number, Doings>;
}

/** The sessions of a history. */
export interface Sessions {
  readonly all: readonly Session[];
  /** Which one an operation belongs to. */
  of(operation: Operation): number;
}

/** Sorts what was done into sessions: those that were recorded, and where none was, processes. */
export function sessionsOf(accesses: readonly Access[]): Sessions {
  const numbers = new Map<string, number>();
  const sessions: { reads: Access[]; writes: Access[]; byObject: Map<number, Doings> }[] = [];
  for (const { operation } of accesses) {
    const name = sessionName(operation);
    if (numbers.has(name)) continue;
    numbers.set(name, sessions.length);
    sessions.push({ reads: [], writes: [], byObject: new Map() });
  }
  const completed = accesses
    .filter((a) => a.operation.outcome === 'ok')
    .sort((a, b) => a.operation.completedAt - b.operation.completedAt || a.operation.id - b.operation.id);
  for (const access of completed) {
    const session = sessions[numbers.get(sessionName(access.operation))!]!;
    let doings = session.byObject.get(access.object);
    if (doings === undefined) {
      doings = { reads: [], writes: [], readPlaces: [], writePlaces: [] };
      session.byObject.set(access.object, doings);
    }
    if (access.read >= 0) {
      doings.reads.push(access);
      doings.readPlaces.push(session.reads.push(access) - 1);
    }
    if (access.wrote >= 0) {
      doings.writes.push(access);
      doings.writePlaces.push(session.writes.push(access) - 1);
    }
  }
  return { all: sessions, of: (operation) => numbers.get(sessionName(operation))! };
}

/** How many of these, which are in order of completion, had completed before that time. */
export function completedBefore(accesses: readonly Access[], time: number): number {
  return countBelow(accesses.length, (i) => accesses[i]!.operation.completedAt < time);
}

/** How many of these ascending places are below `limit`. */
export function placesBelow(places: readonly number[], limit: number): number {
  return countBelow(places.length, (i) => places[i]! < limit);
}

/** The number of leading positions for which `holds`; it holds for no later one. */
function countBelow(length: number, holds: (position: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A session for people and as a name: `session 7`, else `process 3`. */
export function sessionName(operation: Operation): string {
  return operation.session !== undefined && operation.session > 0
    ? `session ${operation.session}`
    : `process ${operation.process}`;
}
