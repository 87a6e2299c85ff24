/** Pages of runs that lie beside results, for the page of a campaign that was put together of shards. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { kindsOf } from '../../reports/page/campaign-kinds.ts';
import type { CampaignTally } from '../../reports/tally.ts';
import { runPageName, runPagesFolder } from './page-names.ts';
import type { LinkedPage, RunPages } from './run-pages.ts';

/**
 * Those of the violations that the page of the campaign shows.
 * @param folders where results were read
 * @param out folder of the campaign's page, from which links lead
 */
export function existingPages(tally: CampaignTally, folders: readonly string[], out: string): RunPages {
  const links = kindsOf(tally, new Map()).violations.flatMap(({ scenario, seed, property }): LinkedPage[] => {
    const violation = { scenario, seed, property };
    const name = runPageName(violation);
    const folder = folders.find((one) => existsSync(join(one, runPagesFolder, name)));
    if (folder === undefined) return [];
    return [{ ...violation, href: linkTo(out, join(folder, runPagesFolder, name)) }];
  });
  return { links, missing: [], interrupted: false };
}

function linkTo(out: string, path: string): string {
  const steps = relative(out, path).split(/[\\/]/);
  return steps.map(encodeURIComponent).join('/');
}
