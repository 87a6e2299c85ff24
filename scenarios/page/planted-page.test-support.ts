/** Pages of planted bugs: real runs that violate a property, for tests of what the page tells and draws. */
import type { RunAbout, RunPage } from '../../reports/page/run-page.ts';
import { runPageOf } from '../../reports/page/run-page-of.ts';
import type { RunRecord } from '../../reports/run-record.ts';
import type { FindingData } from '../../reports/tally.ts';
import { plant } from '../bugs/bug.ts';
import { catalogued } from '../bugs/catch.ts';
import { bugs } from '../bugs/index.ts';
import { recorderOf, runSeed } from '../run-seed.ts';

/** A page with the run that it was made of. */
export interface PlantedPage {
  readonly page: RunPage;
  readonly record: RunRecord;
  readonly finding: FindingData;
}

/** Runs a planted bug, from seed `known` on, until the property alone sees it; the page of that run. */
export function plantedPage(property: string, bugId: string, name: string, known: number): PlantedPage {
  const scenario = catalogued(name);
  const alone = scenario.properties.filter((one) => one.id === property);
  const bug = bugs.find((one) => one.id === bugId);
  if (bug === undefined) throw new Error(`no bug ${bugId}`);
  const planted = plant({ ...scenario, properties: alone }, bug);
  for (let seed = known; seed < known + 60; seed += 1) {
    const plan = planted.plan(seed);
    const recorder = recorderOf(planted, plan);
    const result = runSeed(planted, seed, { plan, recorder });
    const [finding] = result.findings;
    if (finding === undefined) continue;
    const record = recorder.record(name, seed, plan.world.servers);
    const page = runPageOf({
      ...{ record, finding, story: result.story ?? [], about: aboutOf(record, result.hash) },
      ...{ rule: alone[0]?.sentence ?? null, linearizability: null, whatIf: null },
    });
    return { page, record, finding };
  }
  throw new Error(`${bugId} was not caught`);
}

/** What a page says of which run it was. */
export function aboutOf(record: RunRecord, hash: string | null): RunAbout {
  const { scenario, seed, servers, hosts, events, untilUs } = record;
  return {
    ...{ scenario, seed, hash, servers, hosts, events, untilUs },
    ...{ version: '0.1.0', commit: 'c10ac99', node: '20.19.0', failingSeeds: null },
    command: `npx stormglass replay ${scenario} --seed ${seed}`,
    vitestTest: `await expectHolds(scenario, { firstSeed: ${seed}, seeds: 1 });`,
  };
}

/** The page of a run of a scenario of the catalogue, of which nothing is judged. */
export function plainPage(name: string, seed: number): RunPage {
  const catalogue = catalogued(name);
  const plan = catalogue.plan(seed);
  const recorder = recorderOf(catalogue, plan);
  const { hash } = runSeed({ ...catalogue, properties: [] }, seed, { plan, recorder, judgeHistory: false });
  const record = recorder.record(name, seed, plan.world.servers);
  const nothing = { finding: null, story: [], rule: null, linearizability: null, whatIf: null };
  return runPageOf({ record, about: aboutOf(record, hash), ...nothing });
}
