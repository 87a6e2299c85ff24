/**
 * Whom a fault may aim at among the clients, besides the servers of a Raft (raft-selectors.ts).
 *
 * | name | is |
 * |---|---|
 * | `lock-holder` | the host of a client that holds a lock; one of those whose lock others wait for, where there are some; drawn |
 * | `waiter` | the host of a client that waits for a lock, drawn |
 */
import type { CustomObservation, Envelope, Observation } from '../core/observe.ts';
import type { Random } from '../core/ports.ts';
import { LogOrder } from '../properties/coordination/log-order.ts';
import type { WorldPlan } from '../sim/plan.ts';
import { RaftSelectors } from './raft-selectors.ts';

/** What is known of one lock. */
interface Known {
  /** 0: nobody holds it. */
  holder: number;
  /** Sessions that wait, with their requests' numbers. */
  waiting: { readonly session: number; readonly number: number }[];
}

/** What is known of the replicas and clients of one run. */
export class CoordinationSelectors extends RaftSelectors {
  /** The host whose client has the session, once it was heard of. */
  readonly #hosts = new Map<number, number>();
  readonly #locks = new Map<string, Known>();
  readonly #order = new LogOrder();

  override observe(observation: Observation, envelope: Envelope): void {
    super.observe(observation, envelope);
    const o = observation as CustomObservation;
    if (o.kind === 'completed') {
      if (o['session'] !== 0) this.#hosts.set(o['session'] as number, envelope.node);
      return;
    }
    if (!o.kind.startsWith('lock')) return;
    if (this.#order.isFirst(o['index'] as number, envelope)) this.#note(o);
  }

  #note(o: CustomObservation): void {
    const name = o['lock'] as string;
    let lock = this.#locks.get(name);
    if (lock === undefined) this.#locks.set(name, (lock = { holder: 0, waiting: [] }));
    const session = o['session'] as number;
    const number = o['number'] as number;
    if (o.kind === 'lockFreed') lock.holder = 0;
    else if (o.kind === 'lockQueued') lock.waiting.push({ session, number });
    else if (o.kind === 'lockWaitEnded' || o.kind === 'lockGranted') {
      lock.waiting = lock.waiting.filter((one) => one.session !== session || one.number !== number);
      if (o.kind === 'lockGranted') lock.holder = session;
    }
  }

  override resolve(name: string, random: Random, plan: WorldPlan): readonly number[] {
    if (name === 'waiter') {
      return this.#drawn(
        [...this.#locks.values()].flatMap((lock) => lock.waiting.map((one) => one.session)),
        random,
      );
    }
    if (name !== 'lock-holder') return super.resolve(name, random, plan);
    const held = [...this.#locks.values()].filter((lock) => lock.holder > 0);
    const wanted = held.filter((lock) => lock.waiting.length > 0);
    return this.#drawn(
      (wanted.length > 0 ? wanted : held).map((lock) => lock.holder),
      random,
    );
  }

  #drawn(sessions: readonly number[], random: Random): readonly number[] {
    const hosts = sessions.flatMap((session) => this.#hosts.get(session) ?? []);
    return hosts.length === 0 ? [] : [hosts[random.below(hosts.length)] as number];
  }
}
