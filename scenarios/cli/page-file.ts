/** `replay --report FILE`: the page of the run that was replayed. */
import { availableParallelism } from 'node:os';
import { basename, dirname } from 'node:path';
import { exact } from '../../reports/figures.ts';
import { embeddedRepro } from '../../reports/page/embedded-repro.ts';
import type { Repro } from '../../reports/repro.ts';
import { hireThread } from '../hand.ts';
import { InputError } from '../input-error.ts';
import { withWhatIf } from '../page/what-if-runs.ts';
import { writeRunPage } from '../page/write-page.ts';
import type { Replayed, ReplayOptions } from '../replay.ts';
import { makeRepro } from '../repro-file.ts';
import type { ScenarioRef } from '../worker-messages.ts';
import { maxWorkers } from './arguments.ts';
import type { Outlet } from './outlet.ts';

/**
 * `--report FILE`, looked at before anything runs.
 * @throws InputError BAD_REPORT_FILE
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
  return file;
}

/**
 * Writes the page and says so. An older file stands where that fails.
 * @param repro that it was replayed from; null: the page gets one of its own where something was violated
 * @throws InputError PAGE_NOT_MADE where the run left no record, OUT_NOT_WRITABLE
 */
export async function writePage(
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
