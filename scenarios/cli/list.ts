/** `stormglass list`: the scenarios, with what each one tries and must reach. */
import { counted, hanging } from '../../reports/figures.ts';
import { loadConfig } from '../config.ts';
import { defaultSilenceMs } from '../campaign.ts';
import { hireThread } from '../hand.ts';
import { pick, selectScenarios } from './select.ts';
import type { ScenarioDescription } from '../worker-messages.ts';
import { Outlet } from './outlet.ts';

export interface ListArguments {
  readonly scenario: string | undefined;
  readonly json: boolean;
  readonly color: boolean | undefined;
}

/** Prints the list; returns the exit code. */
export async function list(args: ListArguments): Promise<number> {
  const outlet = new Outlet(args.color, args.json);
  const config = await loadConfig(process.cwd());
  const silenceMs = config.config.eventLimitMs ?? defaultSilenceMs;
  const scenarios = [...(await selectScenarios([], args.scenario, config, hireThread, silenceMs))];
  if (args.scenario === undefined && config.files.length > 0) {
    // A user's own come first; the catalogue can be run by name beside them.
    scenarios.push(
      ...(await selectScenarios([], undefined, { files: [], config: {} }, hireThread, silenceMs)),
    );
    pick([], scenarios);
  }
  if (args.json) outlet.document({ schema: 1, scenarios: scenarios.map(toDocument) });
  else outlet.say(tellList(scenarios));
  return 0;
}

function toDocument({
  name,
  summary,
  minSeeds,
  properties,
  faults,
  reach,
  ref,
}: ScenarioDescription): unknown {
  return { name, summary, minSeeds, properties, faults, reach, from: ref.from, file: ref.file };
}

/** Two paragraphs a scenario. */
export function tellList(scenarios: readonly ScenarioDescription[]): string[] {
  const width = Math.max(0, ...scenarios.map((scenario) => scenario.name.length)) + 4;
  const lines = scenarios.flatMap((scenario) => [
    ...hanging(`  ${scenario.name}`.padEnd(width), scenario.summary === '' ? '—' : scenario.summary),
    ...(scenario.reach.length === 0
      ? []
      : hanging(`${' '.repeat(width)}reaches `, scenario.reach.map((reach) => reach.name).join(', '))),
  ]);
  return [
    ...lines,
    '',
    `${counted(scenarios.length, 'scenario')}. Run one:  npx stormglass run ${scenarios[0]?.name ?? 'NAME'} --seeds 20`,
  ];
}
