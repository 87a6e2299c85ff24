/**
 * A lock has one owner at a time, in the order of the log: it is granted only when it is free, to a session that is open there, and what is renewed,
 * acquired again or freed is the holding that stands. Not claimed is that two clients never both believe they hold it: that is what fencing is for.
 */
import type { Envelope } from '../../core/observe.ts';
import type { Evidence, Property } from '../property.ts';
import { LogOrder } from './log-order.ts';

interface Owner {
  readonly session: number;
  readonly holder: string;
  readonly token: number;
  readonly evidence: Evidence;
}

/** One owner at a time, and only an open session. */
export const lockExclusion: Property = {
  id: 'lock-exclusion',
  sentence:
    'In the order of the log a lock is granted only while it is free, and only to a session that is open.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const order = new LogOrder();
    const owners = new Map<string, Owner>();
    const open = new Set<number>();
    const evidenceOf = (e: Envelope, text: string): Evidence => ({ at: e.at, node: e.node, text });
    const standing = (
      lock: string,
      session: number,
      token: number,
      did: string,
      index: number,
      e: Envelope,
    ): void => {
      const owner = owners.get(lock);
      if (owner !== undefined && owner.session === session && owner.token === token) return;
      const evidence = evidenceOf(e, `${did} ${lock}, token ${token}, session ${session}, at ${index}`);
      context.fail(
        `At index ${index} the holding of ${lock} with token ${token} by session ${session} was ${did}, but ${
          owner === undefined
            ? 'the lock was free'
            : `session ${owner.session} held it with token ${owner.token}`
        }.`,
        owner === undefined ? [evidence] : [owner.evidence, evidence],
      );
    };
    return {
      on: {
        sessionOpened(o, e) {
          if (order.isFirst(o.index, e)) open.add(o.session);
        },
        sessionEnded(o, e) {
          if (order.isFirst(o.index, e)) open.delete(o.session);
        },
        lockGranted(o, e) {
          if (!order.isFirst(o.index, e)) return;
          const evidence = evidenceOf(
            e,
            `granted ${o.lock} to session ${o.session}, token ${o.token}, at ${o.index}`,
          );
          const owner = owners.get(o.lock);
          if (owner !== undefined) {
            context.fail(
              `Lock ${o.lock} was granted to session ${o.session} at index ${o.index}, while session ${owner.session} held it with token ${owner.token}.`,
              [owner.evidence, evidence],
            );
          } else if (!open.has(o.session)) {
            context.fail(
              `Lock ${o.lock} was granted at index ${o.index} to session ${o.session}, which was not open.`,
              [evidence],
            );
          }
          owners.set(o.lock, { session: o.session, holder: o.holder, token: o.token, evidence });
        },
        lockReentered(o, e) {
          if (order.isFirst(o.index, e)) standing(o.lock, o.session, o.token, 'acquired again', o.index, e);
        },
        lockRenewed(o, e) {
          if (order.isFirst(o.index, e)) standing(o.lock, o.session, o.token, 'renewed', o.index, e);
        },
        lockFreed(o, e) {
          if (!order.isFirst(o.index, e)) return;
          standing(o.lock, o.session, o.token, o.reason, o.index, e);
          owners.delete(o.lock);
        },
        applied(o, e) {
          // After the last transition of an entry: whoever still holds has an open session.
          if (o.index !== order.top || !order.isFirst(o.index, e)) return;
          for (const [lock, owner] of owners) {
            if (open.has(owner.session)) continue;
            context.fail(
              `Session ${owner.session} ended by index ${o.index} and still holds lock ${lock} with token ${owner.token}.`,
              [owner.evidence, evidenceOf(e, `applied ${o.index}: session ${owner.session} is not open`)],
            );
          }
        },
      },
    };
  },
};
