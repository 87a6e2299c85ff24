/** `stormglass report`: results of shards added up, and told as `run` tells its own. */
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { dirname, join } from 'node:path';
import { mergeShards, ShardError } from '../../reports/merge.ts';
import type { NamedResult } from '../../reports/merge.ts';
import { readResult } from '../../reports/result.ts';
import type { CampaignTally } from '../../reports/tally.ts';
import { tellCampaign, tellHeader, tellScenario } from '../../reports/terminal.ts';
import { loadConfig } from '../config.ts';
import { InputError } from '../input-error.ts';
import { existingPages } from '../page/existing-pages.ts';
import { checkWritable } from '../whole-file.ts';
import { asksForFiles, report as tellReports, reportersOf, wordsOutlet } from './reporters.ts';
import { standardOut } from './standard-out.ts';

export interface ReportArguments {
  /** Folders that `run --out` wrote into, or result documents by their names. */
  readonly from: readonly string[];
  readonly reporter: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
  readonly color: boolean | undefined;
  /** Show where errors outside the simulated world were thrown. */
  readonly debug: boolean;
}

/** Names that `run --out` gives its result documents. */
const resultFile = /^result(-\d+of\d+)?\.json$/;

/**
 * Adds up and tells; returns the exit code that one run of all seeds would have had.
 * @throws InputError BAD_REPORTER, OUT_NOT_WRITABLE, RESULT_NOT_FOUND, BAD_RESULT, and those of `mergeShards`
 */
export async function report(args: ReportArguments): Promise<number> {
  const reporters = reportersOf(args.reporter);
  const { config } = await loadConfig(process.cwd());
  const out = args.out ?? config.out ?? standardOut;
  const files = asksForFiles(reporters, args.out);
  const paths = args.from.flatMap(resultsIn);
  const tally = merged(paths);
  if (files) checkWritable(out);
  const { json, color } = args;
  const plan = { reporters, out, files, json, color, resultName: 'merged.json' };
  const outlet = wordsOutlet(plan);
  outlet.say([tellHeader(tally), '']);
  for (const scenario of tally.scenarios) outlet.say(tellScenario(scenario, outlet.style));
  outlet.say(['', ...tellCampaign(tally, outlet.style, args.debug)]);
  return tellReports(tally, plan, () => Promise.resolve(existingPages(tally, paths.map(dirname), out)));
}

function merged(paths: readonly string[]): CampaignTally {
  // The same file by two ways (a folder, and the one around it) is one file.
  const once = new Map(paths.map((path) => [realpathSync(path), path]));
  try {
    return mergeShards([...once.values()].map(openResult));
  } catch (error) {
    if (error instanceof ShardError) throw new InputError(error.code, error.message, [`try: ${error.next}`]);
    throw error;
  }
}

/** The result documents of a folder and of the folders in it, as services unpack artifacts. */
function resultsIn(path: string): string[] {
  const notFound = (what: string): InputError =>
    new InputError('RESULT_NOT_FOUND', what, [
      'try: npx stormglass run … --out DIR, which writes DIR/result.json; then npx stormglass report DIR',
    ]);
  if (!existsSync(path)) throw notFound(`there is no file or folder ${path}.`);
  if (!statSync(path).isDirectory()) return [path];
  const inside = (folder: string): string[] =>
    entriesOf(folder)
      .filter((entry) => entry.isFile() && resultFile.test(entry.name))
      .map((entry) => join(folder, entry.name))
      .sort();
  const folders = entriesOf(path)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name))
    .sort();
  const found = [path, ...folders].flatMap(inside);
  if (found.length > 0) return found;
  throw notFound(`${path} holds no result of a run, neither do the folders in it.`);
}

/** What lies in a folder. @throws InputError RESULT_NOT_FOUND where it may not be read */
function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw notRead(folder, error);
  }
}

function notRead(path: string, error: unknown): InputError {
  return new InputError('RESULT_NOT_FOUND', `cannot read ${path} (${(error as Error).message}).`, [
    'try: check who may read it',
  ]);
}

function openResult(path: string): NamedResult {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw notRead(path, error);
  }
  const reading = readResult(bytes);
  if ('document' in reading) return { name: path, document: reading.document };
  throw new InputError('BAD_RESULT', `${path} ${reading.problem}.`, [
    reading.newer === true ? 'try: npx stormglass@latest report …' : 'try: run that shard again',
  ]);
}
