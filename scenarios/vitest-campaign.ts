/** The `expectHolds` calls of a test run as one campaign: an entry a call, so that each is told with the seeds that it ran. */
import { buildIdentity } from './build-identity.ts';
import { runPageName, runPagesFolder } from './page/page-names.ts';
import type { RunPages } from './page/run-pages.ts';
import type { CampaignTally, ScenarioTally, ViolationKind } from '../reports/tally.ts';
import type { HandOver } from './vitest-hand-over.ts';

/** Pages that are kept: beyond that many failing calls the first ones tell enough. */
export const pagesMax = 48;

/** Adds them up; `interrupted`: the run was stopped before all tests were done. */
export function campaignOfTests(
  handOvers: readonly HandOver[],
  { interrupted, wallMs }: { readonly interrupted: boolean; readonly wallMs: number },
): CampaignTally {
  const campaigns = handOvers.map(({ campaign }) => campaign);
  const first = Math.min(...campaigns.map((one) => one.first));
  const last = Math.max(...campaigns.map((one) => one.first + one.seeds - 1));
  const names = namesOf(handOvers);
  return {
    ...buildIdentity(),
    ...{ workers: 1, first, seeds: last - first + 1, shard: { index: 1, of: 1 } },
    scenarios: campaigns.map((one, i) => renamed(one.scenarios[0]!, names[i]!)),
    complete: !interrupted && campaigns.every((one) => one.complete),
    interrupted,
    ...{ nondeterminism: [], failures: [], reproLost: null, wallMs },
  };
}

/** The scenario's name; where several calls run it, with the test's; where that is not enough, with a number. */
export function namesOf(handOvers: readonly HandOver[]): readonly string[] {
  const plain = handOvers.map(({ campaign }) => campaign.scenarios[0]!.about.name);
  const tested = handOvers.map(({ test }, i) =>
    count(plain, plain[i]!) === 1 ? plain[i]! : `${plain[i]!} (${test.name || test.file})`,
  );
  const seen = new Map<string, number>();
  return tested.map((name) => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return nth === 1 ? name : `${name} #${nth}`;
  });
}

function count(names: readonly string[], name: string): number {
  return names.filter((one) => one === name).length;
}

function renamed(tally: ScenarioTally, name: string): ScenarioTally {
  const kinds = tally.kinds.map((kind): ViolationKind => ({
    ...kind,
    told: { ...kind.told, scenario: name },
  }));
  return { ...tally, about: { ...tally.about, name }, kinds };
}

/** Pages that were handed over: which of them are linked, with `write` to keep each, and of which calls there is none, and why. */
export function pagesOfTests(
  handOvers: readonly HandOver[],
  write: (folder: string, name: string, text: string) => void,
): RunPages {
  const names = namesOf(handOvers);
  const links: RunPages['links'][number][] = [];
  const missing: RunPages['missing'][number][] = [];
  for (const [i, { campaign, page, pageProblem }] of handOvers.entries()) {
    const kind = campaign.scenarios[0]!.kinds[0];
    if (kind === undefined) continue;
    const violation = { scenario: names[i]!, seed: kind.told.seed, property: kind.property };
    const name = runPageName(violation);
    const problem = links.length >= pagesMax ? `only the first ${pagesMax} have a page` : pageProblem;
    try {
      if (page === null || problem !== null) throw new Error(problem ?? 'it was not made');
      write(runPagesFolder, name, page);
      links.push({ ...violation, href: `${runPagesFolder}/${name}` });
    } catch (error) {
      missing.push({ ...violation, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return { links, missing, interrupted: false };
}
