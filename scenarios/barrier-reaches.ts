/** What may befall a barrier. */
import { LogOrder } from '../properties/coordination/log-order.ts';
import { reach } from './reach-of-run.ts';
import type { On } from './reach-of-run.ts';
import type { Reach } from './scenario.ts';

/** An arrival and a deadline that came within this are a race. */
const raceUs = 50_000;

/** Whom a waiting generation has, by barrier: participants that arrived. */
class Arrivals {
  readonly order = new LogOrder();
  private readonly byCreation = new Map<number, Set<string>>();

  at(creation: number): Set<string> {
    let arrived = this.byCreation.get(creation);
    if (arrived === undefined) this.byCreation.set(creation, (arrived = new Set()));
    return arrived;
  }

  /** Handlers that keep it. */
  readonly on: On = {
    barrierArrived: this.order.first((o) => void this.at(o.creation).add(o.participant)),
    barrierTripped: this.order.first((o) => this.at(o.creation).clear()),
    barrierBroken: this.order.first((o) => this.at(o.creation).clear()),
  };
}

/** An arrival as its client knows it. */
interface Asked {
  readonly at: number;
  readonly creation: number;
  readonly generation: number;
}

function broken(name: string, reason: string, sentence: string): Reach {
  return reach(name, sentence, (hit) => ({
    barrierBroken(o) {
      if (o.reason === reason) hit();
    },
  }));
}

/** What may befall a barrier. */
export const barrierReaches: readonly Reach[] = [
  reach('barrier-tripped', 'A generation of a barrier tripped.', (hit) => ({ barrierTripped: hit })),
  reach('arrival-waited', 'An arrival waited at a barrier, and was told.', (hit) => ({ queued: hit })),
  broken('barrier-timed-out', 'timeout', 'A generation of a barrier broke at its deadline.'),
  broken('barrier-broken-by-parent', 'parent', 'A generation of a barrier broke because one above it did.'),
  broken('barrier-emptied', 'emptied', 'A barrier broke because its last participant left.'),
  broken('barrier-reset', 'reset', 'A generation that waited was ended by a reset.'),
  reach('barrier-waiter-left', 'A participant left a barrier that others still waited at.', (hit) => {
    const arrivals = new Arrivals();
    return {
      ...arrivals.on,
      barrierLeft: arrivals.order.first((o) => {
        arrivals.at(o.creation).delete(o.participant);
        if (arrivals.at(o.creation).size > 0) hit();
      }),
    };
  }),
  reach('reset-came-late', 'A reset named a generation that had ended, and changed nothing.', (hit) => ({
    completed(o) {
      const value = o.value as { readonly reset?: unknown } | null;
      if (typeof value === 'object' && value?.reset === false) hit();
    },
  })),
  reach(
    'deadline-raced-arrival',
    'An arrival was sent within 50 ms of the time at which its generation broke at its deadline, and heard of that.',
    (hit) => {
      const order = new LogOrder();
      const asked = new Map<number, Asked>();
      /** By barrier and generation. */
      const timedOutAt = new Map<string, number>();
      return {
        invoked({ id, op }, { at }) {
          const { f, creation, generation } = op as { f?: unknown; creation?: number; generation?: number };
          if (f === 'arrive' && creation !== undefined && generation !== undefined)
            asked.set(id, { at, creation, generation });
        },
        barrierBroken(o, e) {
          if (o.reason === 'timeout' && order.isFirst(o.index, e))
            timedOutAt.set(`${o.creation} ${o.generation}`, e.at);
        },
        completed({ id, value }) {
          const arrival = asked.get(id);
          asked.delete(id);
          if (arrival === undefined || (value as { outcome?: unknown } | null)?.outcome !== 'broken') return;
          const at = timedOutAt.get(`${arrival.creation} ${arrival.generation}`);
          if (at !== undefined && Math.abs(arrival.at - at) < raceUs) hit();
        },
      };
    },
  ),
];
