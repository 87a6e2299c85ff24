/** The page of a seed that failed in a test: made where its scenario is, in the test's own thread. */
import { testCommand } from '../reports/commands.ts';
import type { ScenarioTest } from '../reports/commands.ts';
import { pageOfRun } from './page/run-page-input.ts';
import { reportName } from './page/page-names.ts';
import { runPageText } from './page/write-page.ts';
import { recorderOf, runSeed } from './run-seed.ts';
import type { Scenario } from './scenario.ts';

/**
 * Runs the seed again, recorded. Without what-if: some hundred runs would outlast the time that a test has; and without repro, which needs a scenario
 * that others can load. Where it is one, the reporter makes the page anew when the tests are done (`vitest-replayed.ts`).
 * @returns the HTML file; null where the seed holds when it is run again
 */
export function testPage(scenario: Scenario, seed: number, test: ScenarioTest): string | null {
  const plan = scenario.plan(seed);
  const recorder = recorderOf(scenario, plan);
  const result = runSeed(scenario, seed, { plan, recorder });
  const property = result.findings[0]?.property ?? result.undecided[0]?.property;
  if (property === undefined) return null;
  const record = recorder.record(scenario.name, seed, plan.world.servers);
  const ref = { from: 'catalogue', name: scenario.name, file: '', exportName: 'default' } as const;
  const { page } = pageOfRun(
    { scenario, ref, seed, pinned: null, plan, result, record, onProgress: () => {} },
    { property, whatIf: false, finding: null, failingSeeds: null, command: testCommand(test, seed) },
  );
  const about = { ...page.about, vitestTest: testText(scenario.name, seed, test) };
  return runPageText({ ...page, about, whatIfLeftOut }, { repro: null, campaign: `../${reportName}` });
}

/** Why its foot tells nothing of other circumstances. */
const whatIfLeftOut =
  'its runs are made when all tests are done, of a scenario that a file which the test imports exports.';

/** For the file of the test, which has the scenario at hand. */
function testText(name: string, seed: number, { file }: ScenarioTest): string {
  return [
    `// Beside the test in ${file.replace(/[\r\n\u2028\u2029]+/g, ' ')}, which has the scenario.`,
    `test(${JSON.stringify(`${name} holds with seed ${seed}`)}, async () => {`,
    `  await expectHolds(scenario, { seeds: 1, first: ${seed} });`,
    '});',
    '',
  ].join('\n');
}
