/**
 * Violations and open searches, each once: by property and shape, which is the sentence without its numbers, whatever the scenario. Of each the one of the
 * lowest seed is told.
 */
import { replayCommand, seedCommand, testCommand } from '../commands.ts';
import type { CampaignTally, ScenarioTally } from '../tally.ts';
import { oneLine } from '../visible-text.ts';
import type { ShownKind } from './campaign-page.ts';

/** Kinds that are shown, of violations and of searches. */
export const maxKinds = 40;
/** Characters of a sentence that are looked at, and shown. */
const shapeMax = 2_000;
const sentenceMax = 600;

/** Pages of runs by `runKey`: addresses relative to the page of the campaign. */
export type RunPages = ReadonlyMap<string, string>;

/** The key of a run's page. */
export function runKey(scenario: string, seed: number, property: string): string {
  return JSON.stringify([scenario, seed, property]);
}

/** What of a violation or search makes it a kind, and what is told of it. */
interface Seen {
  readonly tally: ScenarioTally;
  readonly seed: number;
  readonly property: string;
  readonly message: string;
  readonly repro: string | null;
}

/** All kinds; lowest seed first, of equal seeds in the order of scenarios. */
export interface CampaignKinds {
  readonly violations: readonly ShownKind[];
  readonly undecided: readonly ShownKind[];
  /** The place of the kind that a property in a scenario is first shown by, in its list. */
  readonly placeOf: (state: 'violated' | 'undecided', scenario: string, property: string) => number;
  readonly left: number;
}

/** The kinds of a campaign. */
export function kindsOf({ scenarios }: CampaignTally, pages: RunPages): CampaignKinds {
  const violated = grouped(
    scenarios.flatMap((tally) => tally.violations.map((one): Seen => ({ tally, ...one }))),
  );
  const open = grouped(
    scenarios.flatMap((tally) => tally.undecided.map((one): Seen => ({ tally, ...one, repro: null }))),
  );
  const placeOf = (state: 'violated' | 'undecided', scenario: string, property: string): number =>
    (state === 'violated' ? violated : open)
      .slice(0, maxKinds)
      .findIndex((group) =>
        group.some((one) => one.property === property && one.tally.about.name === scenario),
      );
  return {
    violations: violated.slice(0, maxKinds).map((group) => shown(group, pages, violationCommand)),
    undecided: open.slice(0, maxKinds).map((group) => shown(group, pages, searchCommand)),
    placeOf,
    left: Math.max(0, violated.length - maxKinds) + Math.max(0, open.length - maxKinds),
  };
}

/** The shape of a message: numbers differ from seed to seed, the words of its first sentence say what happened; the others tell more of that one run. */
export function shapeOf(message: string): string {
  const [first = ''] = message.slice(0, shapeMax).split(/(?<=\.)\s/, 1);
  return first.replace(/\d+(?:[.,]\d+)*/g, '#');
}

function grouped(all: readonly Seen[]): Seen[][] {
  const groups = new Map<string, Seen[]>();
  for (const one of all) {
    const key = JSON.stringify([one.property, shapeOf(one.message)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const lowest = [...groups.values()].map((group) => group.sort((a, b) => a.seed - b.seed));
  return lowest.sort((a, b) => a[0]!.seed - b[0]!.seed);
}

function shown(group: readonly Seen[], pages: RunPages, command: (one: Seen) => string): ShownKind {
  const first = group[0]!;
  const counts = new Map<string, number>();
  for (const { tally } of group) counts.set(tally.about.name, (counts.get(tally.about.name) ?? 0) + 1);
  const { seed, property, message } = first;
  const scenario = first.tally.about.name;
  return {
    ...{ property, scenario, seed, count: group.length },
    scenarios: [...counts]
      .map(([name, count]) => ({ scenario: name, count }))
      .sort((a, b) => b.count - a.count),
    message: oneLine(message, sentenceMax),
    command: command(first),
    href: relative(pages.get(runKey(scenario, seed, property))),
  };
}

function violationCommand({ tally, seed, repro }: Seen): string {
  const { name: scenario, file, test } = tally.about;
  return replayCommand({ scenario, seed, repro, file, test });
}

function searchCommand({ tally, seed }: Seen): string {
  const { name, file, test } = tally.about;
  return test === undefined ? `${seedCommand('run', name, file)} --seed ${seed}` : testCommand(test, seed);
}

/** An address below or beside the page; nothing with a scheme, which might be a script. */
function relative(href: string | undefined): string | null {
  return href === undefined || /^\s*[a-z][a-z0-9+.-]*:/i.test(href) ? null : href;
}
