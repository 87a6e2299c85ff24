/** What the lanes say in words: the search, the details of a mark, the list for screen readers, the density of messages. */
import { describe, expect, test } from 'vitest';
import { EventIndex } from './causal-past.ts';
import { chooseLanes } from './lane-choice.ts';
import { findsEvent, findsMessage, findsOperation, laneFilter } from './lane-filter.ts';
import { layOut } from './lane-layout.ts';
import { cursorWords, lanesList } from './lanes-list.ts';
import { lanesPage, partition } from './lanes-page.test-support.ts';
import { markDetails, markLine } from './mark-details.ts';
import { markOf } from './selection.ts';
import { MessageDensity } from './message-density.ts';
import type { FaultSpan, RunPage } from './run-page.ts';

const hostile = '</p><script>alert(1)</script>\u0007';
const page = lanesPage({
  servers: 2,
  hosts: 3,
  events: [
    { at: 1000, host: 2 },
    { at: 3000, host: 0, message: 0 },
    { at: 9000, host: 1 },
  ],
  messages: [
    { sent: 0, received: 1 },
    { sent: 1, received: -1, to: 1 },
  ],
  operations: {
    ...{ id: [4], host: [2], lane: [0], fromUs: [1000], toUs: [-1], outcome: ['unknown'], asked: [0] },
    ...{ answered: [-1], words: [`put ${hostile}`], pointUs: [-1], token: [41], object: [-1] },
  },
  more: {
    locks: [
      {
        ...{ name: hostile, group: 0, violating: true, queue: [], leases: [], beliefs: [] },
        holdings: [
          { token: 41, nth: 0, session: 1, holder: 'c0', host: 2, fromUs: 0, toUs: 5000, reason: null },
        ],
      },
    ],
  },
});
const index = new EventIndex(page.timeline, 3);

describe('a search', () => {
  const found = (typed: string) => {
    const filter = laneFilter(page, typed)!;
    return {
      events: [0, 1, 2].filter((event) => findsEvent(page, filter, event)),
      messages: [0, 1].filter((message) => findsMessage(page, filter, message)),
      operations: [0].filter((operation) => findsOperation(page, filter, operation)),
    };
  };

  test('for a node finds what is at it, or goes from it or to it', () => {
    expect(found('n1')).toEqual({ events: [2], messages: [1], operations: [] });
    expect(found('C0')).toEqual({ events: [0], messages: [0], operations: [0] });
  });

  test('for a kind finds events and messages of that kind; both words must be met', () => {
    expect(found('append')).toEqual({ events: [1], messages: [0, 1], operations: [] });
    expect(found('append n1').messages).toEqual([1]);
    expect(found('append elsewhere').messages).toEqual([]);
  });

  test('of nothing is none, and of a megabyte is short', () => {
    expect(laneFilter(page, '  ')).toBeNull();
    expect(laneFilter(page, 'x'.repeat(1e6))!.words[0]).toHaveLength(40);
  });
});

describe('a mark', () => {
  test('that a link names is read only where it is there', () => {
    expect(markOf(page, 'e:1')).toEqual({ kind: 'event', place: 1 });
    expect(markOf(page, `l:${hostile}`)).toEqual({ kind: 'lock', name: hostile });
    for (const other of [null, '', 'e', 'e:', 'e:3', 'e:-1', 'e:1.5', 'x:1', 'l:other', 'm:__proto__'])
      expect(markOf(page, other)).toBeNull();
  });

  test('says in a line what it was', () => {
    expect(markLine(page, { kind: 'event', place: 1 })).toBe('n0: deliver append from c0, 0.003 s');
    expect(markLine(page, { kind: 'message', place: 0 })).toBe('append, c0 → n0, sent 0.001 s, took 2.0 ms');
    expect(markLine(page, { kind: 'message', place: 1 })).toBe('append, n0 → n1, sent 0.003 s, lost');
  });

  test('links to what it came of and what came of it', () => {
    expect(markDetails(page, index, { kind: 'event', place: 1 }, 3000).text).toContain('data-event="0"');
    expect(markDetails(page, index, { kind: 'event', place: 0 }, 1000).text).toContain('data-event="1"');
  });

  test('of an object tells how it stands at the cursor', () => {
    const lock = { kind: 'lock', name: hostile } as const;
    expect(markDetails(page, index, lock, 3000).text).toContain('held by c0 under ◆41');
    expect(markDetails(page, index, lock, 7000).text).toContain('free at 0.007 s');
  });

  test('is escaped, whatever it is called', () => {
    const marks = [{ kind: 'operation', place: 0 } as const, { kind: 'lock', name: hostile } as const];
    for (const mark of marks) {
      const { text } = markDetails(page, index, mark, 3000);
      expect(text).not.toContain('<script');
      expect(text).not.toContain('\u0007');
    }
  });
});

test('the list tells of each lane what is on it at the event, and takes no focus', () => {
  const { text } = lanesList(page, layOut(page, chooseLanes(page)), index, { event: 1, us: 3000 });
  expect(text).toContain('Lanes at 0.003 s');
  expect(text).toContain('event: n0: deliver append from c0, 0.003 s; sent append to n1');
  expect(text).toContain('(unknown)');
  expect(text).toContain('held by c0 under token 41');
  expect(text).not.toMatch(/<script|<a |<button|tabindex/);
});

describe('the list', () => {
  const cursor = { event: 0, us: 9000 };
  const listOf = (one: RunPage, at: { readonly event: number; readonly us: number } = cursor) =>
    lanesList(one, layOut(one, chooseLanes(one)), new EventIndex(one.timeline, one.about.hosts), at)
      .text.replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');

  test('names what a client asked last, though much of what it asked before never ended', () => {
    const asked = Array.from({ length: 9 }, (_, i) => i);
    const many = lanesPage({
      servers: 1,
      hosts: 2,
      events: [{ at: 9000, host: 1 }],
      operations: {
        ...{ id: asked, host: asked.map(() => 1), lane: asked, fromUs: asked.map((i) => 1000 * i) },
        ...{ toUs: asked.map(() => -1), outcome: asked.map(() => 'unknown'), asked },
        ...{ answered: asked.map(() => -1), words: asked.map((i) => `put ${i}`) },
      },
    });
    expect(listOf(many)).toContain('c0: put 8 (unknown); put 7 (unknown)');
  });

  test('tells of a barrier how many it takes, and which nodes share a lane', () => {
    const run = lanesPage({
      servers: 11,
      hosts: 11,
      events: [{ at: 9000, host: 1 }],
      more: {
        barriers: [
          {
            ...{ name: 'b', group: 0, violating: true, parent: '' },
            generations: [
              {
                ...{ generation: 3, fromUs: 0, toUs: 9000, outcome: null, reason: null },
                arrived: [{ atUs: 1, untilUs: -1, participant: 'p0' }],
              },
            ],
            needed: [{ atUs: 0, participants: ['p0', 'p1'], needed: 2 }],
          },
        ],
      },
    });
    expect(listOf(run)).toContain('barrier b: generation 3: 1 of 2 arrived');
    expect(listOf(run)).toContain('2 more: n9, n10, not told apart');
  });

  test('says of a node from whom it is cut off, by a wall or one way', () => {
    const run = (fault: Partial<FaultSpan>) =>
      lanesPage({
        servers: 3,
        hosts: 4,
        events: [{ at: 9000, host: 1 }],
        faults: [{ ...partition([[0], [1, 2, 3]]), ...fault }],
      });
    expect(listOf(run({}))).toContain('n0: cut off from n1, n2 n1: cut off from n0');
    expect(listOf(run({ sides: null, cut: [[2, 0]] }))).toContain('n0: does not hear n2');
  });

  test('stands where the cursor stands: at the time of a fault, which is no event', () => {
    expect(listOf(page, { event: -1, us: 4000 })).toContain('Lanes at 0.004 s event: none');
    const told = {
      number: 1,
      seq: 1,
      at: 4000,
      node: null,
      text: 'partition of n0 began',
      rule: 'fault',
    } as const;
    const words = cursorWords({ ...page, story: [told] }, index, 1, 1);
    expect(words).toBe('Step 1 of 1: partition of n0 began, 0.004 s');
    expect(cursorWords(page, index, 1, 0)).toContain('n0: deliver append from c0');
  });
});

test('density counts messages of the table one by one, and of bins their share', () => {
  const density = new MessageDensity({
    ...page.timeline,
    density: { binUs: 1_000_000, messages: [0, 0, 60, 0] },
  });
  expect(density.count(0, 1001)).toBe(1);
  expect(density.count(0, 1_000_000)).toBe(2);
  expect(density.count(2_000_000, 2_500_000)).toBe(30);
  expect(density.count(0, 9_000_000)).toBe(62);
});
