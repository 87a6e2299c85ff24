/** What may befall whoever holds a lock: reaches that follow sessions to the hosts of their clients. */
import type { Envelope, ObservationOf } from '../core/observe.ts';
import { LogOrder } from '../properties/coordination/log-order.ts';
import { reach } from './reach-of-run.ts';
import type { On } from './reach-of-run.ts';
import type { Reach } from './scenario.ts';

/** Who holds what, by the first replica that told of each transition, and where that client runs. */
class Holders {
  readonly hostOf = new Map<number, number>();
  readonly holder = new Map<string, number>();
  readonly waiting = new Map<string, number>();
  /** By lock: how often its owner acquired it. */
  readonly times = new Map<string, number>();
  readonly #order = new LogOrder();

  /** Handlers that keep it; `freed` is called before a holding is forgotten. */
  on(freed: (o: ObservationOf<'lockFreed'>, e: Envelope) => void = () => {}): On {
    const wait = (lock: string, by: number): void =>
      void this.waiting.set(lock, (this.waiting.get(lock) ?? 0) + by);
    return {
      completed: (o, e) => {
        if (o.session > 0) this.hostOf.set(o.session, e.node);
      },
      lockQueued: this.#order.first((o) => wait(o.lock, 1)),
      lockWaitEnded: this.#order.first((o) => wait(o.lock, -1)),
      lockGranted: this.#order.first((o) => {
        if (o.queuedAt > 0) wait(o.lock, -1);
        this.holder.set(o.lock, o.session);
        this.times.set(o.lock, 1);
      }),
      lockReentered: this.#order.first((o) => void this.times.set(o.lock, o.count)),
      lockFreed: this.#order.first((o, e) => {
        freed(o, e);
        this.holder.delete(o.lock);
      }),
    };
  }

  /** Locks that a client of this host holds. */
  heldAt(host: number): string[] {
    return [...this.holder].filter(([, session]) => this.hostOf.get(session) === host).map(([lock]) => lock);
  }
}

/** What may befall whoever holds a lock. */
export const holderReaches: readonly Reach[] = [
  reach('holder-died-with-waiter', 'A client died that held a lock for which others waited.', (hit) => {
    const holders = new Holders();
    return {
      ...holders.on(),
      crashed(_o, e) {
        if (holders.heldAt(e.node).some((lock) => (holders.waiting.get(lock) ?? 0) > 0)) hit();
      },
    };
  }),
  reach('reentrant-holder-died', 'A client died that had acquired a lock more than once.', (hit) => {
    const holders = new Holders();
    return {
      ...holders.on(),
      crashed(_o, e) {
        if (holders.heldAt(e.node).some((lock) => holders.times.get(lock)! > 1)) hit();
      },
    };
  }),
  reach(
    'holder-died-across-failover',
    'The lease of a client that had died ran out under another leader than the one of its death.',
    (hit) => {
      let elections = 0;
      /** By lock: how many leaders had been elected when its holder died, and its session. */
      const died = new Map<string, { readonly session: number; readonly elections: number }>();
      const holders = new Holders();
      const on = holders.on((o) => {
        const death = died.get(o.lock);
        died.delete(o.lock);
        if (o.reason === 'expired' && death?.session === o.session && elections > death.elections) hit();
      });
      return {
        ...on,
        leaderElected: () => void (elections += 1),
        crashed(_o, e) {
          for (const lock of holders.heldAt(e.node)) {
            died.set(lock, { session: holders.holder.get(lock)!, elections });
          }
        },
      };
    },
  ),
  reach('holder-slept-through-lease', 'A lease ran out while its holder was paused.', (hit) => {
    const asleep = new Set<number>();
    const holders = new Holders();
    const on = holders.on((o) => {
      const host = holders.hostOf.get(o.session);
      if (o.reason === 'expired' && host !== undefined && asleep.has(host)) hit();
    });
    return {
      ...on,
      paused: (_o, e) => void asleep.add(e.node),
      resumed: (_o, e) => void asleep.delete(e.node),
    };
  }),
  {
    name: 'resource-wrote',
    sentence: 'A resource outside the group accepted a write.',
    watch: (hit) => ({ on: { resourceWrote: hit } }),
  },
  reach('resource-refused', 'A resource outside the group refused a write under a stale token.', (hit) => ({
    completed(o) {
      if (typeof o.value === 'object' && o.value !== null && 'mark' in o.value) hit();
    },
  })),
  {
    name: 'work-started',
    sentence: 'A client started work under a lock that it renews by itself.',
    watch: (hit) => ({ on: { workStarted: hit } }),
  },
];
