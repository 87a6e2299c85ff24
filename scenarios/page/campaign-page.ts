/** The file of a campaign's page: its tally, with links to the pages of its runs, and what is known of those that are missing. */
import { campaignHtml } from '../../reports/page/campaign-html.ts';
import { runKey } from '../../reports/page/campaign-kinds.ts';
import type { CampaignTally } from '../../reports/tally.ts';
import type { MissingPage, RunPages } from './run-pages.ts';
import { pageAssets } from './write-page.ts';

/** Missing pages that are told one by one. */
const missingTold = 3;

/** The HTML file of a campaign's page, as text. */
export function campaignPageText(tally: CampaignTally, { links, missing }: RunPages): string {
  const pages = new Map(
    links.map(({ scenario, seed, property, href }) => [runKey(scenario, seed, property), href]),
  );
  return campaignHtml(tally, { assets: pageAssets('campaign'), pages, notes: tellMissing(missing) });
}

function tellMissing(missing: readonly MissingPage[]): string[] {
  const rest = missing.length - missingTold;
  return [
    ...missing
      .slice(0, missingTold)
      .map(
        ({ scenario, seed, property, problem }) =>
          `No page was made of ${property} in ${scenario}, seed ${seed}: ${problem.replace(/\.$/, '')}.`,
      ),
    ...(rest > 0 ? [`Nor of ${rest} more.`] : []),
  ];
}
