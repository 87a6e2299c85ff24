/** What the properties of a scenario assume of a plan, as plain data: reports say it of a property that was switched off. */
import type { Scenario } from './scenario.ts';

/** Of those properties that assume anything: what, in the order of the scenario. */
export function assumptionsOf(
  scenario: Scenario,
): readonly { readonly property: string; readonly assumes: readonly string[] }[] {
  return scenario.properties
    .filter(({ assumes }) => assumes.length > 0)
    .map(({ id, assumes }) => ({ property: id, assumes: [...assumes] }));
}
