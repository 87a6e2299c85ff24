import { describe, expect, test } from 'vitest';
import { chromeTrace } from './chrome-trace.ts';
import type { ChromeEvent } from './chrome-trace.ts';
import { readByEngine } from './chrome-trace.test-support.ts';
import { RecordBuilder } from './run-record.test-support.ts';

/** Two servers and a client: an election, two writes at once, a pause, a crash, a partition, a lost message and one that arrives twice. */
function smallRun(): RecordBuilder {
  const run = new RecordBuilder(2, 3);
  run.step(0, { at: 10, observed: [{ kind: 'started' }, { kind: 'termChanged', term: 1 }] });
  run.step(1, { at: 10, observed: [{ kind: 'started' }, { kind: 'termChanged', term: 1 }] });
  run.step(0, { at: 100, observed: [{ kind: 'leaderElected', term: 1, lastIndex: 0, lastTerm: 0 }] });
  const first = run.step(2, {
    at: 200,
    observed: [{ kind: 'invoked', process: 0, id: 1, op: { f: 'put', key: 'k', value: 1 } }],
  });
  run.step(2, { at: 250, observed: [{ kind: 'invoked', process: 1, id: 2, op: { f: 'get', key: 'k' } }] });
  const request = run.send(first, 0, 'request', 2);
  const lost = run.step(0, { at: 300, message: request });
  run.send(lost, 1, 'append', 0);
  run.step(0, { at: 400, message: request });
  run.step(2, {
    at: 500,
    observed: [
      { kind: 'completed', process: 0, id: 1, outcome: 'info', value: null, place: 0, session: 0, number: 0 },
    ],
  });
  run.step(1, { at: 600, kind: 'fault', observed: [{ kind: 'paused' }] });
  run.step(0, { at: 700, kind: 'fault', observed: [{ kind: 'crashed', power: true }] });
  run.step(1, { at: 800, kind: 'fault-end', observed: [{ kind: 'resumed' }] });
  run.step(0, { at: 900, kind: 'start', observed: [{ kind: 'started' }] });
  run.step(1, { at: 1_000 });
  run.faults.push(
    { fault: 'pause', hosts: [1], seq: 7.5, fromUs: 600, toUs: 800, cut: null },
    { fault: 'partition', hosts: [0, 1], seq: 7.6, fromUs: 650, toUs: Infinity, cut: null },
    { fault: 'power-cut', hosts: [0], seq: 8.5, fromUs: 850, toUs: 900, cut: null },
  );
  return run;
}

const spansOf = (events: readonly ChromeEvent[]): string[] =>
  events
    .filter((event) => event.ph === 'X' && event.cat !== 'message')
    .map(({ pid, tid, name, ts, dur }) => `${pid}/${tid} ${ts}–${ts + dur!} ${name}`);

describe('a Chrome trace', () => {
  const { traceEvents, otherData } = chromeTrace(smallRun().record(), null);

  test('has spans for roles and terms, crashes and pauses, operations and faults, each track without overlap', () => {
    expect(spansOf(traceEvents)).toEqual([
      '1/100 10–100 follower, term 1',
      '2/100 10–1000 follower, term 1',
      '1/100 100–700 leader, term 1',
      '3/10000 200–500 put k = 1',
      '3/10001 250–1000 get k',
      '2/1 600–800 paused',
      '4/1 600–800 pause',
      '4/2 650–1000 partition',
      '1/1 700–900 down',
      '4/1 850–900 power-cut',
    ]);
  });

  test('says how operations ended: unknown, or open at the end', () => {
    const outcomes = traceEvents
      .filter((event) => event.cat === 'operations')
      .map((event) => event.args!['outcome']);
    expect(outcomes).toEqual(['unknown', 'open']);
  });

  test('has a flow for each arrival of a message, and marks a lost one at its sender', () => {
    const flows = traceEvents.filter((event) => event.ph === 's' || event.ph === 'f');
    expect(flows.map(({ ph, ts, pid, name }) => `${ph} ${ts} ${pid} ${name}`)).toEqual([
      's 200 3 request',
      's 200 3 request',
      'f 300 1 request',
      'f 400 1 request',
    ]);
    expect(new Set(flows.map((event) => event.id)).size).toBe(2);
    expect(traceEvents.filter((event) => event.ph === 'i')).toMatchObject([
      { name: 'lost: append to n1', ts: 300, pid: 1 },
    ]);
    expect(otherData).toMatchObject({ messages: 2, messagesDrawn: 2 });
  });

  test('marks the violation', () => {
    const finding = { property: 'p', message: 'm', at: 1_000, seq: 13, nodes: [], evidence: [] };
    const marked = chromeTrace(smallRun().record(), finding).traceEvents.filter(
      (event) => event.cat === 'violation',
    );
    expect(marked).toMatchObject([{ name: '✗ p', ph: 'i', s: 'g', ts: 1_000 }]);
  });

  test("is read by the engine of Chrome's DevTools: every name, every span in its place, every flow", async () => {
    const reading = await readByEngine(chromeTrace(smallRun().record(), null));
    expect([...reading.processes]).toEqual([
      [1, 'n0'],
      [2, 'n1'],
      [3, 'c0'],
      [4, 'faults'],
    ]);
    expect(reading.threads.get('1/100')).toBe('role and term');
    expect(reading.threads.get('3/10001')).toBe('operations');
    expect(reading.threads.get('4/2')).toBe('in force');
    const drawn = traceEvents
      .filter((event) => event.ph === 'X')
      .map(({ name, ts, dur, pid, tid }) => ({ name, ts, dur, pid, tid }));
    expect(reading.spans).toHaveLength(drawn.length);
    expect(reading.spans).toEqual(expect.arrayContaining(drawn));
    // Both flows begin in one event: to the engine that is one end each.
    expect(reading.flows.map((flow) => flow.map((end) => `${end.pid} ${end.ts}`))).toEqual([
      ['3 200', '1 300'],
      ['3 200', '1 400'],
    ]);
  });
});

describe('of a run with more messages than a trace may draw', () => {
  /** n0 tells n1 something every 10 ms for 100 s, and n2, which is in nobody's past, in turn. */
  function longRun() {
    const run = new RecordBuilder(3);
    for (let i = 0; i < 10_000; i += 1) {
      const sent = run.step(0, { at: i * 10_000 });
      const message = run.send(sent, 1, i % 2 === 0 ? 'even' : 'odd');
      if (i % 2 === 0) run.step(1, { at: i * 10_000 + 100, message });
      run.send(run.step(2, { at: i * 10_000 + 200 }), 0, 'aside');
    }
    return run.record();
  }
  const record = longRun();
  const at = 50_000_100;
  const finding = {
    property: 'p',
    message: 'm',
    at,
    seq: 15_000,
    nodes: [1],
    evidence: [{ at, node: 1, text: 'went wrong' }],
  };

  function drawn(max: number) {
    const { traceEvents, otherData } = chromeTrace(record, finding, max);
    const starts = traceEvents.filter(
      (event) => event.ph === 's' || (event.ph === 'i' && event.cat === 'message'),
    );
    const counted = traceEvents.filter((event) => event.ph === 'C');
    return { times: starts.map((event) => event.ts).sort((a, b) => a - b), counted, otherData };
  }

  test('those around the violation are drawn first, all of them', () => {
    const { times, otherData } = drawn(1_000);
    expect(otherData).toMatchObject({ messages: 20_000, messagesDrawn: 1_000 });
    const within = times.filter((ts) => Math.abs(ts - at) <= 1_000_000);
    expect(within).toHaveLength(400);
    // The rest is the past, latest first: what n0 sent, and n2 nothing.
    const outside = times.filter((ts) => Math.abs(ts - at) > 1_000_000);
    expect(outside).toHaveLength(600);
    expect(outside.every((ts) => ts < at && ts % 10_000 === 0)).toBe(true);
    expect(outside[0]).toBeGreaterThan(at - 8_000_000);
  });

  test('where even those are too many, the nearest', () => {
    const { times } = drawn(50);
    expect(times).toHaveLength(50);
    expect(times.every((ts) => Math.abs(ts - at) <= 200_000)).toBe(true);
  });

  test('the others are counted by host and time: nothing is lost of the sum', () => {
    const { counted, otherData } = drawn(1_000);
    // A counter holds until its next value; parts are of 50,000 us and a little more.
    const partUs = Math.ceil((record.untilUs + 1) / 2_000);
    let sum = 0;
    for (const pid of [1, 2, 3]) {
      const own = counted.filter((event) => event.pid === pid);
      own.forEach((event, i) => {
        const until = own[i + 1]?.ts ?? partUs * 2_001;
        sum += ((event.args!['sent'] as number) * (until - event.ts)) / partUs;
      });
    }
    expect(sum + (otherData['messagesDrawn'] as number)).toBe(20_000);
  });
});

test('hostile names and values are cut, and are data only', () => {
  const run = new RecordBuilder(1, 2);
  const op = { f: '"},{"ph":"B"\n</script>', key: '__proto__', value: 'x'.repeat(1_000_000) };
  run.step(1, { observed: [{ kind: 'invoked', process: 0, id: 1, op }] });
  run.send(run.step(1), 0, '__proto__');
  run.faults.push({ fault: '<b>\u0000', hosts: [0], seq: 0.5, fromUs: 0, toUs: 5, cut: null });
  const text = JSON.stringify(chromeTrace(run.record(), null));
  expect(text.length).toBeLessThan(4_000);
  const { traceEvents } = JSON.parse(text) as { traceEvents: ChromeEvent[] };
  expect(traceEvents.find((event) => event.cat === 'operations')!.name).toMatch(
    /^"},{"ph":"B" <\/script> __proto__ = x+…$/,
  );
});
