/**
 * Several groups of replicas on the same hosts, as a system: each group with its own Raft, log, machine and sessions, all of a host's members down with
 * it. A client addresses a group with each operation, and keeps a session in each.
 *
 * Groups are listed by the scenario, or drawn: which hosts vote together decides what one crash takes with it.
 */
import { replicaCodec } from '../core/codec.ts';
import { limits } from '../core/errors.ts';
import { GroupHost } from '../core/group-host.ts';
import type { Group } from '../core/group-host.ts';
import type { Ports, Process, Random } from '../core/ports.ts';
import { Replica } from '../core/replica.ts';
import type { ReplicaOptions } from '../core/replica.ts';
import { CoordinationSelectors } from './coordination-selectors.ts';
import { GroupSelectors } from './raft-selectors.ts';
import { configure, optionsOf, ReplicaClient } from './replica-system.ts';
import type { ReplicaConfiguration, ReplicaDraws, ReplicaParts, ReplicaSystem } from './replica-system.ts';
import type { ClientProcess, Range } from './scenario.ts';

/** Groups drawn for each seed: 1, 2 …, each of hosts of its own choice. */
export interface GroupDraws {
  readonly count: Range;
  /** Voters of each, 1 to 7; never more than there are servers. */
  readonly voters: Range;
}

/** One client of each group. */
class GroupsClient extends GroupHost<ReplicaClient> implements ClientProcess {
  invoke(id: number, operation: unknown, group: number): void {
    const client = this.member(group);
    if (client === null) throw new Error(`operation ${id} is for group ${group}, which this run has not got`);
    client.invoke(id, operation);
  }
}

function drawn(range: Range, random: Random): number {
  return typeof range === 'number' ? range : random.between(range[0], range[1]);
}

function drawVoters(count: number, servers: number, random: Random): readonly number[] {
  const left = [...Array(servers).keys()];
  const voters: number[] = [];
  while (voters.length < count && left.length > 0) {
    voters.push(...left.splice(random.below(left.length), 1));
  }
  return voters.sort((a, b) => a - b);
}

/**
 * Several groups of the package's own replica, with a client that addresses them.
 * @param groups each with its number and voters, or how many to draw
 * @param draws what a scenario fixes or narrows of the configuration drawn per seed; all groups of a run have the same
 * @param parts what a planted mistake replaces; `ports.group` says in which group
 */
export function replicaGroups(
  groups: readonly Group[] | GroupDraws,
  draws: ReplicaDraws = {},
  parts: ReplicaParts = {},
): ReplicaSystem {
  const make = parts.make ?? ((ports: Ports, options: ReplicaOptions) => new Replica(ports, options));
  const members = (ports: Ports, configuration: ReplicaConfiguration, all: readonly Group[]): Process =>
    new GroupHost(
      ports,
      all.filter(({ voters }) => voters.includes(ports.node)),
      (own) => make(own, optionsOf(configuration, parts.options ?? {})),
    );
  return {
    name: 'replica-groups',
    configure: (random) => configure(draws, random),
    groups(random, servers) {
      if (!('count' in groups)) return groups;
      const count = drawn(groups.count, random);
      return Array.from({ length: count }, (_, i) => {
        const voters = Math.min(limits.clusterSize, drawn(groups.voters, random));
        return { id: i + 1, voters: drawVoters(voters, servers, random) };
      });
    },
    process: members,
    client: (ports, configuration, done, waits, ask, all) =>
      new GroupsClient(
        ports,
        all,
        (own) => new ReplicaClient(own, configuration, done, waits, (op) => ask(op, own.group)),
      ),
    codec: replicaCodec,
    rotsAtOnce: 'snapshot-',
    selectors: (all) => new GroupSelectors(all, (voters) => new CoordinationSelectors(voters)),
    planted: (replaced) => replicaGroups(groups, draws, replaced),
  };
}
