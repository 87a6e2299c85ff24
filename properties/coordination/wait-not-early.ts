/**
 * Whoever says how long it will stand in line stands there for so long: a wait that ends sooner gives up a place that was promised. Judged from what clients sent and heard, so that it does
 * not matter which replica counted, or from when: a replica counts from when it applies, which is after the request was made.
 */
import type { Property } from '../property.ts';

interface Waiting {
  readonly at: number;
  readonly waitUs: number;
}

/** A client hears *timeout* no sooner than after the wait that it asked for. */
export const waitNotEarly: Property = {
  id: 'wait-not-early',
  sentence:
    'A request that waits for a lock is told of its timeout no sooner than after the time that it said.',
  assumes: ['drift<=rho'],
  needs: 'virtual-time',
  watch(context) {
    const waiting = new Map<number, Waiting>();
    return {
      on: {
        invoked({ id, op }, { at }) {
          const { f, waitUs } = op as { readonly f?: unknown; readonly waitUs?: unknown };
          if (f === 'acquire' && typeof waitUs === 'number' && waitUs > 0) waiting.set(id, { at, waitUs });
        },
        completed({ id, value }, e) {
          const asked = waiting.get(id);
          if (asked === undefined) return;
          waiting.delete(id);
          if (typeof value !== 'object' || value === null || !('timeout' in value)) return;
          const waitedUs = e.at - asked.at;
          if (waitedUs >= asked.waitUs) return;
          context.fail(
            `Operation ${id} asked to wait ${asked.waitUs / 1e6} s for a lock and was told of its timeout after ${waitedUs / 1e6} s.`,
            [
              {
                at: asked.at,
                node: e.node,
                text: `invoked operation ${id}, to wait ${asked.waitUs / 1e6} s`,
              },
              { at: e.at, node: e.node, text: `heard ${JSON.stringify(value)}` },
            ],
          );
        },
      },
    };
  },
};
