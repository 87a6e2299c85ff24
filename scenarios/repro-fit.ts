/**
 * Whether a repro still fits the code that is to replay it: a scenario that lost a fault class, or a file that somebody edited, would else end
 * in the middle of a run, in words that blame the testbed.
 */
import type { Episode, WorldPlan } from '../sim/plan.ts';
import { selectorOf } from '../sim/targets.ts';
import type { Scenario } from './scenario.ts';
import type { Pinned } from './worker-messages.ts';

/** Why a scenario can no longer run what is pinned, as a sentence; null where it can. */
export function misfit(scenario: Scenario, { plan, decisions, resolutions }: Pinned): string | null {
  const { world, clients } = plan;
  const hosts = world.servers + world.clients;
  const most = scenario.system.serversMax ?? Infinity;
  if (world.servers > most) {
    return `it has ${world.servers} servers; the system "${scenario.system.name}" runs ${most} at most`;
  }
  if (world.clocks.length < hosts) return `it has ${world.clocks.length} clocks for ${hosts} hosts`;
  if (clients.length < world.clients) return `it has ${clients.length} loads for ${world.clients} clients`;
  if (world.clients > 0 && scenario.system.client === undefined) {
    return `it has clients, but the system "${scenario.system.name}" has none`;
  }
  const { groups } = plan;
  if ((groups === undefined) !== (scenario.system.groups === undefined)) {
    return groups === undefined
      ? `it names no groups; the system "${scenario.system.name}" runs several`
      : `it names groups; the system "${scenario.system.name}" runs one`;
  }
  const outside = groups?.find(({ voters }) => voters.some((host) => host >= world.servers));
  if (outside !== undefined) return `its group ${outside.id} has voters beyond its ${world.servers} servers`;
  const { codec } = scenario.system;
  if (world.wire === 'bytes' && (codec?.encode === undefined || codec.decode === undefined)) {
    return `its messages travel as bytes, but the system "${scenario.system.name}" cannot write them`;
  }
  for (const episode of world.episodes) {
    const wrong = misfitOf(episode, scenario, world);
    if (wrong !== null) return wrong;
  }
  const strange = (numbers: readonly number[]): number | undefined => numbers.find((host) => host >= hosts);
  const stranger = strange(world.phases.quorum) ?? strange(resolutions.flatMap((r) => r.hosts));
  if (stranger !== undefined) return `it names host ${stranger} of ${hosts}`;
  const link = decisions.find(({ link }) => {
    const ends = /^(\d+)>(\d+)$/.exec(link);
    return ends === null || Number(ends[1]) >= hosts || Number(ends[2]) >= hosts;
  });
  return link === undefined ? null : `it decides on a link "${link.link}", which is none of ${hosts} hosts`;
}

function misfitOf({ id, fault, target, when }: Episode, scenario: Scenario, world: WorldPlan): string | null {
  if (!scenario.faults.some((known) => known.id === fault)) {
    return `its episode ${id} is of the fault class "${fault}", which the scenario "${scenario.name}" does not have any more`;
  }
  const selector = selectorOf(target);
  if (selector !== null && scenario.system.selectors === undefined) {
    return `its episode ${id} aims at "${selector}", but the system "${scenario.system.name}" has no selectors`;
  }
  const hosts = world.servers + world.clients;
  const named = [
    ...('hosts' in target ? target.hosts : []),
    ...('match' in when && when.match.host !== undefined ? [when.match.host] : []),
  ];
  const stranger = named.find((host) => host >= hosts);
  if (stranger !== undefined) return `its episode ${id} names host ${stranger} of ${hosts}`;
  if ('match' in when && when.match.on === 'observation' && when.match.kind === undefined) {
    return `its episode ${id} waits for an observation of no kind`;
  }
  return null;
}
