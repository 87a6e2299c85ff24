/** Makes the data of the page of a run, of the run as it was recorded and what it violated. */
import { counted, exact } from '../figures.ts';
import { observationsOf } from '../run-record.ts';
import type { RunRecord } from '../run-record.ts';
import { barrierLanes } from './barrier-lanes.ts';
import type { Story } from '../story-step.ts';
import type { FindingData } from '../tally.ts';
import { causalSlice } from './causal-slice.ts';
import { conflictPair } from './conflict-pair.ts';
import type { PairSources } from './conflict-pair.ts';
import { drawnMax, drawnSteps } from './drawn-steps.ts';
import type { Drawn, DrawnMax } from './drawn-steps.ts';
import { EntryAskers } from './entry-askers.ts';
import { EntryTimes } from './entry-times.ts';
import { eventTable, messageTable } from './event-table.ts';
import { faultSpans, hostSpans, roleSpans } from './host-spans.ts';
import { keyLanes } from './key-lanes.ts';
import { lockLanes } from './lock-lanes.ts';
import { logTable } from './log-table.ts';
import { askedOperations, operationTable, wholeName } from './operation-table.ts';
import { sourcesOf } from './page-sources.ts';
import type { PageSources } from './page-sources.ts';
import { transitionsOf } from './transitions.ts';
import { runPageSchemaVersion } from './run-page.ts';
import { verdictSentence } from './verdict-sentence.ts';
import type { PageVerdict, PlacedHistory, RunAbout, RunPage, Timeline, WhatIf } from './run-page.ts';

/** Of what a page is made. */
export interface RunPageInput {
  /** The run, recorded beyond the violation or up to it. */
  readonly record: RunRecord;
  /** What it violated; null: nothing. */
  readonly finding: FindingData | null;
  /** A property that nothing could be concluded about, where none was violated. */
  readonly undecided?: { readonly property: string; readonly message: string } | null;
  /** How many properties the scenario has, and which of them its plan switched off; absent: not known. */
  readonly judged?: { readonly properties: number; readonly switchedOff: readonly string[] };
  /** The story of the finding; empty where there is none. */
  readonly story: Story;
  readonly about: RunAbout;
  /** What the violated property says; null where it is not known. */
  readonly rule: string | null;
  readonly linearizability: PlacedHistory | null;
  readonly whatIf: WhatIf | null;
}

/** The page of a run. @param max bounds of what is drawn of a long one */
export function runPageOf(input: RunPageInput, max: DrawnMax = drawnMax): RunPage {
  const sources = sourcesOf(input.record, input.finding, input.story);
  const slice = causalSlice(sources);
  const ends = slice.length > 0 ? slice : [lastStep(sources)];
  const drawn = drawnSteps(sources, [...ends, ...sources.storySteps], max);
  const storyEvents = sources.storySteps.map((step) => (step < 0 ? -1 : drawn.placeOf[step]!));
  const { timeline, known } = timelineOf(sources, drawn, slice, storyEvents);
  return {
    kind: 'run',
    schema: runPageSchemaVersion,
    about: input.about,
    verdict: verdictOf(input, known),
    pair: input.finding === null ? null : conflictPair(known, input.finding),
    story: input.story,
    storyEvents,
    timeline,
    linearizability: input.linearizability,
    whatIf: input.whatIf,
  };
}

function lastStep({ record }: PageSources): number {
  return record.steps.seq.length - 1;
}

function verdictOf({ finding, undecided, rule, judged }: RunPageInput, known: PairSources): PageVerdict {
  if (finding !== null) {
    const { property } = finding;
    // A finding that was made after the run is about what happened in it.
    const { steps } = known.sources.record;
    const step = known.sources.conflict.at(-1)?.step ?? -1;
    // Its last evidence may name an instant at which its host did nothing.
    const at = finding.evidence.at(-1)?.at ?? steps.at[step] ?? finding.at;
    const seq = steps.seq[step] ?? finding.seq;
    const { sentence, rest } = verdictSentence(known, finding);
    const details = [...rest, ...(finding.details ?? [])];
    return { state: 'violated', property, rule, sentence, atUs: at, seq, details };
  }
  const none = { rule, atUs: 0, seq: 0, details: [] };
  if (undecided != null)
    return { ...none, state: 'undecided', property: undecided.property, sentence: undecided.message };
  const details =
    judged === undefined || judged.switchedOff.length === 0 ? [] : [offWords(judged.switchedOff)];
  return { ...none, state: 'held', property: null, sentence: heldSentence(judged), details };
}

/** What was switched off never counts as held. */
function heldSentence(judged: RunPageInput['judged']): string {
  if (judged === undefined) return 'All properties held.';
  const { properties, switchedOff } = judged;
  if (properties === 0) return 'No property was watched.';
  const off = switchedOff.length;
  const all = counted(properties, 'property', 'properties');
  if (off === 0) return properties === 1 ? 'The one property held.' : `All ${all} held.`;
  return `${exact(properties - off)} of ${all} held; ${exact(off)} ${off === 1 ? 'was' : 'were'} switched off.`;
}

function offWords(properties: readonly string[]): string {
  return `Switched off, since the plan breaks what they assume: ${properties.join(', ')}.`;
}

function timelineOf(
  sources: PageSources,
  drawn: Drawn,
  slice: readonly number[],
  storyEvents: readonly number[],
): { readonly timeline: Timeline; readonly known: PairSources } {
  const { record, subject } = sources;
  const places = slice.map((step) => drawn.placeOf[step]!);
  const times = new EntryTimes(record);
  const asked = askedOperations(record);
  const askers = new EntryAskers(record, asked, times);
  const transitions = transitionsOf(record);
  const violating = violatingEntry(sources);
  const names = new Set([...(subject?.names ?? [])].map(wholeName));
  const isViolating = (group: number, name: string): boolean => group === violating.group && names.has(name);
  const blamed = violatingOperations(sources, askers, violating);
  const { window } = drawn;
  const roles = roleSpans(record);
  const locks = lockLanes(record, transitions, asked, askers, isViolating);
  const keys = keyLanes({ asked, transitions, times, askers, isViolating, violating, window });
  const timeline = {
    window,
    events: eventTable(sources, drawn, [...places, ...storyEvents.filter((event) => event >= 0)]),
    messages: messageTable(sources, drawn),
    slice: places,
    density: drawn.density,
    roles,
    hostSpans: hostSpans(record),
    operations: operationTable(record, asked, times, blamed),
    faults: faultSpans(record),
    locks,
    barriers: barrierLanes(transitions, record.untilUs, isViolating),
    keys,
    log: logTable(record, drawn, { transitions, askers, violating }),
  };
  const known = { sources, asked, askers, times, transitions, locks, keys, roles, violating, blamed };
  return { timeline, known };
}

/** The entry that the last observation of the conflict is about; index 0 where there is none. */
function violatingEntry({ record, conflict }: PageSources): {
  readonly group: number;
  readonly index: number;
} {
  for (const { step, observation } of [...conflict].reverse()) {
    if (observation === null || observation.kind === 'completed' || observation.kind === 'leaderElected')
      continue;
    const { index } = observation as { index?: unknown };
    if (typeof index !== 'number' || index < 1) continue;
    const observed = observationsOf(record, step).find((one) => one.observation === observation);
    return { group: observed?.group ?? 0, index };
  }
  const group = conflict.length === 0 ? 0 : (observationsOf(record, conflict.at(-1)!.step)[0]?.group ?? 0);
  return { group, index: 0 };
}

/** The operations that do not fit: of a history the last one of its evidence, of the machine the one whose entry it is. */
function violatingOperations(
  { conflict }: PageSources,
  askers: EntryAskers,
  { group, index }: { readonly group: number; readonly index: number },
): ReadonlySet<number> {
  const last = conflict.at(-1)?.observation as { kind?: unknown; id?: unknown } | null | undefined;
  if (last?.kind === 'completed' && typeof last.id === 'number') return new Set([last.id]);
  const asked = index === 0 ? null : askers.operationOf(group, index);
  return new Set(asked === null ? [] : [asked.id]);
}
