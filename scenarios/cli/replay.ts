/** `stormglass replay`: one run again, from a repro file or from a scenario and a seed. */
import { existsSync } from 'node:fs';
import { columns, counted, duration, exact, hostName, instant, wrap } from '../../reports/figures.ts';
import { replayAnswer, tellReplay } from '../../reports/replay-answer.ts';
import type { ToldViolation } from '../../reports/tally.ts';
import { exitCodes } from '../../reports/verdict.ts';
import { tellViolation } from '../../reports/why.ts';
import { defaultSilenceMs, describeSources } from '../campaign.ts';
import { loadConfig } from '../config.ts';
import { hireThread } from '../hand.ts';
import { InputError } from '../input-error.ts';
import { shownPath } from '../load-scenario.ts';
import { replayFacts, replayRun } from '../replay.ts';
import type { Replayed } from '../replay.ts';
import { openRepro, refOf } from '../repro-file.ts';
import type { Repro } from '../../reports/repro.ts';
import type { TracedEvent } from '../run-contract.ts';
import type { ScenarioRef } from '../worker-messages.ts';
import { oneSeed, wallTime } from './arguments.ts';
import { Outlet } from './outlet.ts';
import { pick, selectScenarios } from './select.ts';

export interface ReplayArguments {
  readonly what: string;
  readonly seed: string | undefined;
  readonly scenario: string | undefined;
  readonly eventLimit: string | undefined;
  readonly trace: boolean;
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
  if (!isRepro(args)) {
    const seed = neededSeed(args);
    const [found] = await selectScenarios([args.what], args.scenario, config, hireThread, silenceMs);
    if (found === undefined) throw new Error('a scenario that was selected is not there');
    return replaySeed(found.ref, seed, silenceMs, args.trace, outlet);
  }
  if (args.seed !== undefined) {
    throw new InputError('BAD_SEED', 'a repro file holds its seed; --seed goes with a scenario.', [
      `try: npx stormglass replay ${args.what}`,
    ]);
  }
  const repro = openRepro(args.what);
  return replayRepro(repro, args, silenceMs, outlet);
}

/** A repro is a file: it ends in .json, or lies there while no seed was named. */
function isRepro({ what, seed }: ReplayArguments): boolean {
  return what.endsWith('.json') || (seed === undefined && existsSync(what));
}

function neededSeed({ what, seed }: ReplayArguments): number {
  if (seed !== undefined) return oneSeed(seed);
  throw new InputError('BAD_SEED', `"${what}" is no file; to replay a scenario, name the seed.`, [
    `try: npx stormglass replay ${what} --seed 1`,
  ]);
}

async function replaySeed(
  ref: ScenarioRef,
  seed: number,
  silenceMs: number,
  trace: boolean,
  outlet: Outlet,
): Promise<number> {
  const onEvents = tracer(outlet);
  const replayed = await replayRun(
    { ref, seed, repro: null, silenceMs, ...(trace && { onEvents }) },
    hireThread,
  );
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

async function replayRepro(
  repro: Repro,
  args: ReplayArguments,
  silenceMs: number,
  outlet: Outlet,
): Promise<number> {
  const ref = await checkedRef(repro, args, silenceMs);
  const onEvents = tracer(outlet);
  const replayed = await replayRun(
    { ref, seed: repro.seed, repro, silenceMs, ...(args.trace && { onEvents }) },
    hireThread,
  );
  const facts = replayFacts(repro, ref, replayed);
  const answer = replayAnswer(facts);
  if (answer === 'nondeterministic') {
    outlet.say(
      wrap(tellReplay(facts), columns - 2).map((line, i) => (i === 0 ? outlet.style.bad('✗ ') : '  ') + line),
    );
    return exitCodes.nondeterministic;
  }
  const told =
    replayed.result.findings.length === 0 ? [] : ['', ...tellFindings(replayed, ref, args.what, outlet)];
  outlet.say([...wrap(tellReplay(facts), columns), ...told]);
  return replayed.result.findings.length === 0 ? exitCodes.held : exitCodes.violated;
}

/** The scenario of a repro, looked for before it runs: one that is gone is bad input, with the nearest names. */
async function checkedRef(repro: Repro, args: ReplayArguments, silenceMs: number): Promise<ScenarioRef> {
  const ref = refOf(repro, args.scenario ?? null);
  const source =
    ref.from === 'file' ? { from: 'file' as const, file: ref.file } : { from: 'catalogue' as const };
  if (ref.from === 'file' && !existsSync(ref.file)) {
    throw new InputError(
      'SCENARIO_GONE',
      `there is no ${shownPath(ref.file)}, which holds the scenario "${ref.name}" of ${args.what}.`,
      [`try: npx stormglass replay ${args.what} --scenario FILE, from the folder that it was recorded in`],
    );
  }
  const known = await describeSources([source], hireThread, silenceMs);
  const exact = known.find((s) => s.name === ref.name && s.ref.exportName === ref.exportName);
  if (exact !== undefined) return exact.ref;
  if (ref.from === 'file' && known.every((s) => s.name !== ref.name)) {
    throw new InputError(
      'SCENARIO_GONE',
      `there is no scenario "${ref.name}" in ${shownPath(ref.file)} any more.`,
      [`it holds: ${known.map((s) => s.name).join(', ')}        try: … --scenario FILE`],
    );
  }
  return pick([ref.name], known)[0]?.ref ?? ref;
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
      repro,
      file: ref.from === 'file' ? shownPath(ref.file) : null,
    };
    return [...(i === 0 ? [] : ['']), ...tellViolation(told, outlet.style)];
  });
}

/** Prints events as they come. */
function tracer(outlet: Outlet): (events: readonly TracedEvent[], servers: number) => void {
  return (events, servers) => outlet.say(events.map((event) => tellEvent(event, servers)));
}

/** `   3,905    4.179 s  n2  deliver  …` */
export function tellEvent(event: TracedEvent, servers: number): string {
  const host = event.host < 0 ? '' : hostName(event.host, servers);
  return `${exact(event.seq).padStart(8)} ${instant(event.at).padStart(10)}  ${host.padEnd(3)} ${event.kind.padEnd(8)} ${event.text}`;
}
