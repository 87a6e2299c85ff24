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

/** The episodes that one item of a scenario's weather draws. */
export function drawFrom(
  item: Fault | Nemesis,
  context: DrawContext,
): readonly (EpisodeDraft & { readonly fault: string })[] {
  if (isNemesis(item)) return item.drawEpisodes(context);
  return (item.draw?.(context) ?? []).map((draft) => ({ ...draft, fault: item.id }));
}
