/** `replay --report FILE`: the page of the run that was replayed. */
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { exact } from '../../reports/figures.ts';
import { embeddedRepro } from '../../reports/page/embedded-repro.ts';
import type { Repro } from '../../reports/repro.ts';
import { tellBadInput } from '../../reports/terminal.ts';
import { exitCodes } from '../../reports/verdict.ts';
import { hireThread } from '../hand.ts';
import { InputError } from '../input-error.ts';
import { withWhatIf } from '../page/what-if-runs.ts';
import { writeRunPage } from '../page/write-page.ts';
import type { Replayed, ReplayOptions } from '../replay.ts';
import { makeRepro } from '../repro-file.ts';
import { checkWritable } from '../whole-file.ts';
import type { ScenarioRef } from '../worker-messages.ts';
import { maxWorkers } from './arguments.ts';
import { Outlet } from './outlet.ts';

/** The exit code where the run held and its page could not be written. */
const notWritten = 2;

/**
 * `--report FILE`, looked at before anything runs: a page that cannot be written is not worth some hundred runs of a what-if.
 * @throws InputError BAD_REPORT_FILE, OUT_NOT_WRITABLE
 */
export function pageTarget(file: string, until: string | undefined): string {
  const wrong = (what: string, next: string): InputError =>
    new InputError('BAD_REPORT_FILE', what, [`try: … ${next}`]);
  if (!/\.html?$/i.test(file)) {
    throw wrong(`--report takes a file that ends in .html; got "${file}".`, '--report report.html');
  }
  if (until !== undefined) {
    throw wrong(
      '--report tells a whole run; it does not go with --until.',
      `--report ${file}, without --until`,
    );
  }
  if (existsSync(file) && statSync(file).isDirectory()) {
    throw wrong(`--report takes a file; ${file} is a folder.`, `--report ${join(file, 'report.html')}`);
  }
  try {
    checkWritable(dirname(file));
  } catch (error) {
    throw ofReport(error);
  }
  return file;
}

/** What keeps the folder from being written, with the option of this command as the next step. */
function ofReport(error: unknown): unknown {
  if (!(error instanceof InputError) || error.problem.code !== 'OUT_NOT_WRITABLE') return error;
  const { code, message } = error.problem;
  return new InputError(code, message, ['try: … --report FILE.html, in a folder of your own']);
}

/**
 * Writes the page and says so. An older file stands where that fails, and why is told on standard error.
 * @param code that of what the run came to
 * @returns the exit code: 2 where the run held and its page could not be made or written, else `code`
 */
export async function writePage(
  file: string,
  replayed: Replayed,
  what: ReplayOptions,
  code: number,
  outlet: Outlet,
): Promise<number> {
  try {
    await makeAndWrite(file, replayed, what, outlet);
    return code;
  } catch (error) {
    const told = ofReport(error);
    if (!(told instanceof InputError)) throw told;
    outlet.redraw('');
    const errors = new Outlet(undefined, true);
    errors.say(tellBadInput(told.problem, errors.style));
    return code === exitCodes.held ? notWritten : code;
  }
}

/** @throws InputError PAGE_NOT_MADE where the run left no record, OUT_NOT_WRITABLE */
async function makeAndWrite(
  file: string,
  replayed: Replayed,
  what: ReplayOptions,
  outlet: Outlet,
): Promise<void> {
  if (replayed.page === undefined) {
    throw new InputError(
      'PAGE_NOT_MADE',
      'the run ended with its worker before any event was over, and left no record.',
      ['try: … --trace, which prints the events that it came to'],
    );
  }
  const { ref, silenceMs } = what;
  const workers = Math.min(maxWorkers, availableParallelism());
  const onRun = (done: number, of: number): void =>
    outlet.redraw(`  ▸ what if: ${exact(done)} of ${exact(of)} runs`);
  const page = await withWhatIf(replayed.page, replayed, { ref, workers, silenceMs, onRun }, hireThread);
  outlet.redraw('');
  const repro = what.repro ?? ownRepro(replayed, ref);
  writeRunPage(dirname(file), basename(file), page, {
    repro: repro === null ? null : embeddedRepro(repro),
    campaign: null,
  });
  outlet.say(['', `Written: ${file}, the page of the run: open it in a browser`]);
}

function ownRepro({ result, drawn, ended }: Replayed, ref: ScenarioRef): Repro | null {
  if (result.findings.length === 0 || drawn === null) return null;
  return makeRepro(ref, result, drawn.plan, drawn.seedEpoch, ended);
}
