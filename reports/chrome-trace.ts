/**
 * A recorded run in the Trace Event Format of Chrome ("JSON Object Format"), which Perfetto (https://ui.perfetto.dev), speedscope and the DevTools read.
 *
 * Each node and client is a process, the faults of the plan are one more: roles and terms, crashes and pauses, operations and faults are complete
 * events ("X") on threads of it. Messages are flow events ("s", "f") between one-microsecond events of sender and receiver; lost ones an instant
 * ("i") at the sender. Timestamps are microseconds of virtual time.
 *
 * A run may have millions of messages. At most 200,000 are drawn: those within a second of the violation, then those of its causal past, the
 * latest first, then any. The others are counted, a counter ("C") a host and two thousandth of the run.
 */
import { causalPast, causesOf } from './causality.ts';
import { nobody, spansOf } from './chrome-tracks.ts';
import type { Track } from './chrome-tracks.ts';
import { hostName } from './figures.ts';
import { shortValue } from './observation-words.ts';
import type { RunRecord } from './run-record.ts';
import { conflictOf } from './story-conflict.ts';
import type { FindingData } from './tally.ts';

/** Messages that a trace draws at most. */
export const messagesDrawnMax = 200_000;
/** All messages of this time before and after the violation are drawn, as far as the bound allows. */
const windowUs = 1_000_000;
/** Parts of the run that messages which are not drawn are counted in. */
const countedParts = 2_000;

/** One event of a trace: see "Trace Event Format" (Google, 2016). */
export interface ChromeEvent {
  readonly name: string;
  readonly ph: 'X' | 's' | 'f' | 'i' | 'C' | 'M';
  /** Virtual microseconds. */
  readonly ts: number;
  readonly pid: number;
  readonly tid: number;
  readonly cat?: string;
  readonly dur?: number;
  readonly id?: number;
  readonly bp?: 'e';
  readonly s?: 't' | 'g';
  readonly args?: Readonly<Record<string, unknown>>;
}

/** A trace as a document. */
export interface ChromeTrace {
  readonly traceEvents: readonly ChromeEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, unknown>>;
}

/** Threads of a process: each kind of track has a range of its own. */
const tidOf: { readonly [K in Track['kind']]: number } = {
  host: 1,
  role: 100,
  operations: 10_000,
  faults: 1,
};
const messageTid = 2;
const trackNames: { readonly [K in Track['kind']]: string } = {
  host: 'down, paused',
  role: 'role and term',
  operations: 'operations',
  faults: 'in force',
};

/**
 * The trace of a run.
 * @param finding the violation that messages are drawn around; null: the end of the run
 * @param drawnMax messages that are drawn at most
 */
export function chromeTrace(
  record: RunRecord,
  finding: FindingData | null,
  drawnMax: number = messagesDrawnMax,
): ChromeTrace {
  const { scenario, seed, servers, hosts, events, untilUs } = record;
  const drawn = messagesDrawn(record, finding, drawnMax);
  const timed = [
    ...spanEvents(record),
    ...messageEvents(record, drawn),
    ...countEvents(record, drawn),
    ...(finding === null ? [] : [violationEvent(finding)]),
  ].sort(inOrder);
  return {
    traceEvents: [...names(record, timed), ...timed],
    displayTimeUnit: 'ms',
    otherData: {
      ...{ scenario, seed, servers, clients: hosts - servers, events, virtualUs: untilUs },
      messages: record.messages.step.length,
      messagesDrawn: drawn.reduce((sum, one) => sum + one, 0),
      clock: 'virtual microseconds',
    },
  };
}

/** By time; of one track what lasts longer comes first: it holds the other. */
function inOrder(a: ChromeEvent, b: ChromeEvent): number {
  const byTrack = a.pid - b.pid || a.tid - b.tid || (b.dur ?? 0) - (a.dur ?? 0);
  return a.ts - b.ts || order[a.ph] - order[b.ph] || byTrack;
}

/** At one instant the event comes before the flow that binds to it. */
const order: { readonly [P in ChromeEvent['ph']]: number } = { M: 0, X: 1, i: 2, s: 3, f: 4, C: 5 };

/** Processes are numbered from 1: 0 is the idle one to some viewers. */
function pidOf(record: RunRecord, host: number): number {
  return host === nobody ? record.hosts + 1 : host + 1;
}

function spanEvents(record: RunRecord): ChromeEvent[] {
  return spansOf(record).map(({ host, track, name, fromUs, toUs, args }) => ({
    ...{ name, ph: 'X', cat: track.kind, ts: fromUs, dur: toUs - fromUs, args },
    ...{ pid: pidOf(record, host), tid: tidOf[track.kind] + track.number },
  }));
}

/** Which messages are drawn: 1 by message. */
function messagesDrawn(record: RunRecord, finding: FindingData | null, drawnMax: number): Uint8Array {
  const { steps, messages, untilUs } = record;
  const count = messages.step.length;
  const drawn = new Uint8Array(count);
  if (count <= drawnMax) return drawn.fill(1);
  const conflict = finding === null ? [] : conflictOf(record, finding).map((one) => one.step);
  const last = conflict.at(-1);
  const centre = last === undefined ? untilUs : steps.at[last]!;
  const distance = Float64Array.from(messages.step, (step) => Math.abs(steps.at[step]! - centre));
  const around: number[] = [];
  for (let message = 0; message < count; message += 1)
    if (distance[message]! <= windowUs) around.push(message);
  // Where even the window has too many, what is nearest to its centre goes first.
  around.sort((a, b) => distance[a]! - distance[b]! || b - a);
  for (const message of around.slice(0, drawnMax)) drawn[message] = 1;
  let room = Math.max(0, drawnMax - around.length);
  const past = causalPast(causesOf(record), conflict);
  for (const wanted of [1, 0]) {
    for (let message = count - 1; message >= 0 && room > 0; message -= 1) {
      if (drawn[message] === 1 || past[messages.step[message]!] !== wanted) continue;
      drawn[message] = 1;
      room -= 1;
    }
  }
  return drawn;
}

/** What is drawn of messages: both ends, and the flow between them. A message that arrives twice is two flows. */
function messageEvents(record: RunRecord, drawn: Uint8Array): ChromeEvent[] {
  const { steps, messages, servers } = record;
  const found: ChromeEvent[] = [];
  const ends = new Set<number>();
  const end = (
    step: number,
    name: string,
  ): { readonly ts: number; readonly pid: number; readonly tid: number } => {
    const place = { ts: steps.at[step]!, pid: pidOf(record, steps.host[step]!), tid: messageTid };
    if (!ends.has(step)) {
      ends.add(step);
      found.push({ name, ph: 'X', cat: 'message', dur: 1, ...place, args: { event: steps.seq[step]! } });
    }
    return place;
  };
  const arrived = new Uint8Array(drawn.length);
  for (let step = 0; step < steps.seq.length; step += 1) {
    const message = steps.message[step]!;
    if (message < 0 || drawn[message] === 0) continue;
    arrived[message] = 1;
    const name = shortValue(messages.label[message]!);
    const link = `${hostName(steps.host[messages.step[message]!]!, servers)}>${hostName(steps.host[step]!, servers)} #${messages.number[message]!}`;
    const flow = { name, cat: 'message', id: step + 1, args: { link } };
    const receiver = end(step, name);
    const sender = end(messages.step[message]!, stepName(record, messages.step[message]!));
    found.push({ ...flow, ph: 's', ...sender }, { ...flow, ph: 'f', bp: 'e', ...receiver });
  }
  for (let message = 0; message < drawn.length; message += 1) {
    if (drawn[message] === 0 || arrived[message] === 1) continue;
    const step = messages.step[message]!;
    const lost = messages.copies[message] === 0;
    const name = `${lost ? 'lost' : 'never received'}: ${shortValue(messages.label[message]!)} to ${hostName(messages.to[message]!, servers)}`;
    found.push({ name, ph: 'i', s: 't', cat: 'message', ...end(step, stepName(record, step)) });
  }
  return found;
}

/** A step by the message that it received, or what it was else. */
function stepName({ steps, messages }: RunRecord, step: number): string {
  const message = steps.message[step]!;
  if (message >= 0) return shortValue(messages.label[message]!);
  return steps.kind[step] === '' ? 'step' : steps.kind[step]!;
}

/** Messages that are not drawn, by who sent them, as a counter: its value holds until the next. */
function countEvents(record: RunRecord, drawn: Uint8Array): ChromeEvent[] {
  const { steps, messages, hosts, untilUs } = record;
  const partUs = Math.max(1, Math.ceil((untilUs + 1) / countedParts));
  const counts = Array.from({ length: hosts }, () => new Int32Array(countedParts + 1));
  for (let message = 0; message < drawn.length; message += 1) {
    if (drawn[message] === 1) continue;
    const step = messages.step[message]!;
    counts[steps.host[step]!]![Math.floor(steps.at[step]! / partUs)]! += 1;
  }
  const found: ChromeEvent[] = [];
  counts.forEach((parts, host) => {
    let before = 0;
    parts.forEach((sent, part) => {
      if (sent === before) return;
      before = sent;
      const place = { ts: part * partUs, pid: pidOf(record, host), tid: 0 };
      found.push({ name: 'messages sent, not drawn', ph: 'C', cat: 'message', ...place, args: { sent } });
    });
  });
  return found;
}

function violationEvent({ property, message, at, seq }: FindingData): ChromeEvent {
  const args = { message: shortValue(message), event: seq };
  return {
    name: `✗ ${shortValue(property)}`,
    ph: 'i',
    s: 'g',
    cat: 'violation',
    ts: at,
    pid: 1,
    tid: 1,
    args,
  };
}

/** Names of processes and threads, for those that have events; in the order of hosts, faults last. */
function names(record: RunRecord, timed: readonly ChromeEvent[]): ChromeEvent[] {
  const used = new Map<number, Set<number>>();
  for (const { pid, tid } of timed) {
    const known = used.get(pid);
    if (known === undefined) used.set(pid, new Set([tid]));
    else known.add(tid);
  }
  const name = (
    what: string,
    pid: number,
    tid: number,
    args: Readonly<Record<string, unknown>>,
  ): ChromeEvent => ({
    ...{ name: what, ph: 'M', ts: 0, pid, tid, args },
  });
  return [...used]
    .sort(([a], [b]) => a - b)
    .flatMap(([pid, tids]) => [
      name('process_name', pid, 0, {
        name: pid > record.hosts ? 'faults' : hostName(pid - 1, record.servers),
      }),
      name('process_sort_index', pid, 0, { sort_index: pid }),
      ...[...tids]
        .filter((tid) => tid > 0)
        .map((tid) => name('thread_name', pid, tid, { name: threadName(pid, tid, record) })),
    ]);
}

function threadName(pid: number, tid: number, record: RunRecord): string {
  if (pid > record.hosts) return trackNames.faults;
  if (tid >= tidOf.operations) return trackNames.operations;
  if (tid >= tidOf.role)
    return tid === tidOf.role ? trackNames.role : `${trackNames.role}, group ${tid - tidOf.role}`;
  return tid === messageTid ? 'messages' : trackNames.host;
}
