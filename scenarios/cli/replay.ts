/** `stormglass replay`: one run again, from a repro file or from a scenario and a seed. */
import { existsSync } from 'node:fs';
import { replayCommand } from '../../reports/commands.ts';
import { columns, counted, duration, wrap } from '../../reports/figures.ts';
import { replayAnswer, tellReplay } from '../../reports/replay-answer.ts';
import type { ToldViolation } from '../../reports/tally.ts';
import { exitCodes } from '../../reports/verdict.ts';
import { tellViolation } from '../../reports/why.ts';
import { defaultSilenceMs } from '../campaign.ts';
import { loadConfig } from '../config.ts';
import { hireThread } from '../hand.ts';
import { InputError } from '../input-error.ts';
import { shownPath } from '../load-scenario.ts';
import { replayFacts, replayRun } from '../replay.ts';
import type { ReplayOptions, Replayed } from '../replay.ts';
import { openRepro } from '../repro-file.ts';
import type { Repro } from '../../reports/repro.ts';
import type { ScenarioRef } from '../worker-messages.ts';
import { oneSeed, wallTime } from './arguments.ts';
import { checkedRef } from './checked-ref.ts';
import { exportTargets, writeExports } from './export-file.ts';
import { historyFile, writeHistoryFile } from './history-file.ts';
import { inspectRun, looksInside } from './inspect.ts';
import type { InspectArguments } from './inspect.ts';
import { Outlet } from './outlet.ts';
import { pageTarget, writePage } from './page-file.ts';
import { selectScenarios } from './select.ts';

export interface ReplayArguments extends InspectArguments {
  /** File for what clients asked and heard, and its format where the name does not tell. */
  readonly history: string | undefined;
  readonly historyFormat: string | undefined;
  /** Files for other tools: `chrome=FILE`, `shiviz=FILE`. */
  readonly exports: readonly string[];
  /** File for the page of the run, and whether it tells what would have been otherwise. */
  readonly report: string | undefined;
  readonly whatIf: boolean;
  readonly seed: string | undefined;
  readonly scenario: string | undefined;
  readonly eventLimit: string | undefined;
  readonly color: boolean | undefined;
}

/** Replays and prints the answer; returns the exit code. */
export async function replay(args: ReplayArguments): Promise<number> {
  const outlet = new Outlet(args.color, false);
  const config = await loadConfig(process.cwd());
  const silenceMs =
    args.eventLimit === undefined
      ? (config.config.eventLimitMs ?? defaultSilenceMs)
      : wallTime(args.eventLimit, '--event-limit', 'BAD_EVENT_LIMIT');
  const target = args.history === undefined ? null : historyFile(args.history, args.historyFormat);
  const targets = exportTargets(args.exports);
  const page = args.report === undefined ? null : pageTarget(args.report, args.until);
  const perform = async (
    what: ReplayOptions,
    command: string,
    conclude: (replayed: Replayed) => number,
  ): Promise<number> => {
    const keep = async (replayed: Replayed, code: number): Promise<number> => {
      if (target !== null) writeHistoryFile(target, replayed, outlet);
      writeExports(targets, replayed, outlet);
      return page === null ? code : writePage(page, replayed, what, code, outlet);
    };
    const { whatIf } = args;
    const property = what.repro?.violation.property ?? null;
    const recorded = {
      ...{ ...what, history: target !== null },
      ...(targets.length > 0 && { exports: targets.map((one) => one.format) }),
      ...(page !== null && { page: { property, finding: null, failingSeeds: null, command, whatIf } }),
    };
    if (looksInside(args)) return inspectRun(recorded, args, outlet, conclude, keep);
    const replayed = await replayRun(recorded, hireThread);
    return keep(replayed, conclude(replayed));
  };
  if (!isRepro(args)) {
    const seed = neededSeed(args);
    const [found] = await selectScenarios([args.what], args.scenario, config, hireThread, silenceMs);
    if (found === undefined) throw new Error('a scenario that was selected is not there');
    const { ref } = found;
    const command = replayCommand({ scenario: ref.name, seed, repro: null, file: fileOf(ref) });
    return perform({ ref, seed, repro: null, silenceMs }, command, (replayed) =>
      tellSeed(replayed, ref, outlet),
    );
  }
  if (args.seed !== undefined) {
    throw new InputError('BAD_SEED', 'a repro holds its seed; --seed goes with a scenario.', [
      `try: npx stormglass replay ${args.what}`,
    ]);
  }
  const repro = openRepro(args.what);
  const ref = await checkedRef(repro, args, silenceMs);
  const command = replayCommand({ scenario: ref.name, seed: repro.seed, repro: args.what, file: null });
  return perform({ ref, seed: repro.seed, repro, silenceMs }, command, (replayed) =>
    tellRepro(replayed, repro, ref, args.what, outlet),
  );
}

/** The user's file that holds a scenario, as people type it. */
function fileOf({ from, file }: ScenarioRef): string | null {
  return from === 'file' ? shownPath(file) : null;
}

/** A repro is a file: it ends in .json, or is a page that carries one, or lies there while no seed was named. */
function isRepro({ what, seed }: ReplayArguments): boolean {
  return /\.(json|html?)$/i.test(what) || (seed === undefined && existsSync(what));
}

function neededSeed({ what, seed }: ReplayArguments): number {
  if (seed !== undefined) return oneSeed(seed);
  throw new InputError('BAD_SEED', `"${what}" is no file; to replay a scenario, name the seed.`, [
    `try: npx stormglass replay ${what} --seed 1`,
  ]);
}

/** What a run came to that has no record to compare with. */
function tellSeed(replayed: Replayed, ref: ScenarioRef, outlet: Outlet): number {
  const { result } = replayed;
  if (result.findings.length > 0) {
    outlet.say(tellFindings(replayed, ref, null, outlet));
    return exitCodes.violated;
  }
  const summary = `${counted(result.events, 'event')}, ${duration(result.virtualUs)} of virtual time, hash ${result.hash}.`;
  const [open] = result.undecided;
  outlet.say([
    open === undefined
      ? `${outlet.style.good('Held:')} ${summary}`
      : `${outlet.style.warn('Undecided:')} ${open.property}: ${open.message} ${summary}`,
  ]);
  return open === undefined ? exitCodes.held : exitCodes.undecided;
}

/** Whether a repro went as it was recorded. */
function tellRepro(replayed: Replayed, repro: Repro, ref: ScenarioRef, what: string, outlet: Outlet): number {
  const facts = replayFacts(repro, ref, replayed);
  const answer = replayAnswer(facts);
  if (answer === 'nondeterministic') {
    outlet.say(
      wrap(tellReplay(facts), columns - 2).map((line, i) => (i === 0 ? outlet.style.bad('✗ ') : '  ') + line),
    );
    return exitCodes.nondeterministic;
  }
  const told =
    replayed.result.findings.length === 0 ? [] : ['', ...tellFindings(replayed, ref, what, outlet)];
  outlet.say([...wrap(tellReplay(facts), columns), ...told]);
  return replayed.result.findings.length === 0 ? exitCodes.held : exitCodes.violated;
}

function tellFindings(replayed: Replayed, ref: ScenarioRef, repro: string | null, outlet: Outlet): string[] {
  const { result, servers } = replayed;
  return result.findings.flatMap((finding, i) => {
    const told: ToldViolation = {
      scenario: result.scenario,
      seed: result.seed,
      servers,
      finding,
      inForce: result.inForce,
      lastEvents: result.lastEvents,
      ...(i === 0 && result.story !== undefined && { story: result.story }),
      repro,
      file: fileOf(ref),
    };
    return [...(i === 0 ? [] : ['']), ...tellViolation(told, outlet.style)];
  });
}
