/** Barriers as a page tells them: who counts as arrived, and how many it takes. */
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../core/observe.ts';
import { arrivedBy, barrierLanes } from './barrier-lanes.ts';
import type { BarrierLane } from './run-page.ts';

/** The one lane of what a machine told, a millisecond apart. */
function laneOf(...told: readonly Record<string, unknown>[]): BarrierLane {
  const transitions = told.map((fields, i) => {
    const observation = { barrier: 'b', generation: 1, ...fields } as unknown as Observation;
    return { step: i, atUs: 1_000 * (i + 1), group: 0, index: i + 1, observation };
  });
  return barrierLanes(transitions, 100_000, () => false)[0]!;
}

const created = (numerator: number, denominator: number, minParticipants: number) => ({
  ...{ kind: 'barrierCreated', parent: '', numerator, denominator, minParticipants },
});
const joined = (participant: string) => ({ kind: 'barrierJoined', participant });
const left = (participant: string) => ({ kind: 'barrierLeft', participant });
const arrived = (participant: string) => ({ kind: 'barrierArrived', participant });

describe('how many it takes', () => {
  const needed = (lane: BarrierLane): readonly number[] => lane.needed.map((one) => one.needed);

  test('is a part of the participants: those that must be registered need not all arrive', () => {
    const lane = laneOf(
      created(1, 2, 4),
      joined('p0'),
      joined('p1'),
      joined('p2'),
      joined('p3'),
      joined('p4'),
    );
    expect(needed(lane)).toEqual([2, 2, 2, 2, 2, 3]);
  });

  test('is at least one', () => {
    expect(needed(laneOf(created(1, 10, 1)))).toEqual([1]);
  });
});

describe('who arrived', () => {
  const there = (lane: BarrierLane, atUs: number): readonly string[] =>
    arrivedBy(lane.generations[0]!, atUs).map((one) => one.participant);

  test('is who came, once however often', () => {
    const lane = laneOf(created(1, 1, 3), joined('p0'), joined('p1'), arrived('p0'), arrived('p0'));
    expect(there(lane, 3_999)).toEqual([]);
    expect(there(lane, 9_000)).toEqual(['p0']);
  });

  test('and has not left since; who registers and comes again is there again', () => {
    const lane = laneOf(
      ...[created(1, 1, 2), joined('p0'), joined('p1'), arrived('p0'), left('p0')],
      ...[joined('p0'), arrived('p0')],
    );
    expect([4_000, 5_000, 6_000, 7_000].map((atUs) => there(lane, atUs))).toEqual([['p0'], [], [], ['p0']]);
  });
});
