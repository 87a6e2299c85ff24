/** A reach by its handlers. */
import type { Envelope, KnownObservation, ObservationOf } from '../core/observe.ts';
import type { Reach } from './scenario.ts';

/** Handlers of known observations, by kind. */
export type On = {
  readonly [K in KnownObservation['kind']]?: (observation: ObservationOf<K>, envelope: Envelope) => void;
};

/** A reach that is hit where one of its handlers says so. */
export function reach(name: string, sentence: string, watch: (hit: () => void) => On): Reach {
  return {
    name,
    sentence,
    watch: (hit) => ({
      on: watch(hit) as { readonly [kind: string]: (observation: never, envelope: Envelope) => void },
    }),
  };
}
