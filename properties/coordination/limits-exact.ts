/**
 * Limits refuse what goes beyond them, and nothing else. A refusal for a limit's sake is a result like any other, and models believe it, since they know of no limits: so what it
 * says is counted here again, from the transitions that replicas told, as it stood when the entry was applied.
 */
import type { Envelope, ObservationOf } from '../../core/observe.ts';
import type { Property, WatchContext } from '../property.ts';
import { LogOrder } from './log-order.ts';

/** A count over the log: a refusal is heard of later than it was made. */
class Counted {
  private readonly indices: number[] = [];
  private readonly counts: number[] = [];

  get now(): number {
    return this.counts.at(-1) ?? 0;
  }

  set(index: number, count: number): void {
    if (this.indices.at(-1) === index) this.counts[this.counts.length - 1] = count;
    else {
      this.indices.push(index);
      this.counts.push(count);
    }
  }

  /** As it stood before the entry at `index`. */
  before(index: number): number {
    let [low, high] = [0, this.indices.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.indices[middle]! < index) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : this.counts[low - 1]!;
  }
}

/** What a group promises to hold; stated apart from the core, whose own limits are what is judged. */
const limits = {
  lockQueue: 64,
  locksHeld: 256,
  lockReentries: 16,
  barriers: 64,
  barrierParticipants: 256,
  siblings: 16,
  keyActors: 64,
} as const;

/** What is counted, by the refusal that it is for: the field of the refusal that names the thing, the limit, and a word for what there is too much of. */
const counted = {
  QUEUE_FULL: { of: 'lock', limit: limits.lockQueue, what: 'waiters' },
  TOO_MANY_LOCKS: { of: null, limit: limits.locksHeld, what: 'locks held' },
  REENTRY_LIMIT: { of: 'lock', limit: limits.lockReentries, what: 'holdings of one owner' },
  TOO_MANY_BARRIERS: { of: null, limit: limits.barriers, what: 'barriers' },
  TOO_MANY_PARTICIPANTS: { of: 'barrier', limit: limits.barrierParticipants, what: 'participants' },
  SIBLINGS_FULL: { of: 'key', limit: limits.siblings, what: 'siblings' },
  KEY_ACTORS_FULL: { of: 'key', limit: limits.keyActors, what: 'actors' },
} as const;
type Refusal = keyof typeof counted;

class Counts {
  readonly order = new LogOrder();
  private readonly byName = new Map<string, Counted>();
  private readonly context: WatchContext;

  constructor(context: WatchContext) {
    this.context = context;
  }

  of(refusal: Refusal, name: string): Counted {
    const full = `${refusal} ${name}`;
    let one = this.byName.get(full);
    if (one === undefined) this.byName.set(full, (one = new Counted()));
    return one;
  }

  /** It is now so many: not more than there may be. */
  set(refusal: Refusal, name: string, index: number, count: number, e: Envelope): void {
    this.of(refusal, name).set(index, count);
    const { limit, what } = counted[refusal];
    if (count <= limit) return;
    this.context.fail(
      `${count} ${what}${name === '' ? '' : ` of ${name}`} at index ${index}: at most ${limit} are allowed.`,
      [{ at: e.at, node: e.node, text: `${what}: ${count}` }],
    );
  }

  add(refusal: Refusal, name: string, index: number, by: number, e: Envelope): void {
    this.set(refusal, name, index, this.of(refusal, name).now + by, e);
  }

  /** A client hears a refusal. */
  heard({ value, place }: ObservationOf<'completed'>, e: Envelope): void {
    if (place === 0 || typeof value !== 'object' || value === null) return;
    const refusal = value as { readonly [field: string]: unknown };
    const { error } = refusal;
    if (typeof error !== 'string' || !Object.hasOwn(counted, error)) return;
    const { of, limit, what } = counted[error as Refusal];
    const name = of === null ? '' : String(refusal[of]);
    const count = this.of(error as Refusal, name).before(place);
    if (count >= limit) return;
    this.context.fail(
      `A request at index ${place} was refused with ${error}, but there were ${count} ${what}${name === '' ? '' : ` of ${name}`}, of ${limit} that may be.`,
      [{ at: e.at, node: e.node, text: `heard ${JSON.stringify(value)}` }],
    );
  }
}

/** Nothing goes beyond a limit, and what is refused for a limit's sake was at it. */
export const limitsExact: Property = {
  id: 'limits-exact',
  sentence: 'Nothing goes beyond a limit, and what is refused for a limit’s sake was at that limit.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const counts = new Counts(context);
    const queued = (o: { readonly index: number; readonly lock: string }, by: number, e: Envelope): void =>
      counts.add('QUEUE_FULL', o.lock, o.index, by, e);
    const { order } = counts;
    return {
      on: {
        completed: (o, e) => counts.heard(o, e),
        lockQueued: order.first((o, e) => queued(o, 1, e)),
        lockWaitEnded: order.first((o, e) => queued(o, -1, e)),
        lockGranted: order.first((o, e) => {
          if (o.queuedAt > 0) queued(o, -1, e);
          counts.add('TOO_MANY_LOCKS', '', o.index, 1, e);
          counts.set('REENTRY_LIMIT', o.lock, o.index, 1, e);
        }),
        // Of releases but the last nothing is told: from a grant on, the highest count counts.
        lockReentered: order.first((o, e) => {
          const known = counts.of('REENTRY_LIMIT', o.lock).now;
          counts.set('REENTRY_LIMIT', o.lock, o.index, Math.max(known, o.count), e);
        }),
        lockFreed: order.first((o, e) => {
          counts.add('TOO_MANY_LOCKS', '', o.index, -1, e);
          counts.set('REENTRY_LIMIT', o.lock, o.index, 0, e);
        }),
        barrierCreated: order.first((o, e) => {
          counts.add('TOO_MANY_BARRIERS', '', o.index, 1, e);
          counts.set('TOO_MANY_PARTICIPANTS', o.barrier, o.index, 0, e);
        }),
        barrierDestroyed: order.first((o, e) => counts.add('TOO_MANY_BARRIERS', '', o.index, -1, e)),
        barrierJoined: order.first((o, e) => counts.add('TOO_MANY_PARTICIPANTS', o.barrier, o.index, 1, e)),
        barrierLeft: order.first((o, e) => counts.add('TOO_MANY_PARTICIPANTS', o.barrier, o.index, -1, e)),
        siblingsWritten: order.first((o, e) => {
          counts.set('SIBLINGS_FULL', o.key, o.index, o.kept.length, e);
          counts.set('KEY_ACTORS_FULL', o.key, o.index, o.clock.length, e);
        }),
      },
    };
  },
};
