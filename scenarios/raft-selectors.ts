/**
 * Whom a fault may aim at in a Raft cluster, as a function of what was observed: the part of the world that decides who is hit reads
 * observations and nothing else, so that a repro can pin the choice.
 *
 * | name | is |
 * |---|---|
 * | `leader` | the server up that leads in the highest term |
 * | `follower` | a server up that does not lead, drawn |
 * | `most-behind` | the server up, not leading, with the lowest commit index |
 */
import type { Envelope, Observation } from '../core/observe.ts';
import type { Random } from '../core/ports.ts';
import type { Selectors } from '../sim/faults.ts';
import type { WorldPlan } from '../sim/plan.ts';

/** What is known of the replicas of one run. */
export class RaftSelectors implements Selectors {
  /** Term in which each host leads, 0 where it does not. */
  readonly #leads: number[] = [];
  readonly #down: boolean[] = [];
  readonly #committed: number[] = [];

  observe(observation: Observation, envelope: Envelope): void {
    const node = envelope.node;
    switch (observation.kind) {
      case 'leaderElected':
        this.#leads[node] = (observation as { term: number }).term;
        break;
      case 'steppedDown':
      case 'stopped':
        this.#leads[node] = 0;
        break;
      case 'crashed':
        this.#leads[node] = 0;
        this.#committed[node] = 0;
        this.#down[node] = true;
        break;
      case 'started':
        this.#down[node] = false;
        break;
      case 'committed':
        this.#committed[node] = (observation as { index: number }).index;
        break;
      default:
    }
  }

  resolve(name: string, random: Random, plan: WorldPlan): readonly number[] {
    const leader = this.#leader(plan.servers);
    if (name === 'leader') return leader < 0 ? [] : [leader];
    const others: number[] = [];
    for (let host = 0; host < plan.servers; host += 1) {
      if (host !== leader && this.#down[host] !== true) others.push(host);
    }
    if (others.length === 0) return [];
    if (name === 'follower') return [others[random.below(others.length)] as number];
    if (name === 'most-behind') {
      let behind = others[0] as number;
      for (const host of others) {
        if ((this.#committed[host] ?? 0) < (this.#committed[behind] ?? 0)) behind = host;
      }
      return [behind];
    }
    throw new Error(`no selector "${name}"; there are leader, follower and most-behind`);
  }

  #leader(servers: number): number {
    let leader = -1;
    let term = 0;
    for (let host = 0; host < servers; host += 1) {
      const leads = this.#leads[host] ?? 0;
      if (leads > term) {
        term = leads;
        leader = host;
      }
    }
    return leader;
  }
}
