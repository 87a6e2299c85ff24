/**
 * Transitions of the machine in the order of the log. Every replica tells each when it applies the entry; for what happened it is enough to hear
 * whoever applies an entry first, and that is before anybody else and in order: no replica applies an entry before its predecessors, and a snapshot covers only
 * what was applied somewhere. That the others agree is another property's affair (state-machine-safety).
 */
import type { Envelope } from '../../core/observe.ts';

/** Tells the first report of each log index from the others'. */
export class LogOrder {
  /** The highest index reported so far. */
  top = 0;
  private node = -1;
  private boot = 0;

  /** Whether this is the first report of its index: all transitions of an entry come from one replica, in one event. */
  isFirst(index: number, envelope: Envelope): boolean {
    if (index > this.top) {
      this.top = index;
      this.node = envelope.node;
      this.boot = envelope.boot;
      return true;
    }
    return index === this.top && envelope.node === this.node && envelope.boot === this.boot;
  }

  /** A handler that hears the first reports alone. */
  first<O extends { readonly index: number }>(
    handle: (o: O, e: Envelope) => void,
  ): (o: O, e: Envelope) => void {
    return (o, e) => {
      if (this.isFirst(o.index, e)) handle(o, e);
    };
  }
}
