/** The page of a seed that failed in a test: made where its scenario is, in the test's own thread. */
import { testCommand } from '../reports/commands.ts';
import type { ScenarioTest } from '../reports/commands.ts';
import { pageOfRun } from './page/run-page-input.ts';
import { reportName } from './page/page-names.ts';
import { runPageText } from './page/write-page.ts';
import { recorderOf, runSeed } from './run-seed.ts';
import type { Scenario } from './scenario.ts';

/**
 * Runs the seed again, recorded. Without what-if: some hundred runs would outlast the time that a test has.
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
  // No repro: the scenario of a test is not in a file of its own, from which `replay` could load it.
  return runPageText({ ...page, about }, { repro: null, campaign: `../${reportName}` });
}

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
