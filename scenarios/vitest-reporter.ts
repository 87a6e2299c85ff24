/**
 * A reporter for Vitest: what `stormglass run --reporter …` writes of a campaign, of the `expectHolds` tests of a test run.
 *
 * ```ts
 * export default defineConfig({ test: { reporters: ['default', 'stormglass/vitest-reporter'] } });
 * ```
 *
 * Vitest is not imported: https://vitest.dev/api/advanced/reporters names the methods that it calls.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { counted, exact } from '../reports/figures.ts';
import type { CampaignTally } from '../reports/tally.ts';
import { tellBadInput } from '../reports/terminal.ts';
import { Outlet } from './cli/outlet.ts';
import { report } from './cli/reporters.ts';
import type { Reporter } from './cli/reporters.ts';
import { standardOut } from './cli/standard-out.ts';
import { InputError } from './input-error.ts';
import { campaignOfTests, pagesOfTests } from './vitest-campaign.ts';
import { handOverVariable, readHandOvers } from './vitest-hand-over.ts';
import type { HandOver } from './vitest-hand-over.ts';
import { replayedPages } from './vitest-replayed.ts';
import { checkWritable, writeWhole } from './whole-file.ts';

/** Failures that are printed in full; of the others only how many. */
const failuresMax = 20;
/** The exit code of a report that could not be written, where all tests passed. */
const notWritten = 2;

/** What to write, and where: the second part of `['stormglass/vitest-reporter', { … }]`. */
export interface VitestReporterOptions {
  /** The folder for the files, from the root of Vitest's configuration; default `stormglass-out`. */
  readonly out?: string;
  /** What to write besides `result.json`; default `junit`, `markdown`, `html`, and within GitHub Actions `github`. */
  readonly write?: readonly ('junit' | 'markdown' | 'html' | 'github')[];
  /** Pages tell what would have been without each fault: some hundred runs more, for each of the first three failing tests; default true. */
  readonly whatIf?: boolean;
  /** Print failures; by default where no other reporter is there to do it. */
  readonly failures?: boolean;
}

/** The part of Vitest that it looks at. */
export interface VitestAtWork {
  readonly config: { readonly root: string };
  readonly reporters?: readonly unknown[];
}

/** The reporter; Vitest makes it by its name. */
export default class StormglassReporter {
  readonly #options: VitestReporterOptions;
  #vitest: VitestAtWork | null = null;
  #folder = '';
  #began = 0;

  constructor(options: VitestReporterOptions = {}) {
    this.#options = options;
  }

  onInit(vitest: VitestAtWork): void {
    this.#vitest = vitest;
    // Vitest ends at a signal without a word to its reporters; only Ctrl-C in a terminal is a run that ends as interrupted.
    process.once('exit', () => this.#stopped());
  }

  /** A run begins, also one that a change of a file brings about. Before any worker is there: they inherit the environment. */
  onTestRunStart(): void {
    this.#leave();
    this.#folder = mkdtempSync(join(tmpdir(), 'stormglass-tests-'));
    process.env[handOverVariable] = this.#folder;
    this.#began = performance.now();
  }

  /** All tests are done, or were stopped: adds up, writes, tells. */
  async onTestRunEnd(
    _modules: readonly unknown[],
    _errors: readonly unknown[],
    reason: 'passed' | 'interrupted' | 'failed',
  ): Promise<void> {
    const handOvers = this.#taken();
    if (handOvers.length === 0) return;
    const tally = this.#tallyOf(handOvers, reason === 'interrupted');
    const outlet = new Outlet(undefined, false);
    const alone = (this.#vitest?.reporters?.length ?? 0) <= 1;
    if (this.#options.failures ?? alone) outlet.say(tellFailures(handOvers));
    outlet.say(['', ` Stormglass  ${summaryOf(tally, handOvers)}`]);
    const asked = this.#options.write ?? defaults();
    // Whoever stops the tests does not wait for a hundred runs more.
    const waits = reason !== 'interrupted' && asked.includes('html');
    const failed = handOvers.filter(({ page }) => page !== null).length;
    if (waits && failed > 0)
      outlet.say([
        `             making ${counted(failed, 'page')} of failing seeds; of the first, what if is asked`,
      ]);
    const paged = waits ? await replayedPages(handOvers, this.#options.whatIf ?? true) : handOvers;
    await this.#write(tally, paged, asked);
  }

  /** The process ends before the run did: what was handed over by then is told, as interrupted. */
  #stopped(): void {
    const handOvers = this.#taken();
    if (handOvers.length === 0) return;
    // Nothing waits in it: it is done when it returns.
    void this.#write(this.#tallyOf(handOvers, true), handOvers, this.#options.write ?? defaults());
  }

  #tallyOf(handOvers: readonly HandOver[], interrupted: boolean): CampaignTally {
    return campaignOfTests(handOvers, { interrupted, wallMs: performance.now() - this.#began });
  }

  /** What was handed over in this run; the folder is gone then. */
  #taken(): readonly HandOver[] {
    const handOvers = this.#folder === '' ? [] : readHandOvers(this.#folder);
    this.#leave();
    return handOvers;
  }

  async #write(
    tally: CampaignTally,
    handOvers: readonly HandOver[],
    asked: readonly Reporter[],
  ): Promise<void> {
    const out = resolve(this.#vitest?.config.root ?? '.', this.#options.out ?? standardOut);
    const reporters = new Set<Reporter>(['terminal', ...asked]);
    const plan = {
      ...{ reporters, out: relativeTo(out), files: true, resultName: 'result.json' },
      ...{ json: false, color: undefined },
    };
    try {
      checkWritable(out);
      const pages = (): ReturnType<typeof pagesOfTests> =>
        pagesOfTests(handOvers, (folder, name, text) => writeWhole(join(out, folder), name, text));
      const code = await report(tally, plan, pages);
      if (code === notWritten) failWith(notWritten);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const { code, message } = error.problem;
      const next = ["try: reporters: [['stormglass/vitest-reporter', { out: 'a folder of your own' }]]"];
      // On standard error: other reporters may have standard output for themselves.
      const outlet = new Outlet(undefined, true);
      outlet.say(tellBadInput({ code, message, next }, outlet.style));
      failWith(notWritten);
    }
  }

  #leave(): void {
    if (this.#folder !== '') rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = '';
    delete process.env[handOverVariable];
  }
}

function defaults(): readonly Reporter[] {
  const always = ['junit', 'markdown', 'html'] as const;
  return process.env['GITHUB_ACTIONS'] === 'true' ? [...always, 'github'] : always;
}

/** From the folder of the command, as people type it, where it lies below. */
function relativeTo(out: string): string {
  const here = `${process.cwd()}/`;
  return out.startsWith(here) ? out.slice(here.length) : out;
}

/** Vitest's own code of failing tests goes first. */
function failWith(code: number): void {
  process.exitCode ??= code;
}

function tellFailures(handOvers: readonly HandOver[]): string[] {
  const failures = handOvers.flatMap(({ test, failure }) => (failure === null ? [] : [{ test, failure }]));
  const shown = failures
    .slice(0, failuresMax)
    .flatMap(({ test, failure }) => [
      '',
      ` ✗ ${test.file} > ${test.name}`,
      ...failure.split('\n').map((line) => `   ${line}`),
    ]);
  const rest = failures.length - failuresMax;
  return rest > 0 ? [...shown, '', ` … and ${exact(rest)} more`] : shown;
}

/** `3 expectHolds tests: 1 violated, 2 held; 62 seeds` */
function summaryOf(tally: CampaignTally, handOvers: readonly HandOver[]): string {
  const { scenarios } = tally;
  const violated = scenarios.filter(({ kinds }) => kinds.length > 0).length;
  const failed = handOvers.filter(({ failure }) => failure !== null).length - violated;
  const held = handOvers.filter(({ failure, campaign }) => failure === null && campaign.complete).length;
  const cut = scenarios.length - violated - failed - held;
  const parts = [
    [violated, 'violated'],
    [failed, 'undecided, or with something untried'],
    [cut, 'not done'],
    [held, 'held'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${exact(count)} ${word}`);
  const seeds = scenarios.reduce((sum, one) => sum + one.seeds, 0);
  return `${counted(scenarios.length, 'expectHolds call')}: ${told.join(', ')}; ${counted(seeds, 'seed')}`;
}
