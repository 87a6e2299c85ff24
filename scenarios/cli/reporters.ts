/**
 * `--reporter` of `run` and `report`: who reads the result, and the files that are written for them.
 *
 * | reporter   | for                                    | where                          |
 * | ---------- | -------------------------------------- | ------------------------------ |
 * | `terminal` | people                                 | standard output                |
 * | `junit`    | Jenkins, GitLab, most services         | `junit.xml` in `--out`         |
 * | `markdown` | summaries of jobs, merge requests      | `summary.md` in `--out`        |
 * | `html`     | people: what broke, and why            | `report.html` in `--out`, a page a violation in `runs` |
 * | `github`   | annotations beside the code            | standard output, as commands   |
 *
 * The result document is written beside them, `result.json` (of a shard `result-1of4.json`, of shards added up `merged.json`), also where only
 * `--out` was given.
 */
import { dirname, join, relative, resolve } from 'node:path';
import { tellAnnotations } from '../../reports/annotations.ts';
import { toRunDocument } from '../../reports/json.ts';
import { tellJunit } from '../../reports/junit.ts';
import { tellMarkdown } from '../../reports/markdown.ts';
import type { CampaignTally } from '../../reports/tally.ts';
import { tellBadInput } from '../../reports/terminal.ts';
import { exitCodes, verdictOf } from '../../reports/verdict.ts';
import { visible } from '../../reports/visible-text.ts';
import { InputError } from '../input-error.ts';
import { reportName } from '../page/page-names.ts';
import type { LinkedPage, MissingPage, RunPages } from '../page/run-pages.ts';
import { campaignPageText } from '../page/campaign-page.ts';
import { nearest } from '../nearest.ts';
import { writeWhole } from '../whole-file.ts';
import { Outlet } from './outlet.ts';

/** Every reporter, by the name that is typed. */
export const reporterNames = ['terminal', 'junit', 'markdown', 'html', 'github'] as const;

export type Reporter = (typeof reporterNames)[number];

/** Bad input, and a report that could not be written. */
const notWritten = 2;
/** Pages that could not be made that are told one by one. */
const missingTold = 5;

/** What is to be reported, and where. */
export interface ReportPlan {
  readonly reporters: ReadonlySet<Reporter>;
  readonly out: string;
  /** Whether files are written at all. */
  readonly files: boolean;
  /** Name of the result document. */
  readonly resultName: string;
  /** Standard output is for one JSON document. */
  readonly json: boolean;
  readonly color: boolean | undefined;
}

/**
 * `--reporter terminal,junit`; terminal where nothing was typed.
 * @throws InputError BAD_REPORTER
 */
export function reportersOf(text: string | undefined): ReadonlySet<Reporter> {
  const words = (text ?? 'terminal').split(',').map((word) => word.trim());
  for (const word of words) {
    if (reporterNames.some((name) => name === word)) continue;
    const [near] = nearest(word, reporterNames, 1);
    throw new InputError(
      'BAD_REPORTER',
      `--reporter takes ${reporterNames.join(', ')}, with commas between; got "${word}".`,
      [`try: … --reporter ${near ?? 'terminal,junit'}`],
    );
  }
  return new Set(words as Reporter[]);
}

/** Whether reporters, or an `--out` that was typed, ask for files. */
export function asksForFiles(reporters: ReadonlySet<Reporter>, out: string | undefined): boolean {
  return out !== undefined || (['junit', 'markdown', 'html'] as const).some((name) => reporters.has(name));
}

/** The outlet of what is for people: mute where the terminal was not asked for. */
export function wordsOutlet({ reporters, json, color }: ReportPlan): Outlet {
  return new Outlet(color, json, !reporters.has('terminal'));
}

/**
 * Writes the files, then prints annotations and the JSON document. A file that cannot be written is told on standard error: the old one
 * stands, the others are written.
 * @param makePages makes the pages of runs, or finds them; called for the `html` reporter, once all that takes no time is written
 * @returns the exit code: that of the verdict; 2 where all held and a file could not be written; 130 where the pages were interrupted, and then
 * the page of the campaign stays as it was
 */
export async function report(
  tally: CampaignTally,
  plan: ReportPlan,
  makePages: () => Promise<RunPages> | RunPages,
): Promise<number> {
  const document = toRunDocument(tally);
  const outlet = new Outlet(plan.color, plan.json);
  const texts: [string, () => string][] = [
    [plan.resultName, () => `${JSON.stringify(document, null, 1)}\n`],
    ...(plan.reporters.has('junit') ? [['junit.xml', () => tellJunit(tally)] as [string, () => string]] : []),
    ...(plan.reporters.has('markdown')
      ? [['summary.md', () => tellMarkdown(tally)] as [string, () => string]]
      : []),
  ];
  const written = plan.files ? texts.map(([name, text]) => write(plan, name, text())) : [];
  const made = plan.reporters.has('html') ? makePages() : null;
  // Where they are at hand nothing is waited for: a process that ends has no later.
  const pages = made instanceof Promise ? await made : made;
  if (pages !== null) {
    tellMissing(plan, pages.missing);
    if (!pages.interrupted) written.push(write(plan, reportName, campaignPageText(tally, pages)));
  }
  const paths = written.filter((path) => path !== null);
  if (plan.json) outlet.document(document);
  if (paths.length > 0) wordsOutlet(plan).say(['', `Written: ${paths.join(', ')}${tellLinked(plan, pages)}`]);
  if (plan.reporters.has('github')) outlet.say(tellAnnotations(tally, inRepository));
  const code = exitCodes[pages?.interrupted === true ? 'interrupted' : verdictOf(tally)];
  return code === 0 && paths.length < written.length ? notWritten : code;
}

/** How many pages of runs belong to the one that is told. */
function tellLinked({ out }: ReportPlan, pages: RunPages | null): string {
  const links = pages?.links ?? [];
  const [one] = links;
  if (one === undefined) return '';
  return links.length === 1
    ? `, ${join(out, one.href)}`
    : `, ${links.length} pages of runs in ${folderOf(out, links)}`;
}

function folderOf(out: string, links: readonly LinkedPage[]): string {
  return [...new Set(links.map(({ href }) => dirname(join(out, href))))].join(', ');
}

/** On standard error, as what could not be written. */
function tellMissing({ color }: ReportPlan, missing: readonly MissingPage[]): void {
  if (missing.length === 0) return;
  const outlet = new Outlet(color, true);
  const shown = missing.slice(0, missingTold).map(({ scenario, seed, property, problem }) =>
    tellBadInput(
      {
        code: 'PAGE_NOT_MADE',
        message: visible(
          `the page of ${property} in ${scenario}, seed ${seed}: ${problem.replace(/\.$/, '')}.`,
        ),
        next: [],
      },
      outlet.style,
    ),
  );
  const rest = missing.length - missingTold;
  outlet.say([...shown.flat(), ...(rest > 0 ? [`  … and ${rest} more pages`] : [])]);
}

function write({ out, color }: ReportPlan, name: string, text: string): string | null {
  try {
    return writeWhole(out, name, text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { problem } = error;
    const told = { ...problem, message: `${name} was not written: ${problem.message}` };
    // On standard error in any case: the report on standard output goes on.
    new Outlet(color, true).say(tellBadInput(told, new Outlet(color, true).style));
    return null;
  }
}

/** GitHub names files from the root of the repository; people, from the folder of the run. */
function inRepository(file: string): string {
  const root = process.env['GITHUB_WORKSPACE'];
  const path = relative(root === undefined || root === '' ? process.cwd() : root, resolve(file));
  return (path.startsWith('..') ? file : path).replaceAll('\\', '/');
}
