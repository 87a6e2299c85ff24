/**
 * A history as the events of its operations, in the order in which a recorder would have seen them, each process sequential: formats of events
 * know no other. Equal readings of the clock are concurrent, so that of several events at one instant invocations come first.
 */
import type { Operation } from '../history.ts';
import { HistoryError } from './history-error.ts';

/** One event. `process` may be another than the operation's, see `eventsInOrder`. */
export interface OrderedEvent {
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly process: number;
  readonly operation: Operation;
  /** Microseconds, where all operations tell times. */
  readonly us: number | undefined;
}

/** What becomes of operations of unknown result. */
export interface EventOrderOptions {
  /** Whether the format can say that one ended so; if not, it stays open, and its process is of no more use. */
  readonly tellsInfo: boolean;
  /** The least number that a process may have. */
  readonly leastProcess: number;
}

/**
 * The events. Where operations of one process overlap (halves of one that waits, or one after another of unknown result where nothing can end
 * that), the later one gets a process of its own, with a number that nobody has.
 *
 * @throws HistoryError NOT_WRITABLE where times fall in the order of the events
 */
export function eventsInOrder(
  operations: readonly Operation[],
  options: EventOrderOptions,
): readonly OrderedEvent[] {
  const timed = operations.every((o) => o.invokedUs !== undefined);
  const processes = new Processes(operations, options.leastProcess);
  /** Of unknown result, not yet told, by process. */
  const unknown = new Map<number, Operation>();
  const events: OrderedEvent[] = [];
  let lastUs = -Infinity;
  const tell = (type: OrderedEvent['type'], process: number, operation: Operation, us?: number): void => {
    if (timed) checkTime(operation, lastUs, us!);
    events.push({ type, process, operation, us: timed ? us : undefined });
    lastUs = us ?? lastUs;
  };
  for (const { operation, ends } of instantsOf(operations)) {
    if (ends) {
      tell(operation.outcome, processes.leave(operation), operation, operation.completedUs);
      continue;
    }
    const own = unknown.get(operation.process);
    if (own !== undefined && options.tellsInfo) {
      unknown.delete(operation.process);
      tell('info', processes.leave(own), own, operation.invokedUs);
    }
    const process = processes.enter(operation);
    tell('invoke', process, operation, operation.invokedUs);
    if (operation.outcome === 'info' && process === operation.process) unknown.set(process, operation);
  }
  if (options.tellsInfo) {
    for (const operation of operations) {
      const process = operation.outcome === 'info' ? processes.of(operation) : undefined;
      if (process !== undefined) tell('info', process, operation, lastUs);
    }
  }
  return events;
}

function instantsOf(operations: readonly Operation[]): readonly { operation: Operation; ends: boolean }[] {
  const instants = operations.flatMap((operation) => [
    { operation, ends: false, at: operation.invokedAt },
    ...(operation.outcome === 'info' ? [] : [{ operation, ends: true, at: operation.completedAt }]),
  ]);
  return instants.sort(
    (a, b) => a.at - b.at || Number(a.ends) - Number(b.ends) || a.operation.id - b.operation.id,
  );
}

function checkTime(operation: Operation, lastUs: number, us: number): void {
  if (us >= lastUs) return;
  throw new HistoryError(
    'NOT_WRITABLE',
    null,
    `operation ${operation.id} has an event at ${us} µs that stands after one at ${lastUs} µs: its microseconds and its other times disagree`,
    'leave invokedUs and completedUs out, or mend them',
  );
}

/** Numbers of processes: an operation's own, or where that is taken, one that stands in for it. */
class Processes {
  readonly #taken = new Set<number>();
  readonly #of = new Map<number, number>();
  readonly #substitutes = new Map<number, number[]>();
  readonly #least: number;
  #next: number;

  constructor(operations: readonly Operation[], least: number) {
    this.#least = least;
    this.#next = operations.reduce((max, o) => Math.max(max, o.process + 1), least);
  }

  enter({ id, process }: Operation): number {
    const substitutes = this.#substitutes.get(process) ?? [];
    let number = [process, ...substitutes].find((n) => n >= this.#least && !this.#taken.has(n));
    if (number === undefined) {
      number = this.#next;
      this.#next += 1;
      this.#substitutes.set(process, [...substitutes, number]);
    }
    this.#taken.add(number);
    this.#of.set(id, number);
    return number;
  }

  leave(operation: Operation): number {
    const number = this.#of.get(operation.id)!;
    this.#of.delete(operation.id);
    this.#taken.delete(number);
    return number;
  }

  /** Of an operation that is open. */
  of(operation: Operation): number | undefined {
    return this.#of.get(operation.id);
  }
}
