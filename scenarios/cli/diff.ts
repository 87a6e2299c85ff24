/** `stormglass diff`: two repros or traces, and the first event that differs. */
import { existsSync, readFileSync } from 'node:fs';
import { counted, exact } from '../../reports/figures.ts';
import { exitCodes } from '../../reports/verdict.ts';
import { defaultSilenceMs } from '../campaign.ts';
import { hireThread } from '../hand.ts';
import { InputError } from '../input-error.ts';
import { openRepro } from '../repro-file.ts';
import { replayRun } from '../replay.ts';
import type { TracedEvent } from '../run-contract.ts';
import { checkedRef } from './checked-ref.ts';
import { tellEvent } from './inspect.ts';
import type { Outlet } from './outlet.ts';
import { readTrace } from './trace-file.ts';
import type { RecordedTrace } from './trace-file.ts';

/** Events before the first difference that are shown. */
const eventsBefore = 5;

/** One side: its events, and the plan that it was run from, where that is known. */
interface Side {
  readonly trace: RecordedTrace;
  readonly plan: unknown;
}

/** Compares and tells. @returns 0 where they are the same, 1 where they part */
export async function diff(a: string, b: string, outlet: Outlet): Promise<number> {
  const left = await sideOf(a);
  const right = await sideOf(b);
  if (left.plan !== null && right.plan !== null) {
    const path = firstDifference(left.plan, right.plan, 'plan');
    if (path !== null) outlet.say([`The plans differ at ${path}.`]);
  }
  const { events } = left.trace;
  const others = right.trace.events;
  let at = 0;
  while (at < events.length && at < others.length && same(events[at]!, others[at]!)) at += 1;
  if (at === events.length && at === others.length) {
    outlet.say([`Same: ${counted(at, 'event')}.`]);
    return exitCodes.held;
  }
  const tell = (event: TracedEvent | undefined, side: Side): string =>
    event === undefined ? 'has ended' : tellEvent(event, side.trace.servers).trimStart();
  outlet.say([
    `They part at event ${exact((events[at] ?? others[at])!.seq)}, after ${counted(at, 'event')} that ${at === 1 ? 'is' : 'are'} the same.`,
    '',
    ...events
      .slice(Math.max(0, at - eventsBefore), at)
      .map((event) => `    ${tellEvent(event, left.trace.servers).trimStart()}`),
    `A   ${tell(events[at], left)}`,
    `B   ${tell(others[at], right)}`,
    '',
    `A: ${a}`,
    `B: ${b}`,
  ]);
  return exitCodes.violated;
}

/** The words may be alike where the payloads are not: the hash tells. */
function same(a: TracedEvent, b: TracedEvent): boolean {
  return a.seq === b.seq && a.at === b.at && a.host === b.host && a.text === b.text && a.hash === b.hash;
}

/** A trace is read, a repro is replayed. */
async function sideOf(path: string): Promise<Side> {
  if (!existsSync(path)) {
    throw new InputError('REPRO_NOT_FOUND', `there is no file ${path}.`, [
      'try: npx stormglass diff A.json B.json, two repros or traces (replay … --out DIR writes one)',
    ]);
  }
  if (path.endsWith('.jsonl')) {
    const trace = readTrace(readFileSync(path, 'utf8'));
    if (trace !== null) return { trace, plan: null };
    throw new InputError('BAD_TRACE', `${path} is no trace, or was cut.`, [
      'try: npx stormglass replay … --out DIR, which writes one',
    ]);
  }
  const repro = openRepro(path);
  const ref = await checkedRef(repro, { what: path, scenario: undefined }, defaultSilenceMs);
  const events: TracedEvent[] = [];
  const { result, servers } = await replayRun(
    { ref, seed: repro.seed, repro, silenceMs: defaultSilenceMs, onEvents: (batch) => events.push(...batch) },
    hireThread,
  );
  return { trace: { scenario: result.scenario, seed: result.seed, servers, events }, plan: repro.plan };
}

/** Where two values first differ, as a path; `null`: nowhere. */
export function firstDifference(a: unknown, b: unknown, path: string): string | null {
  if (Object.is(a, b)) return null;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return `${path}: ${short(a)} and ${short(b)}`;
  }
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) {
    const inner = Array.isArray(a) ? `${path}[${key}]` : `${path}.${key}`;
    const found = firstDifference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      inner,
    );
    if (found !== null) return found;
  }
  return null;
}

function short(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
