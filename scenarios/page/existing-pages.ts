/** Pages of runs that lie beside results, for the page of a campaign that was put together of shards. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { kindsOf } from '../../reports/page/campaign-kinds.ts';
import { readPageRepro } from '../../reports/page/embedded-repro.ts';
import type { CampaignTally } from '../../reports/tally.ts';
import { runPageName, runPagesFolder } from './page-names.ts';
import type { PagedViolation } from './page-names.ts';
import type { LinkedPage, RunPages } from './run-pages.ts';

/**
 * Those of the violations that the page of the campaign shows. A page that an older campaign left there, of another commit or of something else that the
 * seed came to, is none of them.
 * @param folders where results were read
 * @param out folder of the campaign's page, from which links lead
 */
export function existingPages(tally: CampaignTally, folders: readonly string[], out: string): RunPages {
  const links = kindsOf(tally, new Map()).violations.flatMap(({ scenario, seed, property }): LinkedPage[] => {
    const violation = { scenario, seed, property };
    const name = runPageName(violation);
    const folder = folders.find((one) => isPageOf(join(one, runPagesFolder, name), violation, tally));
    if (folder === undefined) return [];
    return [{ ...violation, href: linkTo(out, join(folder, runPagesFolder, name)) }];
  });
  return { links, missing: [], interrupted: false };
}

/** Whether the file is there, and the repro that it carries, where it carries one, is of this violation. */
function isPageOf(path: string, { scenario, seed, property }: PagedViolation, tally: CampaignTally): boolean {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    return false;
  }
  const reading = readPageRepro(bytes);
  if (!('repro' in reading)) return true;
  const { commit, violation } = reading.repro;
  const own = tally.scenarios
    .find(({ about }) => about.name === scenario)
    ?.violations.find((one) => one.seed === seed && one.property === property);
  return commit === tally.commit && violation.message === own?.message;
}

function linkTo(out: string, path: string): string {
  const steps = relative(out, path).split(/[\\/]/);
  return steps.map(encodeURIComponent).join('/');
}
