/**
 * The queue of a lock is fair: a grant goes to the request that has waited longest and has not left; a free lock with a queue is granted in the very entry
 * that frees it; nobody passes the queue; and a waiter that leaves says why. A waiter dropped in silence shows when somebody behind it is granted.
 */
import type { Envelope } from '../../core/observe.ts';
import type { Property } from '../property.ts';
import { LogOrder } from './log-order.ts';

interface Waiter {
  readonly session: number;
  readonly number: number;
  readonly index: number;
  readonly at: number;
  readonly node: number;
}

interface Line {
  held: boolean;
  readonly waiters: Waiter[];
}

function text(waiter: Waiter): string {
  return `request ${waiter.number} of session ${waiter.session}, queued at ${waiter.index}`;
}

/** Grants from a queue come in its order, and only to who waits. */
export const fifoGrants: Property = {
  id: 'fifo-grants',
  sentence: 'A lock is granted to the request that has waited longest; a free lock keeps nobody waiting.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const order = new LogOrder();
    const lines = new Map<string, Line>();
    /** Locks of which something changed in the entry that is being reported. */
    const touched = new Set<string>();
    const lineOf = (lock: string): Line => {
      touched.add(lock);
      let line = lines.get(lock);
      if (line === undefined) lines.set(lock, (line = { held: false, waiters: [] }));
      return line;
    };
    const fail = (message: string, e: Envelope, now: string, waiter?: Waiter): void => {
      const evidence = [{ at: e.at, node: e.node, text: now }];
      if (waiter !== undefined) evidence.unshift({ at: waiter.at, node: waiter.node, text: text(waiter) });
      context.fail(message, evidence);
    };
    const leave = (lock: string, session: number, number: number): boolean => {
      const { waiters } = lineOf(lock);
      const at = waiters.findIndex((one) => one.session === session && one.number === number);
      if (at >= 0) waiters.splice(at, 1);
      return at >= 0;
    };
    return {
      on: {
        lockQueued(o, e) {
          if (!order.isFirst(o.index, e)) return;
          lineOf(o.lock).waiters.push({
            session: o.session,
            number: o.number,
            index: o.index,
            at: e.at,
            node: e.node,
          });
        },
        lockWaitEnded(o, e) {
          if (!order.isFirst(o.index, e) || leave(o.lock, o.session, o.number)) return;
          fail(
            `Request ${o.number} of session ${o.session} left the queue of ${o.lock} at index ${o.index} (${o.reason}), but it was not in it.`,
            e,
            `wait for ${o.lock} ended: ${o.reason}, at ${o.index}`,
          );
        },
        lockFreed(o, e) {
          if (order.isFirst(o.index, e)) lineOf(o.lock).held = false;
        },
        lockGranted(o, e) {
          if (!order.isFirst(o.index, e)) return;
          const line = lineOf(o.lock);
          const first = line.waiters[0];
          line.held = true;
          const now = `granted ${o.lock} to request ${o.number} of session ${o.session}, token ${o.token}, at ${o.index}`;
          if (first === undefined) {
            if (o.queuedAt === 0) return;
            fail(
              `Lock ${o.lock} was granted from its queue at index ${o.index} to request ${o.number} of session ${o.session}, which was not waiting.`,
              e,
              now,
            );
          } else if (o.queuedAt === 0 || first.session !== o.session || first.number !== o.number) {
            fail(
              `Lock ${o.lock} was granted at index ${o.index} to request ${o.number} of session ${o.session}, before ${text(first)}.`,
              e,
              now,
              first,
            );
          } else line.waiters.shift();
        },
        applied(o, e) {
          if (touched.size === 0 || o.index !== order.top || !order.isFirst(o.index, e)) return;
          for (const lock of touched) {
            const { held, waiters } = lines.get(lock)!;
            const first = waiters[0];
            if (held || first === undefined) continue;
            fail(
              `Lock ${lock} was free after index ${o.index}, while ${text(first)} went on waiting.`,
              e,
              `applied ${o.index}: ${lock} is free`,
              first,
            );
          }
          touched.clear();
        },
      },
    };
  },
};
