import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventIndex, frontierOf, pastOf } from './causal-past.ts';
import { lanesPage } from './lanes-page.test-support.ts';
import type { TestEvent, TestMessage } from './lanes-page.test-support.ts';

/** A run of three hosts in which some events receive what some earlier event sent. */
const runs = fc
  .array(fc.tuple(fc.nat(2), fc.option(fc.nat(40), { nil: -1 })), { minLength: 1, maxLength: 40 })
  .map((steps) => {
    const messages: TestMessage[] = [];
    const events: TestEvent[] = steps.map(([host, back], i) => {
      if (back < 0 || back >= i) return { at: i * 10, host };
      messages.push({ sent: back, received: i });
      return { at: i * 10, host, message: messages.length - 1 };
    });
    return lanesPage({ servers: 3, hosts: 3, events, messages });
  });

describe('the causal past of an event', () => {
  test('is what a walk over both causes reaches, and has no holes on any host', () => {
    fc.assert(
      fc.property(runs, fc.nat(39), ({ timeline }, pick) => {
        const { events, messages } = timeline;
        const event = pick % events.seq.length;
        const reached = new Set<number>();
        const walk = (at: number): void => {
          if (at < 0 || reached.has(at)) return;
          reached.add(at);
          walk(events.previous[at]!);
          if (events.message[at]! >= 0) walk(messages.sent[events.message[at]!]!);
        };
        walk(event);
        const past = pastOf(timeline, event);
        expect([...past.keys()].filter((at) => past[at] === 1)).toEqual([...reached].sort((a, b) => a - b));
        const frontier = frontierOf(timeline, past, 3);
        events.host.forEach((host, at) => expect(past[at] === 1).toBe(at <= frontier[host]!));
      }),
    );
  });

  test('each effect has the event among its causes, and each cause has it among its effects', () => {
    fc.assert(
      fc.property(runs, ({ timeline }) => {
        const index = new EventIndex(timeline, 3);
        timeline.events.seq.forEach((_, event) => {
          const { previous, sender } = index.causes(event);
          for (const cause of [previous, sender])
            if (cause >= 0) expect(index.effects(cause)).toContain(event);
          for (const effect of index.effects(event)) {
            const causes = index.causes(effect);
            expect([causes.previous, causes.sender]).toContain(event);
          }
        });
      }),
    );
  });

  test('of nothing is nothing', () => {
    const { timeline } = lanesPage({ servers: 1, hosts: 1, events: [{ at: 0, host: 0 }] });
    expect([...pastOf(timeline, -1)]).toEqual([0]);
    expect([...pastOf(timeline, 7)]).toEqual([0]);
  });
});

test('the nearest event of a host is found within the distance, and none beyond it', () => {
  const { timeline } = lanesPage({
    servers: 2,
    hosts: 2,
    events: [0, 1, 0].map((host, i) => ({ at: i * 10, host })),
  });
  const index = new EventIndex(timeline, 2);
  expect([index.nearest(0, 3, 5), index.nearest(0, 14, 6), index.nearest(0, 14, 5)]).toEqual([0, 2, -1]);
  expect([index.nearest(1, 10, 0), index.nearest(9, 10, 99)]).toEqual([1, -1]);
  expect([index.count(0, 0, 20), index.count(0, 1, 19)]).toEqual([2, 0]);
});
