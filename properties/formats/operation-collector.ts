/** Puts events together to operations. */
import type { Operation } from '../history.ts';
import type { HistoryEvent } from './history-event.ts';

/** Operations from events: in order of invocation, whole ones in the order of the file. */
export class OperationCollector {
  readonly operations: Operation[] = [];
  /** Whether what it took were events, in the order of real time, and not whole operations. */
  cameAsEvents = true;
  /** Where those that are open stand. */
  readonly #open = new Map<number, number>();

  take(events: readonly HistoryEvent[]): void {
    for (const event of events) this.#one(event);
  }

  #one(event: HistoryEvent): void {
    if (event.type === 'operation') {
      this.cameAsEvents = false;
      this.operations.push(event.operation);
      return;
    }
    if (event.type === 'invoke') {
      this.#open.set(event.id, this.operations.length);
      this.operations.push({
        id: event.id,
        process: event.process,
        op: event.op,
        invokedAt: event.at,
        completedAt: Infinity,
        outcome: 'info',
        value: undefined,
        place: 0,
        ...event.also,
        ...(event.us !== undefined && { invokedUs: event.us, completedUs: Infinity }),
      });
      return;
    }
    const position = this.#open.get(event.id)!;
    this.#open.delete(event.id);
    if (event.type === 'info') return;
    const invoked = this.operations[position]!;
    this.operations[position] = {
      ...invoked,
      completedAt: event.at,
      outcome: event.type,
      value: event.value,
      ...(event.us !== undefined && invoked.invokedUs !== undefined && { completedUs: event.us }),
    };
  }
}
