import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Scheduler } from './scheduler.ts';

describe('the event queue', () => {
  test('gives entries by time, then in the order in which they were scheduled, as a stable sort would', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.boolean()), { maxLength: 200 }), (steps) => {
        const queue = new Scheduler(2);
        let waiting: { at: number; n: number }[] = [];
        steps.forEach(([at, popFirst], n) => {
          if (popFirst && waiting.length > 0) {
            waiting.sort((x, y) => x.at - y.at || x.n - y.n);
            const next = waiting.shift();
            expect(queue.nextAt()).toBe(next?.at);
            expect(queue.pop()).toBe(true);
            expect([queue.at, queue.a, queue.b, queue.kind, queue.host]).toEqual([
              next?.at,
              next?.n,
              -(next?.n ?? 0) | 0,
              3,
              7,
            ]);
            expect(queue.body).toBe(`body ${next?.n}`);
          }
          queue.schedule(at, 3, 7, n, -n | 0, `body ${n}`);
          waiting = [...waiting, { at, n }];
        });
        expect(queue.size).toBe(waiting.length);
      }),
    );
  });

  test('keeps entries that are scheduled last behind ordinary ones of the instant that come after them', () => {
    const queue = new Scheduler();
    queue.scheduleLast(5, 1, 0, 1, 0, null);
    queue.schedule(5, 1, 0, 2, 0, null);
    queue.schedule(6, 1, 0, 3, 0, null);
    const order: number[] = [];
    while (queue.pop()) order.push(queue.a);
    expect(order).toEqual([2, 1, 3]);
  });

  test('holds no entry, and no body, when it is empty', () => {
    const queue = new Scheduler();
    expect(queue.nextAt()).toBe(Infinity);
    expect(queue.pop()).toBe(false);
  });
});
