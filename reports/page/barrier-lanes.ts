/** Barriers: their generations, who arrived in each, how each ended, and how many it took. */
import { wholeName } from './operation-table.ts';
import type { BarrierLane } from './run-page.ts';
import { numberOf, textOf } from './transitions.ts';
import type { Transition } from './transitions.ts';

type Open<T> = { -readonly [K in keyof T]: T[K] };
type Generation = Open<BarrierLane['generations'][number]> & {
  readonly arrived: { readonly atUs: number; untilUs: number; readonly participant: string }[];
};

interface Lane {
  readonly name: string;
  readonly group: number;
  parent: string;
  /** Which part of the participants trips it, and how many there must be. */
  numerator: number;
  denominator: number;
  minimum: number;
  readonly generations: Generation[];
  readonly needed: {
    readonly atUs: number;
    readonly participants: readonly string[];
    readonly needed: number;
  }[];
}

/** The barriers of a run, in the order of creation. One that is created again goes on in its lane. @param isViolating whether the verdict is about it */
export function barrierLanes(
  transitions: readonly Transition[],
  untilUs: number,
  isViolating: (group: number, name: string) => boolean,
): BarrierLane[] {
  const lanes = new Map<string, Lane>();
  for (const transition of transitions) {
    const name = wholeName(textOf(transition.observation, 'barrier'));
    if (name === '' || !transition.observation.kind.startsWith('barrier')) continue;
    const key = `${transition.group} ${name}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      const empty = { parent: '', numerator: 1, denominator: 1, minimum: 1, generations: [], needed: [] };
      lane = { name, group: transition.group, ...empty };
      lanes.set(key, lane);
    }
    follow(lane, transition, untilUs);
  }
  return [...lanes.values()].map(({ name, group, parent, generations, needed }) => {
    return { name, group, violating: isViolating(group, name), parent, generations, needed };
  });
}

/** Who had arrived in a generation by an instant, and had not left it since. */
export function arrivedBy(
  { arrived }: BarrierLane['generations'][number],
  atUs: number,
): BarrierLane['generations'][number]['arrived'] {
  return arrived.filter((one) => one.atUs <= atUs && (one.untilUs < 0 || one.untilUs > atUs));
}

/** One transition of a barrier. */
function follow(lane: Lane, { atUs, observation }: Transition, untilUs: number): void {
  const generation = numberOf(observation, 'generation');
  const participant = textOf(observation, 'participant');
  const begin = (number: number): void => {
    const before = lane.generations.at(-1);
    if (before !== undefined && before.outcome === null) before.toUs = atUs;
    const open = { outcome: null, reason: null, arrived: [] };
    lane.generations.push({ generation: number, fromUs: atUs, toUs: untilUs, ...open });
  };
  const end = (outcome: 'tripped' | 'broken', reason: string | null): void => {
    const ended = generationOf(lane, generation);
    if (ended !== undefined) Object.assign(ended, { toUs: atUs, outcome, reason });
  };
  const participants = lane.needed.at(-1)?.participants ?? [];
  switch (observation.kind) {
    case 'barrierCreated':
      lane.parent = textOf(observation, 'parent');
      lane.numerator = numberOf(observation, 'numerator');
      lane.denominator = numberOf(observation, 'denominator');
      lane.minimum = numberOf(observation, 'minParticipants');
      begin(generation);
      count(lane, atUs, []);
      break;
    case 'barrierDestroyed': {
      const last = lane.generations.at(-1);
      if (last !== undefined && last.outcome === null) last.toUs = atUs;
      break;
    }
    case 'barrierJoined':
      if (!participants.includes(participant)) count(lane, atUs, [...participants, participant]);
      break;
    case 'barrierLeft':
      // Who leaves takes along that it arrived.
      for (const one of lane.generations.at(-1)?.arrived ?? [])
        if (one.participant === participant && one.untilUs < 0) one.untilUs = atUs;
      count(
        lane,
        atUs,
        participants.filter((one) => one !== participant),
      );
      break;
    case 'barrierArrived': {
      // It may name another generation than the one that stands: that is where it belongs. Who comes again does not count again.
      const arrived = generationOf(lane, generation)?.arrived;
      if (arrived?.some((one) => one.participant === participant && one.untilUs < 0) === false)
        arrived.push({ atUs, untilUs: -1, participant });
      break;
    }
    case 'barrierTripped':
      end('tripped', null);
      begin(generation + 1);
      break;
    case 'barrierBroken':
      end('broken', textOf(observation, 'reason'));
      break;
    case 'barrierMoved':
      if (lane.generations.at(-1)?.generation !== generation) begin(generation);
  }
}

/** The last generation of that number. */
function generationOf({ generations }: Lane, number: number): Generation | undefined {
  return generations.findLast((one) => one.generation === number);
}

/**
 * How many arrivals trip it: `numerator` of `denominator` parts of the participants, rounded up. Of fewer participants than it asks for none do: then
 * it is told for as many.
 */
function count(lane: Lane, atUs: number, participants: readonly string[]): void {
  const registered = Math.max(participants.length, lane.minimum);
  const part = Math.ceil((registered * lane.numerator) / Math.max(1, lane.denominator));
  lane.needed.push({ atUs, participants, needed: Math.max(1, part) });
}
