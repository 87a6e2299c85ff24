/**
 * Barriers, as java.util.concurrent's Phaser has them, judged in the order of the log: nobody passes early, nobody is kept when all is there, a generation
 * ends in one way for everybody, and a child never passes before its parent.
 */
import type { Envelope, ObservationOf } from '../../core/observe.ts';
import type { Evidence, Property, Watch } from '../property.ts';
import { BarrierStates, mayTrip, threshold } from './barrier-states.ts';
import { LogOrder } from './log-order.ts';

/** Handlers that keep the states, each after `before` has looked at the first telling of a transition. */
function following(
  states: BarrierStates,
  order: LogOrder,
  before: {
    readonly tripped?: (o: ObservationOf<'barrierTripped'>, e: Envelope) => void;
    readonly broken?: (o: ObservationOf<'barrierBroken'>, e: Envelope) => void;
    readonly touched?: () => void;
  },
): Watch['on'] {
  const touch = (): void => before.touched?.();
  return {
    barrierCreated: order.first((o) => {
      states.created(o);
      touch();
    }),
    barrierDestroyed: order.first((o) => states.destroyed(o)),
    barrierJoined: order.first((o) => {
      states.joined(o);
      touch();
    }),
    barrierLeft: order.first((o) => {
      states.left(o);
      touch();
    }),
    barrierArrived: order.first((o, e) => {
      states.arrived(o, e);
      touch();
    }),
    barrierTripped: order.first((o, e) => {
      before.tripped?.(o, e);
      states.tripped(o);
      touch();
    }),
    barrierBroken: order.first((o, e) => {
      before.broken?.(o, e);
      states.broke(o);
      touch();
    }),
    barrierMoved: order.first((o) => {
      states.moved(o);
      touch();
    }),
  };
}

function evidenceOf(e: Envelope, text: string): Evidence {
  return { at: e.at, node: e.node, text };
}

/** No generation trips before enough have arrived for it, nor times out before its time. */
export const barrierNotEarly: Property = {
  id: 'barrier-not-early',
  sentence:
    'A generation trips only when enough of those who take part have arrived for that very generation, and times out only after its time.',
  assumes: ['drift<=rho', 'damage<=f'],
  needs: 'virtual-time',
  watch(context) {
    const states = new BarrierStates();
    return {
      on: following(states, new LogOrder(), {
        tripped(o, e) {
          const barrier = states.of(o);
          if (barrier === undefined) return;
          const { participants, arrived, minParticipants, generation } = barrier;
          const needed = threshold(barrier);
          const enough = arrived.size >= needed && participants.size >= minParticipants;
          if (enough && o.generation === generation && !barrier.broken) return;
          context.fail(
            `Generation ${o.generation} of barrier ${o.barrier} tripped at index ${o.index}, when ${arrived.size} of ${participants.size} had arrived for it: it takes ${needed} of at least ${minParticipants}.`,
            [
              evidenceOf(
                e,
                `tripped ${o.barrier}, generation ${o.generation}, at ${o.index}: ${[...arrived].join(', ')}`,
              ),
            ],
          );
        },
        broken(o, e) {
          const barrier = states.of(o);
          if (o.reason !== 'timeout' || barrier === undefined || o.generation !== barrier.generation) return;
          if (e.at >= barrier.arrivedSince + barrier.timeoutUs) return;
          context.fail(
            barrier.arrivedSince === Infinity
              ? `Generation ${o.generation} of barrier ${o.barrier} timed out at index ${o.index}, though nobody had arrived.`
              : `Generation ${o.generation} of barrier ${o.barrier} timed out at index ${o.index}, ${e.at - barrier.arrivedSince} us after its first arrival, of ${barrier.timeoutUs}.`,
            [evidenceOf(e, `timed out ${o.barrier}, generation ${o.generation}, at ${o.index}`)],
          );
        },
      }),
    };
  },
};

/** A generation that has all it needs trips in that very entry. */
export const barrierNotLate: Property = {
  id: 'barrier-not-late',
  sentence:
    'A generation trips in the very entry by which it has all that it needs: an arrival, a departure, the trip of its parent.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const states = new BarrierStates();
    const order = new LogOrder();
    let changed = false;
    return {
      on: {
        ...following(states, order, {
          touched() {
            changed = true;
          },
        }),
        applied(o, e) {
          if (!changed || o.index !== order.top || !order.isFirst(o.index, e)) return;
          changed = false;
          for (const barrier of states.byCreation.values()) {
            if (barrier.broken || !mayTrip(barrier)) continue;
            const { name, generation, arrived, participants } = barrier;
            context.fail(
              `Generation ${generation} of barrier ${name} had ${arrived.size} of ${participants.size} arrivals after index ${o.index}, enough to trip, and did not.`,
              [evidenceOf(e, `applied ${o.index}: ${name} waits for nobody`)],
            );
          }
        },
      },
    };
  },
};

interface Ended {
  readonly outcome: 'tripped' | 'broken';
  readonly evidence: Evidence;
}

/** Exactly one of tripped and broken a generation, and everybody hears that one. */
export const barrierOneOutcome: Property = {
  id: 'barrier-one-outcome',
  sentence: 'A generation of a barrier ends in one way, once, and all who arrived hear the same.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const order = new LogOrder();
    const ended = new Map<string, Ended>();
    const end = (
      o: {
        readonly barrier: string;
        readonly creation: number;
        readonly generation: number;
        readonly index: number;
      },
      outcome: 'tripped' | 'broken',
      e: Envelope,
    ): void => {
      if (!order.isFirst(o.index, e)) return;
      const key = `${o.creation} ${o.generation}`;
      const before = ended.get(key);
      const evidence = evidenceOf(e, `${outcome} ${o.barrier}, generation ${o.generation}, at ${o.index}`);
      if (before !== undefined) {
        context.fail(
          `Generation ${o.generation} of barrier ${o.barrier} was ${outcome} at index ${o.index}, though it was ${before.outcome} already.`,
          [before.evidence, evidence],
        );
      } else ended.set(key, { outcome, evidence });
    };
    return {
      on: {
        barrierTripped: (o, e) => end(o, 'tripped', e),
        barrierBroken: (o, e) => end(o, 'broken', e),
        barrierAnswered(o, e) {
          if (o.outcome === 'left' || !order.isFirst(o.index, e)) return;
          const known = ended.get(`${o.creation} ${o.generation}`);
          // A child without participants takes over what became of its parent's: nothing is told of that.
          if (known === undefined || known.outcome === o.outcome) return;
          context.fail(
            `Request ${o.number} of session ${o.session} heard at index ${o.index} that generation ${o.generation} of barrier ${o.barrier} was ${o.outcome}, but it was ${known.outcome}.`,
            [known.evidence, evidenceOf(e, `answered ${o.outcome} at ${o.index}`)],
          );
        },
      },
    };
  },
};

/** A child's generation trips only after the same one of its parent. */
export const cascadeOrder: Property = {
  id: 'cascade-order',
  sentence: 'A generation of a barrier trips only after the same generation of its parent has.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const states = new BarrierStates();
    return {
      on: following(states, new LogOrder(), {
        tripped(o, e) {
          const parent = states.of(o)?.parent;
          if (parent === undefined || parent === null) return;
          const outcome = parent.outcomes.get(o.generation);
          if (outcome === 'tripped') return;
          context.fail(
            `Generation ${o.generation} of barrier ${o.barrier} tripped at index ${o.index}, while that of its parent ${parent.name} ${outcome === 'broken' ? 'was broken' : 'had not'}.`,
            [
              evidenceOf(
                e,
                `tripped ${o.barrier}, generation ${o.generation}, at ${o.index}; ${parent.name} is at ${parent.generation}`,
              ),
            ],
          );
        },
      }),
    };
  },
};
