import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostClock } from './clocks.ts';
import { Scheduler } from './scheduler.ts';
import { HostTimers } from './timers.ts';

/** Runs the queue and tells when which key fires. */
function fired(queue: Scheduler, timers: HostTimers, untilUs: number): [key: number, at: number][] {
  const list: [number, number][] = [];
  while (queue.nextAt() <= untilUs) {
    queue.pop();
    if (!timers.isDue(queue.a, queue.b, queue.at)) continue;
    timers.fire(queue.a);
    list.push([queue.a, queue.at]);
  }
  return list;
}

function setUp(ppm = 0): { queue: Scheduler; clock: HostClock; timers: HostTimers } {
  const queue = new Scheduler();
  const clock = new HostClock(ppm, 0, 0);
  return { queue, clock, timers: new HostTimers(0, clock, queue) };
}

describe('timers', () => {
  test('fire once, at the deadline set last', () => {
    const { queue, timers } = setUp();
    timers.set(3, 100, 0);
    timers.set(3, 500, 0);
    timers.set(4, 700, 0);
    timers.set(4, 200, 0);
    timers.set(5, 300, 0);
    timers.cancel(5);
    expect(fired(queue, timers, 10_000)).toEqual([
      [4, 200],
      [3, 500],
    ]);
  });

  test('that move with every message keep one entry in the queue', () => {
    const { queue, timers } = setUp();
    for (let now = 0; now < 1_000; now += 1) timers.set(0, now + 5_000, now);
    expect(queue.size).toBe(1);
    expect(fired(queue, timers, 10_000)).toEqual([[0, 5_999]]);
  });

  test('come at the first microsecond at which the clock has reached them, though its rate changes meanwhile', () => {
    const ppm = fc.integer({ min: -100_000, max: 100_000 });
    fc.assert(
      fc.property(ppm, ppm, fc.integer({ min: 1, max: 1_000_000 }), (before, after, deadline) => {
        const { queue, clock, timers } = setUp(before);
        timers.set(0, deadline, 0);
        const turn = Math.floor(clock.worldTimeOf(deadline) / 2);
        expect(fired(queue, timers, turn - 1)).toEqual([]);
        clock.setDrift(after, turn);
        timers.aimAll(turn);
        expect(fired(queue, timers, 10_000_000)).toEqual([[0, clock.worldTimeOf(deadline)]]);
      }),
    );
  });

  test('in the past fire in this instant', () => {
    const { queue, timers } = setUp();
    timers.set(0, -5, 40);
    expect(fired(queue, timers, 40)).toEqual([[0, 40]]);
  });

  test('are refused for keys and times that are none', () => {
    const { timers } = setUp();
    expect(() => timers.set(64, 1, 0)).toThrow('timer key 64');
    expect(() => timers.set(0, Number.NaN, 0)).toThrow('cannot be set to NaN');
  });
});
