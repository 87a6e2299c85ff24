/**
 * The weather of a scenario as one list of fault classes (what must fire, what the world runs) and one way to draw episodes.
 */
import type { DrawContext, EpisodeDraft, Fault, Nemesis } from '../sim/faults.ts';
import { restCutOff } from '../sim/nemesis/partitions.ts';
import { ScenarioError } from './scenario-error.ts';

function isNemesis(item: Fault | Nemesis): item is Nemesis {
  return 'drawEpisodes' in item;
}

/**
 * The fault classes of a scenario, each once; where a quorum is healed, with the one that cuts off the rest.
 * @throws ScenarioError where two classes share an id, or one can neither draw itself nor is drawn by a nemesis
 */
export function flattenFaults(
  scenario: string,
  items: readonly (Fault | Nemesis)[],
  healsQuorum: boolean,
): readonly Fault[] {
  const byId = new Map<string, Fault>();
  if (healsQuorum) byId.set(restCutOff.id, restCutOff);
  for (const item of items) {
    if (!isNemesis(item) && item.draw === undefined) {
      throw new ScenarioError(
        `scenario "${scenario}": fault "${item.id}" has no draw().`,
        'Give it one that returns its episodes, or put it into a nemesis.',
      );
    }
    for (const fault of isNemesis(item) ? item.faults : [item]) {
      const known = byId.get(fault.id);
      if (known !== undefined && known !== fault) {
        throw new ScenarioError(
          `scenario "${scenario}": two fault classes are called "${fault.id}".`,
          'Give each an id of its own.',
        );
      }
      byId.set(fault.id, fault);
    }
  }
  return [...byId.values()];
}

/** @throws ScenarioError where an episode would start or end at no instant of a run */
function checkTimes({ fault, when, durationUs }: EpisodeDraft & { readonly fault: string }): void {
  const times = 'atUs' in when ? { atUs: when.atUs } : { afterUs: when.afterUs, delayUs: when.delayUs };
  for (const [name, us] of Object.entries({ ...times, durationUs })) {
    if (Number.isSafeInteger(us) && us >= 0) continue;
    throw new ScenarioError(
      `fault "${fault}" drew an episode whose ${name} is ${us}.`,
      'Draw whole microseconds, 0 or more.',
    );
  }
}

/**
 * The episodes that one item of a scenario's weather draws.
 * @throws ScenarioError where one would start or end at no instant of a run
 */
export function drawFrom(
  item: Fault | Nemesis,
  context: DrawContext,
): readonly (EpisodeDraft & { readonly fault: string })[] {
  const drafts = isNemesis(item)
    ? item.drawEpisodes(context)
    : (item.draw?.(context) ?? []).map((draft) => ({ ...draft, fault: item.id }));
  for (const draft of drafts) checkTimes(draft);
  return drafts;
}
