/** A look inside a run that is replayed: its events, some hosts' only, and the state of hosts at one of them; in the debugger, or as files. */
import { mkdirSync, writeFileSync } from 'node:fs';
import * as inspector from 'node:inspector';
import { join } from 'node:path';
import { exact, hostName, instant } from '../../reports/figures.ts';
import { tellHostView } from '../../reports/host-view.ts';
import { style } from '../../reports/style.ts';
import { exitCodes } from '../../reports/verdict.ts';
import { hireHere, hireThread } from '../hand.ts';
import { InputError } from '../input-error.ts';
import { replayRun } from '../replay.ts';
import type { ReplayOptions, Replayed } from '../replay.ts';
import type { TracedEvent } from '../run-contract.ts';
import type { Outlet } from './outlet.ts';
import { traceFile } from './trace-file.ts';

/** Events before the one where the run stops that are shown without --trace. */
const eventsShown = 20;

/** What is asked for besides what the run comes to. */
export interface InspectArguments {
  readonly what: string;
  readonly trace: boolean;
  /** Stop after this event. */
  readonly until: string | undefined;
  /** Hosts whose events are shown, and hosts to tell of where the run stops: `n1,c0`. */
  readonly focus: string | undefined;
  readonly dump: string | undefined;
  /** Stop in the debugger right before the event `until`. */
  readonly break: boolean;
  /** Folder for the trace, and for what was told of hosts. */
  readonly out: string | undefined;
}

/** Whether anything is. */
export function looksInside({ trace, until, focus, dump, break: stops, out }: InspectArguments): boolean {
  return trace || stops || [until, focus, dump, out].some((given) => given !== undefined);
}

/**
 * Replays and shows what was asked for.
 * @param conclude says what the run came to, where it went to its end; returns the exit code
 * @param keep writes what else was asked for, wherever the run stopped; given and returns the exit code
 * @throws InputError for an event that the run does not have, or a host that it does not have
 */
export async function inspectRun(
  what: ReplayOptions,
  args: InspectArguments,
  outlet: Outlet,
  conclude: (replayed: Replayed) => number,
  keep: (replayed: Replayed, code: number) => Promise<number>,
): Promise<number> {
  const until = args.until === undefined ? undefined : eventNumber(args.until);
  if (args.break && until === undefined) {
    throw new InputError('BAD_OPTION', '--break stops right before an event: name it.', [
      `try: npx stormglass replay ${args.what} --until 1000 --break`,
    ]);
  }
  let focus: readonly number[] | null = null;
  let last: TracedEvent[] = [];
  const all: TracedEvent[] = [];
  const replayed = await replayRun(
    {
      ...what,
      ...(until !== undefined && { until }),
      dump: (servers, hosts) => {
        if (args.focus !== undefined) focus = hostsNamed(args.focus, '--focus', servers, hosts);
        return args.dump === undefined ? [] : hostsNamed(args.dump, '--dump', servers, hosts);
      },
      onEvents: (events, servers) => {
        const wanted = focus === null ? events : events.filter((event) => focus?.includes(event.host));
        if (args.out !== undefined) all.push(...wanted);
        if (args.trace) outlet.say(wanted.map((event) => tellEvent(event, servers)));
        else if (until !== undefined) last = [...last, ...wanted].slice(-eventsShown);
      },
    },
    args.break ? hireHere(() => stopHere(outlet)) : hireThread,
  );
  const { result, servers } = replayed;
  if (until !== undefined && result.events < until) throw beyond(until, result.events, args.what);
  outlet.say(last.map((event) => tellEvent(event, servers)));
  const views = result.views ?? [];
  for (const view of views) outlet.say(['', ...tellHostView(view, servers, outlet.style)]);
  if (args.out !== undefined) writeFiles(args.out, all, replayed, outlet);
  if (until === undefined) {
    return keep(replayed, conclude(replayed));
  }
  const [finding] = result.findings;
  outlet.say(['', `Stopped after event ${exact(until)}, at ${instant(result.virtualUs)}.`]);
  if (finding !== undefined) outlet.say([`Here ${finding.property} is violated: ${finding.message}`]);
  return keep(replayed, finding === undefined ? exitCodes.held : exitCodes.violated);
}

/** Right before the event: in the debugger, go into `world.step()` from here. */
function stopHere(outlet: Outlet): void {
  if (inspector.url() === undefined) {
    inspector.open(0);
    outlet.say([
      `The run stands right before that event. Attach a debugger (chrome://inspect, or your editor) to`,
      `  ${inspector.url() ?? ''}`,
      'It goes on when you let it; nobody watches here whether an event ends.',
    ]);
    inspector.waitForDebugger();
  }
  debugger;
}

function eventNumber(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new InputError('BAD_EVENT', `--until takes the number of an event, from 1; got "${text}".`, [
    'try: … --trace, which numbers them',
  ]);
}

function beyond(until: number, events: number, what: string): InputError {
  return new InputError('BAD_EVENT', `there is no event ${exact(until)}: the run has ${exact(events)}.`, [
    `try: npx stormglass replay ${what} --until ${events}`,
  ]);
}

/** `n1,c0` as host numbers. */
function hostsNamed(text: string, option: string, servers: number, hosts: number): number[] {
  return text.split(',').map((name) => {
    for (let host = 0; host < hosts; host += 1) if (hostName(host, servers) === name.trim()) return host;
    const names = [`n0 to n${servers - 1}`, ...(hosts > servers ? [`c0 to c${hosts - servers - 1}`] : [])];
    throw new InputError('BAD_HOST', `${option} takes hosts; got "${name}".`, [
      `the run has ${names.join(' and ')}        try: … ${option} n0`,
    ]);
  });
}

/** @throws InputError where the folder cannot be written */
function writeFiles(
  folder: string,
  events: readonly TracedEvent[],
  replayed: Replayed,
  outlet: Outlet,
): void {
  const { result, servers } = replayed;
  const name = `${result.scenario.replaceAll('/', '-')}-${result.seed}`;
  const written = [join(folder, `${name}.trace.jsonl`)];
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(written[0]!, traceFile(result, servers, events));
    for (const view of result.views ?? []) {
      const path = join(folder, `${name}-${hostName(view.host, servers)}-${result.events}.txt`);
      writeFileSync(path, `${tellHostView(view, servers, style(false)).join('\n')}\n`);
      written.push(path);
    }
  } catch (error) {
    throw new InputError('OUT_NOT_WRITABLE', `${folder}: ${(error as Error).message}.`, ['try: … --out DIR']);
  }
  outlet.say(['', `Written: ${written.join(', ')}`]);
}

/** `   3,905    4.179 s  n2  deliver  …` */
export function tellEvent(event: TracedEvent, servers: number): string {
  const host = event.host < 0 ? '' : hostName(event.host, servers);
  return `${exact(event.seq).padStart(8)} ${instant(event.at).padStart(10)}  ${host.padEnd(3)} ${event.kind.padEnd(8)} ${event.text}`;
}
