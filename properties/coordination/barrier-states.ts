/** What barriers are, as their transitions tell: who takes part, who has arrived, how generations ended. Nothing of the core's rules is used. */
import type { Envelope, ObservationOf } from '../../core/observe.ts';

/** One barrier, by its creation. */
export interface BarrierState {
  readonly name: string;
  readonly creation: number;
  readonly numerator: number;
  readonly denominator: number;
  readonly minParticipants: number;
  readonly timeoutUs: number;
  readonly parent: BarrierState | null;
  readonly participants: Set<string>;
  /** Of the current generation, those who take part and have named it. */
  readonly arrived: Set<string>;
  /** Since when somebody has arrived, and where that was told; Infinity: nobody has. */
  arrivedSince: number;
  generation: number;
  broken: boolean;
  readonly outcomes: Map<number, 'tripped' | 'broken'>;
}

/** How many must have arrived. */
export function threshold({ participants, numerator, denominator }: BarrierState): number {
  return Math.ceil((participants.size * numerator) / denominator);
}

/** Whether the current generation has all that it needs to trip. */
export function mayTrip(barrier: BarrierState): boolean {
  const { participants, arrived, minParticipants, parent, generation } = barrier;
  if (participants.size < minParticipants || arrived.size === 0 || arrived.size < threshold(barrier))
    return false;
  return parent === null || parent.outcomes.get(generation) === 'tripped';
}

/** The barriers of a run, as told so far, in the order of the log. */
export class BarrierStates {
  readonly byCreation = new Map<number, BarrierState>();
  private readonly byName = new Map<string, BarrierState>();

  of(o: { readonly creation: number }): BarrierState | undefined {
    return this.byCreation.get(o.creation);
  }

  created(o: ObservationOf<'barrierCreated'>): BarrierState {
    const {
      barrier: name,
      creation,
      numerator,
      denominator,
      minParticipants,
      timeoutUs,
      generation,
      broken,
    } = o;
    const parent = this.byName.get(o.parent) ?? null;
    const state: BarrierState = {
      ...{ name, creation, numerator, denominator, minParticipants, timeoutUs, parent, generation, broken },
      participants: new Set(),
      arrived: new Set(),
      arrivedSince: Infinity,
      outcomes: new Map(broken ? [[generation, 'broken']] : []),
    };
    this.byCreation.set(creation, state);
    this.byName.set(name, state);
    return state;
  }

  destroyed(o: ObservationOf<'barrierDestroyed'>): void {
    this.byCreation.delete(o.creation);
    this.byName.delete(o.barrier);
  }

  joined(o: ObservationOf<'barrierJoined'>): void {
    this.of(o)?.participants.add(o.participant);
  }

  left(o: ObservationOf<'barrierLeft'>): void {
    const barrier = this.of(o);
    if (barrier === undefined) return;
    barrier.participants.delete(o.participant);
    barrier.arrived.delete(o.participant);
    if (barrier.arrived.size === 0) barrier.arrivedSince = Infinity;
  }

  arrived(o: ObservationOf<'barrierArrived'>, e: Envelope): void {
    const barrier = this.of(o);
    if (barrier === undefined || barrier.broken) return;
    if (o.generation !== barrier.generation || !barrier.participants.has(o.participant)) return;
    if (barrier.arrived.size === 0) barrier.arrivedSince = e.at;
    barrier.arrived.add(o.participant);
  }

  tripped(o: ObservationOf<'barrierTripped'>): void {
    const barrier = this.of(o);
    if (barrier === undefined) return;
    barrier.outcomes.set(o.generation, 'tripped');
    this.moveTo(barrier, o.generation + 1, false);
  }

  broke(o: ObservationOf<'barrierBroken'>): void {
    const barrier = this.of(o);
    if (barrier === undefined) return;
    barrier.outcomes.set(o.generation, 'broken');
    this.moveTo(barrier, o.generation, true);
  }

  moved(o: ObservationOf<'barrierMoved'>): void {
    const barrier = this.of(o);
    if (barrier === undefined) return;
    const { parent } = barrier;
    for (let passed = barrier.generation; passed < o.generation; passed += 1) {
      const outcome = barrier.outcomes.get(passed) ?? parent?.outcomes.get(passed);
      if (outcome !== undefined) barrier.outcomes.set(passed, outcome);
    }
    if (o.broken && !barrier.outcomes.has(o.generation)) barrier.outcomes.set(o.generation, 'broken');
    this.moveTo(barrier, o.generation, o.broken);
  }

  private moveTo(barrier: BarrierState, generation: number, broken: boolean): void {
    barrier.generation = generation;
    barrier.broken = broken;
    barrier.arrived.clear();
    barrier.arrivedSince = Infinity;
  }
}
