/**
 * Fencing (Kleppmann 2016; Burrows 2006, section 2.4). A lease can run out while its holder sleeps, so what a lock protects looks at the token: tokens of a
 * lock rise with every grant, no mutation passes under a token that is not the lock's at that point of the log, and a resource outside the group never
 * accepts a smaller token than one that it has seen.
 */
import type { Property } from '../property.ts';
import { LogOrder } from './log-order.ts';

/** Each grant of a lock has a greater token than every earlier one. */
export const fencingMonotonic: Property = {
  id: 'fencing-monotonic',
  sentence: 'Each grant of a lock has a greater fencing token than every grant of it before.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const order = new LogOrder();
    const last = new Map<
      string,
      { readonly token: number; readonly at: number; readonly node: number; readonly index: number }
    >();
    return {
      on: {
        lockGranted(o, e) {
          if (!order.isFirst(o.index, e)) return;
          const before = last.get(o.lock);
          if (before !== undefined && o.token <= before.token) {
            context.fail(
              `Lock ${o.lock} was granted with token ${o.token} at index ${o.index}, after token ${before.token} at index ${before.index}: its holder would be taken for a stale one.`,
              [
                {
                  at: before.at,
                  node: before.node,
                  text: `granted ${o.lock}, token ${before.token}, at ${before.index}`,
                },
                { at: e.at, node: e.node, text: `granted ${o.lock}, token ${o.token}, at ${o.index}` },
              ],
            );
          }
          last.set(o.lock, { token: o.token, at: e.at, node: e.node, index: o.index });
        },
      },
    };
  },
};

/** What a resource outside the group tells when it has made a write durable. */
type ResourceWrote = { kind: string; lock: string; token: number };

/** No mutation under a stale token, in the group; accepted tokens never decrease, outside. */
export const noStaleWrite: Property = {
  id: 'no-stale-write',
  sentence:
    'A mutation that names a fencing token is applied only while that token is the lock’s; a resource outside the group accepts no smaller token than one it has accepted.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const order = new LogOrder();
    /** By lock: the token that stands. */
    const tokens = new Map<string, number>();
    const outside = new Map<string, { readonly token: number; readonly at: number; readonly node: number }>();
    return {
      on: {
        lockGranted(o, e) {
          if (order.isFirst(o.index, e)) tokens.set(o.lock, o.token);
        },
        lockFreed(o, e) {
          if (order.isFirst(o.index, e)) tokens.delete(o.lock);
        },
        fenceChecked(o, e) {
          if (!order.isFirst(o.index, e)) return;
          const standing = tokens.get(o.lock) ?? 0;
          if (o.passed === (standing !== 0 && o.token === standing)) return;
          context.fail(
            o.passed
              ? `A mutation under token ${o.token} of lock ${o.lock} was applied at index ${o.index}, while ${standing === 0 ? 'the lock was free' : `the lock's token was ${standing}`}.`
              : `A mutation under token ${o.token} of lock ${o.lock} was refused at index ${o.index}, though that token was the lock's.`,
            [
              {
                at: e.at,
                node: e.node,
                text: `${o.passed ? 'passed' : 'refused'} token ${o.token} of ${o.lock} at ${o.index}`,
              },
            ],
          );
        },
        resourceWrote(o: ResourceWrote, e) {
          const { lock, token } = o;
          const before = outside.get(lock);
          if (before !== undefined && token < before.token) {
            context.fail(
              `The resource outside the group accepted a write under token ${token} of lock ${lock}, after one under token ${before.token}.`,
              [
                { at: before.at, node: before.node, text: `accepted token ${before.token} of ${lock}` },
                { at: e.at, node: e.node, text: `accepted token ${token} of ${lock}` },
              ],
            );
          }
          outside.set(lock, { token, at: e.at, node: e.node });
        },
      },
    };
  },
};
