/** What came of each property in each scenario, and of each scenario's coverage: the cells that JUnit's cases and Markdown's table tell. */
import { coverageGaps, coverageJudged } from './tally.ts';
import type { ScenarioTally, ViolationKind } from './tally.ts';

/** What came of a property in a scenario. What is undecided or switched off never counts as held. */
export type Cell = { readonly property: string } & (
  | { readonly state: 'violated'; readonly kind: ViolationKind }
  /** Searches that ran out of budget; none where no seed was run at all. */
  | { readonly state: 'undecided'; readonly searches: readonly { seed: number; message: string }[] }
  /** In every seed. */
  | { readonly state: 'switched-off'; readonly assumes: readonly string[] }
  /** `offIn`: seeds in which it was switched off; it held in the others. */
  | { readonly state: 'held'; readonly offIn: number; readonly assumes: readonly string[] }
);

/** The cells of a scenario: its properties in their order, then others that were violated (of a process that died, say). */
export function cellsOf(tally: ScenarioTally): readonly Cell[] {
  const { about, kinds, undecided } = tally;
  const more = [...kinds, ...undecided].map(({ property }) => property);
  return [...new Set([...about.properties, ...more])].map((property) => cellOf(tally, property));
}

function cellOf(tally: ScenarioTally, property: string): Cell {
  const kind = tally.kinds.find((one) => one.property === property);
  if (kind !== undefined) return { property, state: 'violated', kind };
  const searches = tally.undecided.filter((one) => one.property === property);
  if (searches.length > 0 || tally.seeds === 0) return { property, state: 'undecided', searches };
  const offIn = tally.switchedOff.find((off) => off.property === property)?.seeds ?? 0;
  const assumes = tally.about.assumptions.find((one) => one.property === property)?.assumes ?? [];
  return offIn === tally.seeds
    ? { property, state: 'switched-off', assumes }
    : { property, state: 'held', offIn, assumes };
}

/** Whether a scenario tried all that it names; it is not judged before its `minSeeds`. Null where it names nothing. */
export type Coverage =
  | { readonly state: 'met' }
  | { readonly state: 'missed' | 'not-judged'; readonly untried: readonly string[] };

/** The coverage of a scenario. */
export function coverageOf(tally: ScenarioTally): Coverage | null {
  if (Object.keys(tally.faults).length + Object.keys(tally.reach).length === 0) return null;
  const gaps = coverageGaps(tally);
  const untried = [
    ...gaps.faults.map((name) => `${name} never fired`),
    ...gaps.reach.map((name) => `${name} never reached`),
  ];
  if (!coverageJudged(tally)) return { state: 'not-judged', untried };
  return untried.length === 0 ? { state: 'met' } : { state: 'missed', untried };
}
