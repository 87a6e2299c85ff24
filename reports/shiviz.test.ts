import { describe, expect, test } from 'vitest';
import { happenedBefore, RecordBuilder } from './run-record.test-support.ts';
import { shivizExpression, shivizLog, shivizStepsMax } from './shiviz.ts';

interface ReadEvent {
  readonly host: string;
  readonly event: string;
  readonly clock: Readonly<Record<string, number>>;
}

/** Reads a log as ShiViz does: its first line is the expression, each match an event (js/model/parser.js). */
function read(log: string): ReadEvent[] {
  const [expression, delimiter, ...rest] = log.split('\n');
  expect(expression).toBe(shivizExpression);
  expect(delimiter).toBe('');
  return [...rest.join('\n').matchAll(new RegExp(expression!, 'g'))].map(({ groups }) => ({
    host: groups!['host']!,
    event: groups!['event']!,
    clock: JSON.parse(groups!['clock']!) as Record<string, number>,
  }));
}

/** Three servers and a client that ask each other around, with losses, copies and an event of several hosts. */
function busyRun(count: number): RecordBuilder {
  const run = new RecordBuilder(3, 4);
  const flying: { readonly message: number; readonly to: number }[] = [];
  for (let i = 0; i < count; i += 1) {
    const arriving = i % 3 === 0 ? undefined : flying.splice((i * 7) % Math.max(1, flying.length), 1)[0];
    const step =
      arriving === undefined
        ? run.step((i * 5) % 4, { text: 'timer 1' })
        : run.step(arriving.to, { message: arriving.message });
    for (let to = 0; to < 4; to += 1) {
      if ((i + to) % 3 !== 0) continue;
      const copies = (i * 11 + to) % 3;
      const message = run.send(step, to, 'ask', copies);
      for (let copy = 0; copy < copies; copy += 1) flying.push({ message, to });
    }
  }
  return run;
}

const below = (a: ReadEvent, b: ReadEvent): boolean =>
  Object.entries(a.clock).every(([host, count]) => count <= (b.clock[host] ?? 0)) &&
  Object.entries(b.clock).some(([host, count]) => count > (a.clock[host] ?? 0));

describe('a log for ShiViz', () => {
  const record = busyRun(150).record();
  const events = read(shivizLog(record, null));

  test('has every step, read by its own expression', () => {
    expect(events.map((event) => event.host)).toEqual(
      record.steps.host.map((host) => (host < 3 ? `n${host}` : `c${host - 3}`)),
    );
  });

  test('orders by its clocks exactly the causal pairs of the run', () => {
    const before = happenedBefore(record);
    let pairs = 0;
    events.forEach((a, i) => {
      events.forEach((b, j) => {
        expect(below(a, b)).toBe(before[i]![j]);
        pairs += before[i]![j]! ? 1 : 0;
      });
    });
    expect(pairs).toBeGreaterThan(1_000);
    expect(pairs).toBeLessThan((150 * 149) / 2 - 1_000);
  });

  test("counts a host's own steps from 1, one by one, as ShiViz demands", () => {
    const last: Record<string, number> = {};
    for (const { host, clock } of events) {
      expect(clock[host]).toBe((last[host] ?? 0) + 1);
      last[host] = clock[host]!;
    }
  });

  test('keeps a step on its two lines, whatever values hold', () => {
    const run = new RecordBuilder(1);
    run.step(0, {
      observed: [{ kind: 'own', text: 'a\n0.001 s #9 timer: forged\nn0 {"n0":1}\r\u2028' }],
      text: 'x\ny',
    });
    run.step(0, { observed: [{ kind: 'threw', message: '{"n0":7}' }] });
    const hostile = read(shivizLog(run.record(), null));
    expect(hostile.map((event) => event.clock)).toEqual([{ n0: 1 }, { n0: 2 }]);
  });

  test('of a run too long to draw has the last steps that led to the finding, and says what it leaves out', () => {
    const run = new RecordBuilder(2);
    // Two hosts that never hear of each other, a step in turn.
    for (let i = 0; i < 3 * shivizStepsMax; i += 1) run.step(i % 2);
    const { steps } = run.record();
    const seq = steps.seq.at(-1)!;
    const evidence = [{ at: steps.at.at(-1)!, node: 1, text: 'went wrong' }];
    const finding = { property: 'p', message: 'm', at: seq, seq, nodes: [1], evidence };
    const log = shivizLog(run.record(), finding);
    const kept = read(log);
    expect(kept).toHaveLength(shivizStepsMax);
    expect(new Set(kept.map((event) => event.host))).toEqual(new Set(['n1']));
    expect(kept[0]!.clock).toEqual({ n1: 1 });
    expect(log.split('\n')[2]).toBe('20,000 of 30,000 steps are left out.');
  });
});
