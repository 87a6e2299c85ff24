/**
 * Whom a fault may aim at in a Raft cluster, as a function of what was observed: the part of the world that decides who is hit reads
 * observations and nothing else, so that a repro can pin the choice.
 *
 * | name | is |
 * |---|---|
 * | `leader` | the server up that leads in the highest term |
 * | `follower` | a server up that does not lead, drawn |
 * | `most-behind` | the server up, not leading, with the lowest commit index |
 *
 * Where several groups run, the name means that of a group drawn, or of the next one that has such a server.
 */
import type { Group } from '../core/group-host.ts';
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
  readonly #voters: readonly number[] | null;

  /** @param voters those of a group; left out: all servers */
  constructor(voters: readonly number[] | null = null) {
    this.#voters = voters;
  }

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
    const voters = this.#voters ?? [...Array(plan.servers).keys()];
    const leader = this.#leader(voters);
    if (name === 'leader') return leader < 0 ? [] : [leader];
    const others: number[] = [];
    for (const host of voters) {
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

  #leader(voters: readonly number[]): number {
    let leader = -1;
    let term = 0;
    for (const host of voters) {
      const leads = this.#leads[host] ?? 0;
      if (leads > term) {
        term = leads;
        leader = host;
      }
    }
    return leader;
  }
}

/** The same of several groups. */
export class GroupSelectors implements Selectors {
  readonly #groups: readonly { readonly id: number; readonly selectors: RaftSelectors }[];

  /** @param make selectors of a group, by its voters */
  constructor(groups: readonly Group[], make = (voters: readonly number[]) => new RaftSelectors(voters)) {
    this.#groups = groups.map(({ id, voters }) => ({ id, selectors: make(voters) }));
  }

  observe(observation: Observation, envelope: Envelope): void {
    // A host goes down and comes up for all its groups.
    const ofHost = observation.kind === 'crashed' || observation.kind === 'started';
    for (const { id, selectors } of this.#groups) {
      if (ofHost || envelope.group === id) selectors.observe(observation, envelope);
    }
  }

  resolve(name: string, random: Random, plan: WorldPlan): readonly number[] {
    const count = this.#groups.length;
    const first = random.below(count);
    for (let i = 0; i < count; i += 1) {
      const found = this.#groups[(first + i) % count]?.selectors.resolve(name, random, plan) ?? [];
      if (found.length > 0) return found;
    }
    return [];
  }
}
