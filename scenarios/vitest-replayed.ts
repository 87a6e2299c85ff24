/**
 * Pages of failing tests, made anew once all tests are done: where a file that the test imports, or the package, holds the scenario, workers that are
 * watched run the seed again. Such a page carries its repro, and tells what would have been otherwise. Others stay as the test's own thread made them.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { testCommand } from '../reports/commands.ts';
import { embeddedRepro } from '../reports/page/embedded-repro.ts';
import type { FindingData } from '../reports/tally.ts';
import { importedFiles } from './build-identity.ts';
import { defaultSilenceMs, describeSources } from './campaign.ts';
import { maxWorkers } from './cli/arguments.ts';
import { hireThread } from './hand.ts';
import { reportName } from './page/page-names.ts';
import { withWhatIf } from './page/what-if-runs.ts';
import { runPageText } from './page/write-page.ts';
import { replayRun } from './replay.ts';
import { makeRepro } from './repro-file.ts';
import { pagesMax } from './vitest-campaign.ts';
import type { HandOver } from './vitest-hand-over.ts';
import type { ScenarioRef, Source } from './worker-messages.ts';

/** The first pages that tell what would have been otherwise, which costs some hundred runs each. */
const whatIfsMax = 3;
/** Files of a test that are loaded to look for its scenario. */
const filesMax = 5;

/** The same calls, with the pages that could be made anew. @param whatIf whether pages tell what would have been otherwise */
export async function replayedPages(
  handOvers: readonly HandOver[],
  whatIf: boolean,
): Promise<readonly HandOver[]> {
  const all: HandOver[] = [];
  let pages = 0;
  let asked = 0;
  for (const handOver of handOvers) {
    const page = handOver.page === null || pages >= pagesMax ? null : handOver.page;
    const anew = page === null ? null : await pageAnew(handOver, whatIf && asked < whatIfsMax);
    if (page !== null) pages += 1;
    if (anew !== null) asked += 1;
    all.push(anew === null ? handOver : { ...handOver, page: anew });
  }
  return all;
}

async function pageAnew(handOver: HandOver, whatIf: boolean): Promise<string | null> {
  const told = handOver.campaign.scenarios[0]?.kinds[0]?.told;
  if (told === undefined) return null;
  for (const source of sourcesOf(handOver.test.file, told.scenario)) {
    try {
      const known = await describeSources([source], hireThread, defaultSilenceMs);
      const found = known.find(({ name }) => name === told.scenario);
      if (found === undefined) continue;
      const page = await pageFrom(found.ref, handOver, told, whatIf);
      if (page !== null) return page;
    } catch {
      // A file that does not load outside Vitest, or a run that comes to something else there: the page that is there stands.
    }
  }
  return null;
}

/** Where its scenario may be: files that the test imports and that make one, those that name it first; then the package. */
function sourcesOf(testFile: string, name: string): readonly Source[] {
  const file = resolve(testFile);
  const texts = importedFiles(file)
    .filter((one) => one !== file)
    .map((one) => ({ file: one, text: readFileSync(one, 'utf8') }))
    .filter(({ text }) => /\bscenario\s*\(/.test(text));
  const naming = texts.filter(({ text }) => text.includes(name));
  const others = texts.filter(({ text }) => !text.includes(name));
  const files = [...naming, ...others].slice(0, filesMax);
  return [...files.map((one): Source => ({ from: 'file', file: one.file })), { from: 'catalogue' }];
}

/** Null where that scenario's run is another one: a test may change what it imports. */
async function pageFrom(
  ref: ScenarioRef,
  { test, hash }: HandOver,
  { seed, finding: was }: { readonly seed: number; readonly finding: FindingData },
  whatIf: boolean,
): Promise<string | null> {
  const silenceMs = defaultSilenceMs;
  const { property } = was;
  const request = { property, whatIf, finding: null, failingSeeds: null, command: testCommand(test, seed) };
  const replayed = await replayRun({ ref, seed, repro: null, silenceMs, page: request }, hireThread);
  const { result, drawn, ended, page } = replayed;
  const finding = result.findings.find(
    (one) => one.property === property && one.message === was.message && one.seq === was.seq,
  );
  if (finding === undefined || drawn === null || page === undefined || result.hash !== hash) return null;
  const repro = makeRepro(ref, { ...result, findings: [finding] }, drawn.plan, drawn.seedEpoch, ended);
  const workers = Math.min(maxWorkers, availableParallelism());
  const answered = await withWhatIf(page, replayed, { ref, workers, silenceMs }, hireThread);
  const leftOut = `it is asked of the first ${whatIfsMax} failing tests, where the reporter is not told otherwise.`;
  return runPageText(whatIf ? answered : { ...answered, whatIfLeftOut: leftOut }, {
    repro: embeddedRepro(repro),
    campaign: `../${reportName}`,
  });
}
