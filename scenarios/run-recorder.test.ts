import { describe, expect, test } from 'vitest';
import { catalogued } from './bugs/catch.ts';
import { RunRecorder } from './run-recorder.ts';
import { recorderOf, runSeed } from './run-seed.ts';
import type { TracedEvent } from './run-contract.ts';

describe('the record of a real run', () => {
  const scenario = catalogued('crash-during-fsync');
  const plan = scenario.plan(3);
  const recorder = recorderOf(scenario, plan);
  const events: TracedEvent[] = [];
  const result = runSeed(scenario, 3, {
    plan,
    recorder,
    judgeHistory: false,
    onEvent: (event) => events.push(event),
  });
  const { servers, clients } = plan.world;
  const record = recorder.record(scenario.name, 3, servers);
  const { steps, messages } = record;

  test('is of the same run as one that nobody records', () => {
    expect(runSeed(scenario, 3, { plan, judgeHistory: false }).hash).toBe(result.hash);
  });

  test('has a step for each event of a host, and one a host for faults that hosts felt', () => {
    const ofHosts = events.filter((event) => !/^(fault|heal)/.test(event.kind));
    const recorded = steps.seq.map((seq, i) => ({
      seq,
      host: steps.host[i],
      kind: steps.kind[i],
      at: steps.at[i],
    }));
    expect(recorded.filter((step) => !/^(fault|heal)/.test(step.kind!))).toEqual(
      ofHosts.map(({ seq, host, kind, at }) => ({ seq, host, kind, at })),
    );
    const crashes = record.observations.filter(({ observation }) => observation.kind === 'crashed');
    expect(crashes.length).toBe(result.counts.crashes);
    expect(crashes.every(({ step }) => /^(fault|heal)/.test(steps.kind[step]!))).toBe(true);
  });

  test('has every message, and every delivery knows the one it brought', () => {
    expect(messages.step).toHaveLength(result.counts.messagesSent);
    let deliveries = 0;
    steps.kind.forEach((kind, step) => {
      const message = steps.message[step]!;
      expect(message >= 0).toBe(kind === 'deliver');
      if (message < 0) return;
      deliveries += 1;
      const from = steps.host[messages.step[message]!]!;
      expect(record.texts.get(step)).toMatch(
        new RegExp(`^${from}>${steps.host[step]} #${messages.number[message]} `),
      );
      expect(record.texts.get(step)).toContain(messages.label[message]!);
    });
    expect(deliveries).toBeGreaterThan(1_000);
    expect(steps.host.every((host) => host < servers + clients)).toBe(true);
  });

  test('keeps observations in the order of their steps, of the host that made them', () => {
    const order = record.observations.map((one) => one.step);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(record.faults.map((fault) => fault.fault)).toContain('power-cut-in-fsync');
  });
});

test('of what every entry makes, only the last ones of a long run are kept; the rest, and messages, are', () => {
  const recorder = new RunRecorder(2, () => '');
  const envelope = { at: 0, node: 0, group: 0, boot: 1, seq: 0 };
  for (let seq = 1; seq <= 900_000; seq += 1) {
    envelope.seq = seq;
    envelope.at = seq;
    recorder.observe({ kind: 'committed', index: seq, term: 1, leading: true }, envelope);
    if (seq % 1_000 === 0) recorder.observe({ kind: 'termChanged', term: seq }, envelope);
  }
  const { observations } = recorder.record('long', 1, 2);
  const committed = observations.filter(({ observation }) => observation.kind === 'committed');
  expect(committed.length).toBeGreaterThanOrEqual(400_000);
  expect(committed.length).toBeLessThanOrEqual(800_000);
  expect(committed.at(-1)!.observation).toMatchObject({ index: 900_000 });
  expect(observations.length - committed.length).toBe(900);
});

test('a message is labelled by its type, or by the first word that describes it', () => {
  const recorder = new RunRecorder(2, (message) => `"${String(message)}" and more`);
  const sent = { from: 0, to: 1, number: 1, copies: 1, seq: 1, at: 0 };
  recorder.sent({ ...sent, message: { type: 'append', term: 1 } });
  recorder.sent({ ...sent, message: { type: 'group', group: 2, message: { type: 'vote' } } });
  recorder.sent({ ...sent, message: 'I lead' });
  recorder.sent({ ...sent, message: 7 });
  expect(recorder.record('own', 1, 2).messages.label).toEqual(['append', 'vote', 'I', 'and']);
});
