/** What may befall a barrier. */
import type { Envelope, KnownObservation, ObservationOf } from '../core/observe.ts';
import type { Reach } from './scenario.ts';

type On = {
  readonly [K in KnownObservation['kind']]?: (observation: ObservationOf<K>, envelope: Envelope) => void;
};

function reach(name: string, sentence: string, watch: (hit: () => void) => On): Reach {
  return {
    name,
    sentence,
    watch: (hit) => ({
      on: watch(hit) as { readonly [kind: string]: (observation: never, envelope: Envelope) => void },
    }),
  };
}

/** An arrival and a deadline that came within this are a race. */
const raceUs = 50_000;

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
  reach('arrival-waited', 'An arrival waited at a barrier.', (hit) => ({
    barrierAnswered(o) {
      if (o.outcome === 'tripped') hit();
    },
  })),
  broken('barrier-timed-out', 'timeout', 'A generation of a barrier broke at its deadline.'),
  broken('barrier-broken-by-parent', 'parent', 'A generation of a barrier broke because one above it did.'),
  broken('barrier-emptied', 'emptied', 'A barrier broke because its last participant left.'),
  broken('barrier-reset', 'reset', 'A generation that waited was ended by a reset.'),
  reach('barrier-waiter-left', 'A participant left a barrier that others still waited at.', (hit) => ({
    barrierLeft: hit,
  })),
  reach('reset-came-late', 'A reset named a generation that had ended, and changed nothing.', (hit) => ({
    completed(o) {
      const value = o.value as { readonly reset?: unknown } | null;
      if (typeof value === 'object' && value?.reset === false) hit();
    },
  })),
  reach(
    'deadline-raced-arrival',
    'An arrival came within 50 ms of the deadline of its generation, before it or after it.',
    (hit) => {
      const arrivedAt = new Map<number, number>();
      const timedOutAt = new Map<number, number>();
      return {
        barrierArrived(o, e) {
          arrivedAt.set(o.creation, e.at);
          if (e.at - (timedOutAt.get(o.creation) ?? -raceUs) < raceUs) hit();
        },
        barrierBroken(o, e) {
          if (o.reason !== 'timeout') return;
          timedOutAt.set(o.creation, e.at);
          if (e.at - (arrivedAt.get(o.creation) ?? -raceUs) < raceUs) hit();
        },
      };
    },
  ),
];
