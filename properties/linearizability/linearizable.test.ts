import { describe, expect, test } from 'vitest';
import type { Envelope } from '../../core/observe.ts';
import { Watchers } from '../property.ts';
import type { Property, WatchContext } from '../property.ts';
import { linearizable } from './linearizable.ts';

const at = (us: number): Envelope => ({ at: us, node: 3, group: 0, boot: 1, seq: us });

/** These properties watching a run of four hosts. */
function watching(properties: readonly Property[], maxStates: number): Watchers {
  return new Watchers(properties, {
    servers: [0, 1, 2],
    hosts: 4,
    progressBoundUs: 0,
    rhoPpm: 10_000,
    maxStates,
    searchAnyway: false,
  });
}

/** Watches a history of puts and gets on one key, given as [op, answer, place, from, to], one process each. */
function judge(
  steps: readonly (readonly [op: unknown, answer: unknown, place: number, from: number, to: number])[],
  maxStates = 1_000,
) {
  const watchers = watching([linearizable('register')], maxStates);
  const events = steps.flatMap(([op, value, place, from, to], id) => [
    { us: from, tell: () => watchers.observe({ kind: 'invoked', process: id, id, op }, at(from)) },
    {
      us: to,
      tell: () =>
        watchers.observe(
          { kind: 'completed', process: id, id, outcome: 'ok', value, place, session: 1, number: id },
          at(to),
        ),
    },
  ]);
  for (const { tell } of events.sort((a, b) => a.us - b.us)) tell();
  watchers.end(at(9_000_000));
  const told = watchers.findings.map(({ message, evidence, details }) => ({ message, evidence, details }));
  return { told, open: watchers.undecided.map(({ message }) => message) };
}

const put = { f: 'put', key: 'k7', value: 41 };
const get = { f: 'get', key: 'k7' };

describe('linearizable-register', () => {
  test('has the id that reports use, and needs no more than a recording', () => {
    expect(linearizable('register')).toMatchObject({
      id: 'linearizable-register',
      needs: 'nothing',
      assumes: ['damage<=f'],
    });
  });

  test('holds for a read that follows its write, whatever else the clients did', () => {
    const { told, open } = judge([
      [put, { version: 5 }, 5, 1_000_000, 2_000_000],
      [{ f: 'ping' }, 'pong', 0, 2_000_000, 2_500_000],
      [get, { value: 41, version: 5 }, 6, 3_000_000, 4_000_000],
    ]);
    expect([told, open]).toEqual([[], []]);
  });

  test('tells an acknowledged write that a later read misses, with times and evidence in their order', () => {
    const { told } = judge([
      [put, { version: 5 }, 5, 1_000_000, 2_000_000],
      [get, { value: null, version: 0 }, 4, 3_000_000, 4_182_000],
    ]);
    expect(told).toEqual([
      {
        message:
          'The history of k7 is not linearizable: get k7 → absent by process 1 at 4.182 s fits no order. Whatever the order of the others, it found 41 (version 5). What it shows stood there before the first write; put k7 = 41 (#0) ended 1000 ms before.',
        evidence: [
          { at: 2_000_000, node: 3, text: 'process 0: put k7 = 41 → version 5' },
          { at: 4_182_000, node: 3, text: 'process 1: get k7 → absent' },
        ],
        details: [
          '• 1.000–2.000 s  process 0  put k7 = 41 → version 5',
          '✗ 3.000–4.182 s  process 1  get k7 → absent',
        ],
      },
    ]);
  });

  test('says so when a search runs out of budget', () => {
    const { told, open } = judge(
      [
        [put, { version: 5 }, 0, 1_000_000, 2_000_000],
        [put, { version: 6 }, 0, 1_500_000, 2_500_000],
      ],
      1,
    );
    expect(told).toEqual([]);
    expect(open).toEqual([
      'Whether the history of k7 (2 operations) is linearizable was not decided within 1 state.',
    ]);
  });

  test('names the models there are when asked for another', () => {
    expect(() => linearizable('regsiter' as 'register')).toThrow(
      'there is no model "regsiter". Nearest: register, cas-register. Built in: register, siblings, lock, barrier,',
    );
  });
});

test('properties that judge one run share one recording of it', () => {
  const shared = new Map<string, unknown>();
  const context = {
    shared: <T>(key: string, make: () => T): T => {
      if (!shared.has(key)) shared.set(key, make());
      return shared.get(key) as T;
    },
  } as unknown as WatchContext;
  const watches = [linearizable('register'), linearizable('lock'), linearizable('barrier')].map((one) =>
    one.watch(context),
  );
  expect(watches.map((watch) => Object.keys(watch.on))).toEqual([[], [], []]);
  expect([...shared.values()]).toEqual([expect.objectContaining({ on: expect.any(Object) as unknown })]);
});

describe('linearizable-lock', () => {
  test('takes an acquire that waited for two operations, and judges the order of the queue by what clients heard', () => {
    const acquire = { f: 'acquire', lock: 'L', holder: 'h', waitUs: 60_000_000 };
    const watched = (first: number, second: number): readonly string[] => {
      const watchers = watching([linearizable('lock')], 10_000);
      let us = 0;
      const invoked = (id: number, op: object): void =>
        watchers.observe({ kind: 'invoked', process: id, id, op }, at((us += 1_000)));
      const queued = (id: number, place: number): void =>
        watchers.observe({ kind: 'queued', process: id, id, place }, at((us += 1_000)));
      const completed = (id: number, value: object, place: number, session = 10 + id): void => {
        const ended = { kind: 'completed', process: id, id, outcome: 'ok', value, place } as const;
        watchers.observe({ ...ended, session, number: 1 }, at((us += 1_000)));
      };
      const granted = (token: number) => ({ token, ttlUs: 10_000_000, count: 1 });
      invoked(0, acquire);
      completed(0, granted(3), 3);
      for (const id of [1, 2]) {
        invoked(id, acquire);
        queued(id, 3 + id);
      }
      // The entry that frees the lock grants it as well.
      invoked(3, { f: 'close' });
      completed(3, {}, 6, 10);
      completed(first, granted(6), 6);
      invoked(4, { f: 'close' });
      completed(4, {}, 7, 10 + first);
      completed(second, granted(7), 7);
      watchers.end(at(us));
      return watchers.findings.map(({ message }) => message);
    };
    expect(watched(1, 2)).toEqual([]);
    expect(watched(2, 1)).toEqual([
      expect.stringContaining('The history of L is not linearizable: acquire L as h in session 12 → token 6'),
    ]);
  });
});

describe('linearizable-barrier', () => {
  test('has the order of the log for its witness: entries at which arrivals counted, and ends of sessions', () => {
    // Enough for no search.
    const watchers = watching([linearizable('barrier')], 1);
    const second = 1_000_000;
    const of = { barrier: 'b', creation: 3 };
    const asked = (
      id: number,
      session: number,
      op: object,
      from: number,
      to: number,
      value: object,
      place: number,
    ) => {
      watchers.observe({ kind: 'invoked', process: id, id, op }, at(from * second));
      return (): void => {
        const ended = { kind: 'completed', process: id, id, outcome: 'ok', value, place } as const;
        watchers.observe({ ...ended, session, number: id }, at(to * second));
      };
    };
    const joined = { registered: true, generation: 1 };
    asked(1, 1, { f: 'createBarrier', barrier: 'b' }, 1, 2, { creation: 3, generation: 1 }, 3)();
    asked(2, 1, { f: 'register', ...of, participant: 'p1' }, 2, 3, joined, 4)();
    asked(3, 2, { f: 'register', ...of, participant: 'p2' }, 3, 4, joined, 5)();
    const arrival = { f: 'arrive', ...of, participant: 'p1', generation: 1 };
    // It counts at 6, and the end of the other session trips it at 9.
    const hear = asked(4, 1, arrival, 5, 40, { outcome: 'tripped', generation: 1 }, 9);
    const arrived = { kind: 'barrierArrived', index: 6, ...of, generation: 1, participant: 'p1' } as const;
    watchers.observe({ ...arrived, session: 1, number: 4 }, at(6 * second));
    watchers.observe({ kind: 'sessionEnded', index: 9, session: 2, reason: 'expired' }, at(39 * second));
    hear();
    watchers.end(at(41 * second));
    expect([watchers.findings, watchers.undecided]).toEqual([[], []]);
  });

  test('counts on clocks that drift no more than they may: sessions end after their time only', () => {
    expect(linearizable('barrier')).toMatchObject({ id: 'linearizable-barrier', needs: 'nothing' });
    expect(linearizable('barrier').assumes).toEqual(['damage<=f', 'drift<=rho']);
  });
});
