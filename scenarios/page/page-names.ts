/** Names of the files of run pages: safe on any file system, and the same on whichever machine a seed was run. */
import { createHash } from 'node:crypto';

/** Folder of the run pages, beside the page of the campaign. */
export const runPagesFolder = 'runs';
/** The page of a campaign, and of a single run where nobody named the file. */
export const reportName = 'report.html';
/** Characters of a scenario, and of a property, in a name. */
const partMax = 60;

/** A part between dashes that is a number. */
const numbered = /(^|-)\d+(-|$)/;

/** Which run a page is of, and which violation it tells. */
export interface PagedViolation {
  readonly scenario: string;
  readonly seed: number;
  readonly property: string;
}

/**
 * `zombie-holder-1-no-stale-write.html`. Where a name had to be changed to be safe (a slash, capitals, which some file systems do not tell apart, a
 * great length), or has a number of its own that could be taken for the seed, six digits of a digest keep it from meeting another one.
 */
export function runPageName({ scenario, seed, property }: PagedViolation): string {
  const [first, last] = [safe(scenario), safe(property)];
  const changed =
    first !== scenario || last !== property || numbered.test(scenario) || numbered.test(property);
  const digest = createHash('sha256')
    .update(JSON.stringify([scenario, property]))
    .digest('hex')
    .slice(0, 6);
  return `${first}-${seed}-${last}${changed ? `-${digest}` : ''}.html`;
}

function safe(text: string): string {
  const plain = text
    .slice(0, partMax)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-');
  // A leading dash would be read as an option.
  return plain.replace(/^-+/, '') || 'run';
}
