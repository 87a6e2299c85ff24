import { describe, expect, test } from 'vitest';
import { episode, faultOf, pause, planOf, ran } from './chatter.test-support.ts';
import type { WorldPlan } from './plan.ts';
import { Streams } from './random.ts';

const long: Partial<WorldPlan> = { phases: { weatherUs: 5_000_000, quorumUs: 0, allUs: 0, quorum: [] } };

/** The hash after each event. */
function hashes(plan: WorldPlan, reseedAt?: { seq: number; salt: number }): string[] {
  const seen: string[] = [];
  ran(plan, { reseedAt, onEvent: ({ hash }) => seen.push(hash) });
  return seen;
}

describe('a run that is reseeded at an event', () => {
  const plain = hashes(planOf(long));
  const reseeded = hashes(planOf(long), { seq: 2_500, salt: 1 });

  test('is the same run up to that event, and another one after it', () => {
    const differs = plain.findIndex((hash, i) => hash !== reseeded[i]);
    expect(plain.length).toBeGreaterThan(5_000);
    // The hash of an event covers what happened in it: the first that may differ is number 2,500.
    expect(differs).toBeGreaterThanOrEqual(2_499);
    expect(differs).toBeLessThan(2_520);
  });

  test('has the checkpoints of the run before that event, and other ones after it', () => {
    const before = ran(planOf(long)).world.checkpoints;
    const after = ran(planOf(long), { reseedAt: { seq: 2_500, salt: 1 } }).world.checkpoints;
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after.slice(2).some((hash) => before.includes(hash))).toBe(false);
  });

  test('has one hash a salt', () => {
    expect(hashes(planOf(long), { seq: 2_500, salt: 1 })).toEqual(reseeded);
    const ends = [1, 2, 3, 4].map((salt) => hashes(planOf(long), { seq: 2_500, salt }).at(-1));
    expect(new Set([...ends, plain.at(-1)]).size).toBe(5);
  });

  test('draws otherwise for what begins to draw only later, too', () => {
    const drawn: number[] = [];
    const draws = faultOf(
      'draws',
      (control) => drawn.push(control.random.below(1_000_000)),
      () => {},
    );
    const plan = planOf({ ...long, episodes: [episode({ fault: 'draws', when: { atUs: 4_000_000 } })] });
    const faults = [draws];
    for (const salt of [1, 1, 2]) ran(plan, { faults, reseedAt: { seq: 100, salt } });
    ran(plan, { faults });
    expect(drawn[0]).toBe(drawn[1]);
    expect(new Set(drawn).size).toBe(3);
  });

  test('keeps its planned faults', () => {
    const plan = planOf({ ...long, episodes: [episode({ fault: 'pause', when: { atUs: 4_000_000 } })] });
    const run = ran(plan, { faults: [pause], reseedAt: { seq: 100, salt: 1 } });
    expect(run.of('paused', 0).map(({ at }) => at)).toEqual([4_000_000]);
  });

  test('that ends before the event is the run itself', () => {
    expect(hashes(planOf(long), { seq: plain.length + 1, salt: 1 })).toEqual(plain);
  });
});

test('streams are exchanged in the hands of those who hold them', () => {
  const streams = new Streams(7);
  const held = streams.of('0/process/1');
  const other = streams.of('0/process/2');
  const before = held.u32();
  streams.reseed(3);
  const later = streams.of('0/process/1');
  const draws = [held.u32(), held.u32(), held.u32()];
  expect([later.u32(), later.u32(), later.u32()]).toEqual(draws);
  expect(draws).not.toContain(before);
  expect(other.u32()).not.toBe(new Streams(7).of('0/process/2').u32());
});
