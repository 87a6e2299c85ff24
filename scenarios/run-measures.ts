/**
 * Measures a run from what is observed of it anyway: how long groups were without a leader and could commit nothing, how long operations, leases and barriers
 * took. It judges nothing, and what it does not see the end of it does not count.
 */
import type { Envelope, ObservationOf } from '../core/observe.ts';
import { LogOrder } from '../properties/coordination/log-order.ts';
import { routed } from '../properties/per-group.ts';
import type { GroupFacts, Handlers } from '../properties/property.ts';
import { HistogramRecorder } from '../reports/histogram.ts';
import type { Measures } from '../reports/measures.ts';

/** The measures of one run. */
export class RunMeasures {
  readonly #leader = new HistogramRecorder();
  readonly #unavailable = new HistogramRecorder();
  readonly #operation = new HistogramRecorder();
  readonly #lease = new HistogramRecorder();
  readonly #barrier = new HistogramRecorder();

  /** The handlers that measure; `groups` where the run has several. */
  on(groups: readonly GroupFacts[] | undefined): Handlers {
    const ofGroup = (): Handlers => ({
      ...watchLeaders(this.#leader, this.#unavailable),
      ...watchLocks(this.#lease),
      ...watchBarriers(this.#barrier),
    });
    return {
      ...(groups === undefined ? ofGroup() : routed(groups, ofGroup)),
      ...watchOperations(this.#operation),
    };
  }

  /** What was measured. */
  taken(): Measures {
    return {
      leader: this.#leader.taken(),
      unavailable: this.#unavailable.taken(),
      operation: this.#operation.taken(),
      lease: this.#lease.taken(),
      barrier: this.#barrier.taken(),
    };
  }
}

const nobody = -1;
const never = -1;

/**
 * The leader of a group as far as is observed: the newest one. It is lost when it steps down, crashes, stops, or stands still. One that was cut off
 * observes nothing of that until it steps down, and by then another one may lead: then it counts as lost from the first candidacy on that followed the last
 * entry that it committed.
 */
class Leadership {
  readonly #toLeader: HistogramRecorder;
  readonly #unavailable: HistogramRecorder;
  #node = nobody;
  #term = 0;
  /** Since when nobody leads; `never` while somebody does. */
  #searchingSince = 0;
  /** Since when nobody leads who has committed anything; `never` while somebody does. */
  #unavailableSince = 0;
  /** When the leader stood still; `never` where it does not. */
  #pausedAt = never;
  /** The first candidacy since the leader committed an entry. */
  #candidacyAt = never;

  constructor(toLeader: HistogramRecorder, unavailable: HistogramRecorder) {
    this.#toLeader = toLeader;
    this.#unavailable = unavailable;
  }

  campaigned(at: number): void {
    if (this.#candidacyAt === never) this.#candidacyAt = at;
  }

  elected(term: number, { node, at }: Envelope): void {
    if (term <= this.#term) return;
    const begun = this.#candidacyAt === never ? at : this.#candidacyAt;
    const since = this.#searchingSince === never ? begun : this.#searchingSince;
    this.#toLeader.add(at - since);
    if (this.#unavailableSince === never) this.#unavailableSince = since;
    this.#searchingSince = never;
    this.#pausedAt = never;
    this.#node = node;
    this.#term = term;
  }

  committed({ node, at }: Envelope): void {
    if (node !== this.#node) return;
    this.#candidacyAt = never;
    this.#availableAgain(at);
  }

  lost({ node, at }: Envelope): void {
    if (node !== this.#node) return;
    this.#node = nobody;
    this.#pausedAt = never;
    this.#search(at);
  }

  paused({ node, at }: Envelope): void {
    if (node !== this.#node) return;
    this.#pausedAt = at;
    this.#search(at);
  }

  /** It leads on, unless another one was elected meanwhile: then it is not this group's leader any more. */
  resumed({ node, at }: Envelope): void {
    if (node !== this.#node || this.#pausedAt === never) return;
    this.#searchingSince = never;
    if (this.#unavailableSince === this.#pausedAt) this.#availableAgain(at);
    this.#pausedAt = never;
  }

  #search(at: number): void {
    if (this.#searchingSince === never) this.#searchingSince = at;
    if (this.#unavailableSince === never) this.#unavailableSince = at;
  }

  #availableAgain(at: number): void {
    if (this.#unavailableSince === never) return;
    this.#unavailable.add(at - this.#unavailableSince);
    this.#unavailableSince = never;
  }
}

function watchLeaders(toLeader: HistogramRecorder, unavailable: HistogramRecorder): Handlers {
  const leadership = new Leadership(toLeader, unavailable);
  return {
    campaigned: (_o, e) => leadership.campaigned(e.at),
    leaderElected: (o, e) => leadership.elected(o.term, e),
    committed: (o, e) => {
      if (o.leading) leadership.committed(e);
    },
    steppedDown: (_o, e) => leadership.lost(e),
    crashed: (_o, e) => leadership.lost(e),
    stopped: (_o, e) => leadership.lost(e),
    paused: (_o, e) => leadership.paused(e),
    resumed: (_o, e) => leadership.resumed(e),
  };
}

/** A process asks for one thing at a time, so that there are never more entries than processes. */
function watchOperations(latency: HistogramRecorder): Handlers {
  const invoked = new Map<number, number>();
  return {
    invoked: (o, e) => void invoked.set(o.process, e.at),
    completed: (o, e) => {
      const since = invoked.get(o.process);
      if (since !== undefined && o.outcome === 'ok') latency.add(e.at - since);
      invoked.delete(o.process);
    },
  };
}

function watchLocks(held: HistogramRecorder): Handlers {
  const order = new LogOrder();
  const grantedAt = new Map<string, number>();
  return {
    lockGranted: (o, e) => {
      if (order.isFirst(o.index, e)) grantedAt.set(o.lock, e.at);
    },
    lockFreed: (o, e) => {
      if (!order.isFirst(o.index, e)) return;
      const since = grantedAt.get(o.lock);
      if (since !== undefined) held.add(e.at - since);
      grantedAt.delete(o.lock);
    },
  };
}

type Request = ObservationOf<'barrierArrived'> | ObservationOf<'barrierAnswered'>;

function watchBarriers(waited: HistogramRecorder): Handlers {
  const order = new LogOrder();
  const arrivedAt = new Map<string, number>();
  const keyOf = ({ session, number }: Request): string => `${session}/${number}`;
  return {
    barrierArrived: (o, e) => {
      if (order.isFirst(o.index, e)) arrivedAt.set(keyOf(o), e.at);
    },
    barrierAnswered: (o, e) => {
      if (!order.isFirst(o.index, e)) return;
      const since = arrivedAt.get(keyOf(o));
      if (since !== undefined) waited.add(e.at - since);
      arrivedAt.delete(keyOf(o));
    },
  };
}
