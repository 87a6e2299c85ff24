import { describe, expect, test } from 'vitest';
import { causalPast, causesOf, vectorClocks } from './causality.ts';
import { happenedBefore, RecordBuilder } from './run-record.test-support.ts';
import type { RunRecord } from './run-record.ts';

/** Numbers that only depend on the seed (Lehmer). */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

/** Hosts that send, lose, duplicate and reorder at random. */
function randomRun(seed: number, hosts: number, count: number): RunRecord {
  const draw = draws(seed);
  const run = new RecordBuilder(hosts);
  const flying: { readonly message: number; readonly to: number }[] = [];
  for (let i = 0; i < count; i += 1) {
    const arrives = flying.length > 0 && draw(3) > 0;
    const [arriving] = arrives ? flying.splice(draw(flying.length), 1) : [];
    const step =
      arriving === undefined ? run.step(draw(hosts)) : run.step(arriving.to, { message: arriving.message });
    for (let sends = draw(3); sends > 0; sends -= 1) {
      const to = draw(hosts);
      const copies = draw(4) % 3;
      const message = run.send(step, to, 'append', copies);
      for (let copy = 0; copy < copies; copy += 1) flying.push({ message, to });
    }
  }
  return run.record();
}

const runs = Array.from({ length: 40 }, (_, i) => randomRun(i + 1, 2 + (i % 5), 60));

test('the causal past of a step is what the definition says, and itself', () => {
  let pairs = 0;
  for (const run of runs) {
    const before = happenedBefore(run);
    const causes = causesOf(run);
    for (let step = 0; step < 60; step += 1) {
      const past = causalPast(causes, [step]);
      for (let other = 0; other < 60; other += 1) {
        expect(past[other] === 1).toBe(other === step || before[other]![step]);
        pairs += past[other]!;
      }
    }
  }
  // Neither everything nor next to nothing.
  expect(pairs / (runs.length * 60 * 60)).toBeGreaterThan(0.15);
  expect(pairs / (runs.length * 60 * 60)).toBeLessThan(0.5);
});

test('the past of several steps is the union of their pasts', () => {
  const causes = causesOf(runs[7]!);
  const union = causalPast(causes, [20, 41]);
  const [a, b] = [causalPast(causes, [20]), causalPast(causes, [41])];
  expect([...union]).toEqual([...a].map((one, i) => Math.max(one, b[i]!)));
  expect([...causalPast(causes, [])].every((one) => one === 0)).toBe(true);
});

/** Whether one clock is below another: nowhere greater, and somewhere less. */
function below(a: Int32Array, b: Int32Array): boolean {
  return a.every((one, host) => one <= b[host]!) && a.some((one, host) => one < b[host]!);
}

describe('vector clocks', () => {
  test.each(['all steps', 'some of them'])('order exactly the causal pairs of %s', (which) => {
    let ordered = 0;
    let concurrent = 0;
    for (const [i, run] of runs.entries()) {
      const draw = draws(i + 99);
      const chosen = Uint8Array.from({ length: 60 }, () => (which === 'all steps' || draw(3) === 0 ? 1 : 0));
      const clocks = [...vectorClocks(run, causesOf(run), run.hosts, chosen)];
      expect(clocks.map(([step]) => step)).toEqual([...chosen.keys()].filter((step) => chosen[step] === 1));
      const before = happenedBefore(run);
      for (const [a, clockOfA] of clocks) {
        for (const [b, clockOfB] of clocks) {
          expect(below(clockOfA, clockOfB)).toBe(before[a]![b]);
          if (before[a]![b]!) ordered += 1;
          else if (a !== b && !before[b]![a]!) concurrent += 1;
        }
      }
    }
    expect(Math.min(ordered, concurrent)).toBeGreaterThan(2_000);
  });

  test("count a host's own steps one by one", () => {
    const run = runs[3]!;
    const clocks = vectorClocks(run, causesOf(run), run.hosts, new Uint8Array(60).fill(1));
    const seen = new Map<number, number>();
    for (const [step, clock] of clocks) {
      const host = run.steps.host[step]!;
      seen.set(host, (seen.get(host) ?? 0) + 1);
      expect(clock[host]).toBe(seen.get(host));
    }
  });
});
