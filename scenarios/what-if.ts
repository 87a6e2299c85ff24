/**
 * What if: a run that violated a property, again under other circumstances. Without each fault of its plan in turn, and with its beginning replayed up to
 * an instant and other random numbers after it, from several instants: where all of those break, the violation had become inevitable.
 *
 * All runs are cut `graceUs` after the violation: plans go on with weather, and a violation that another fault makes a minute later says nothing about
 * this one. One of `progress` shows only when the scenario's bound has gone by, so there they go on for as long. A judgement that a property makes when a
 * run is over means nothing of a run that was cut, so then only those of histories are made, which hold of any beginning of a run; where the violation
 * itself is another one of those, the runs go on to the plan's end.
 *
 * Other faults stay where and when they struck (`resolutions`, as a repro pins them), so that one thing alone changes. In a reseeded run that holds up to
 * the instant only: afterwards a fault that aims at the leader finds whoever leads then.
 */
import { countWhile } from '../reports/run-record.ts';
import type { StepColumns } from '../reports/run-record.ts';
import { hostName, instant } from '../reports/figures.ts';
import type { Reseeded, WhatIf, WithoutFault } from '../reports/page/run-page.ts';
import type { Story } from '../reports/story-step.ts';
import type { Property } from '../properties/property.ts';
import { restCutOff } from '../sim/nemesis/partitions.ts';
import { planLengthUs } from '../sim/plan.ts';
import type { Decision, Episode, Resolution } from '../sim/plan.ts';
import type { ReseedAt } from '../sim/world.ts';
import type { RunOptions, SeedResult } from './run-contract.ts';
import { runSeed } from './run-seed.ts';
import type { Scenario, ScenarioPlan } from './scenario.ts';

/** Virtual time that a run has, after the instant of the violation, to break as well; of `progress`, at least the scenario's bound. */
export const graceUs = 2_000_000;
/** Faults that are left out, one a run: those in force nearest before the violation. */
export const withoutMax = 12;
/** Instants from which runs are reseeded, and runs from each. */
export const instantsMax = 10;
export const runsPerInstant = 20;
/** Of a long run fewer, in steps of this many; when no more than these are left, instants are given up instead. */
const runsPerInstantStep = 5;
/** Events of all runs together: a minute or less on one core. A quarter is for the runs without faults. */
export const standardEventsMax = 8_000_000;

/** The run that is asked about: plain data. */
export interface WhatIfSubject {
  readonly seed: number;
  readonly plan: ScenarioPlan;
  readonly decisions: readonly Decision[];
  /** What triggers and selectors came to in it. */
  readonly resolutions: readonly Resolution[];
  /** What was violated, when, and during which event. */
  readonly property: string;
  readonly atUs: number;
  readonly seq: number;
  /** Where the runs end, in virtual microseconds. */
  readonly untilUs: number;
}

/** One run: without an episode of the plan (by id), or reseeded at an event, after an instant. */
export type WhatIfRun = { readonly without: number } | { readonly reseedAt: ReseedAt; readonly atUs: number };

/** What one run came to. */
export interface WhatIfOutcome {
  readonly outcome: WithoutFault['outcome'];
  readonly property: string | null;
  readonly atUs: number | null;
}

/** All runs that are to be made, and what they are about. */
export interface WhatIfQuestion {
  readonly subject: WhatIfSubject;
  /** First those of `without`, then those of `instants`, `runs` each. */
  readonly tasks: readonly WhatIfRun[];
  readonly without: readonly { readonly episode: number; readonly fault: string; readonly fromUs: number }[];
  /** `step`: of the story, from 1; 0: none. */
  readonly instants: readonly { readonly seq: number; readonly atUs: number; readonly step: number }[];
  readonly runs: number;
}

/** What is known of the run that violated. */
export interface WhatIfFacts {
  readonly plan: ScenarioPlan;
  readonly result: SeedResult;
  /** Of its first finding. */
  readonly story: Story;
  /** How long an operation may take in a healed phase: the scenario's. */
  readonly progressBoundUs: number;
  /** Its events, as they were recorded, in the order of the run. */
  readonly steps: Pick<StepColumns, 'seq' | 'at'>;
  readonly decisions?: readonly Decision[];
}

/**
 * Which runs to make about the first finding of a run.
 * @param eventsMax bound for the events of all runs together: runs of many events are fewer, or none
 * @throws Error where nothing was violated
 */
export function askWhatIf(facts: WhatIfFacts, eventsMax: number = standardEventsMax): WhatIfQuestion {
  const { plan, result, story } = facts;
  const [finding] = result.findings;
  if (finding === undefined) throw new Error('what if is asked about a violation; this run held');
  const lengthUs = planLengthUs(plan.world);
  const ofHistory = judgesHistories(finding.property);
  // A finding that was made while the run went on ended it there.
  const atEnd = result.virtualUs >= lengthUs && !ofHistory;
  const told = story.at(-1) ?? finding;
  // A server that is found to hear nothing may have done nothing for long: then its story ends long before the violation.
  const isToldWhole = told.at >= (finding.evidence.at(-1)?.at ?? finding.at);
  const conflict = atEnd || ofHistory || isToldWhole ? told : finding;
  const foundUs = ofHistory ? conflict.at : finding.at;
  const ownUs = finding.property === 'progress' ? Math.max(graceUs, facts.progressBoundUs) : graceUs;
  const untilUs = atEnd ? lengthUs : Math.min(lengthUs, foundUs + ownUs);
  const subject: WhatIfSubject = {
    ...{ seed: result.seed, plan, decisions: facts.decisions ?? [], resolutions: result.resolutions },
    ...{ property: finding.property, atUs: conflict.at, seq: conflict.seq, untilUs },
  };
  // A run of the same length has about as many events.
  const events = Math.max(1, (result.events * untilUs) / Math.max(1, result.virtualUs));
  const without = faultsBefore(subject).slice(0, Math.min(withoutMax, Math.floor(eventsMax / 4 / events)));
  const runsMax = Math.floor((eventsMax - without.length * events) / events);
  const many = Math.min(instantsMax, Math.floor(runsMax / runsPerInstantStep));
  const instants = many < 2 ? [] : instantsOf(subject, story, facts.steps, many);
  const runs = instants.length === 0 ? 0 : Math.min(runsPerInstant, wholeSteps(runsMax / instants.length));
  const tasks: WhatIfRun[] = without.map(({ episode }) => ({ without: episode }));
  for (const { seq, atUs } of instants) {
    // The event of the instant is the last of the past.
    for (let salt = 1; salt <= runs; salt += 1) tasks.push({ reseedAt: { seq: seq + 1, salt }, atUs });
  }
  return { subject, tasks, without, instants, runs };
}

function wholeSteps(runs: number): number {
  return Math.floor(runs / runsPerInstantStep) * runsPerInstantStep;
}

/** Whether what the property says of a whole run holds of any beginning of it: operations that are open then may still end. */
function judgesHistories(property: string): boolean {
  return property.startsWith('linearizable-');
}

/** Episodes that struck before the violation: those nearest to it, in force or over, first. */
function faultsBefore({ plan, resolutions, atUs }: WhatIfSubject): WhatIfQuestion['without'] {
  const { servers, episodes } = plan.world;
  const struck = episodes.flatMap((episode) => {
    if (episode.fault === restCutOff.id) return [];
    const strike = strikeOf(episode, resolutions);
    return strike === null || strike.fromUs > atUs ? [] : [{ episode, ...strike }];
  });
  struck.sort((a, b) => agoOf(a, atUs) - agoOf(b, atUs) || b.fromUs - a.fromUs);
  return struck.map(({ episode, hosts, fromUs }) => ({
    episode: episode.id,
    fault: `${episode.fault} of ${hosts.map((host) => hostName(host, servers)).join(', ')} at ${instant(fromUs)}`,
    fromUs,
  }));
}

function agoOf({ fromUs, episode }: { fromUs: number; episode: Episode }, atUs: number): number {
  return Math.max(0, atUs - fromUs - episode.durationUs);
}

/** When and where an episode struck; null where it did not. */
function strikeOf(
  { id, when, target }: Episode,
  resolutions: readonly Resolution[],
): { readonly fromUs: number; readonly hosts: readonly number[] } | null {
  const resolution = resolutions.find(({ episode }) => episode === id);
  if (resolution !== undefined) {
    return resolution.hosts.length === 0 ? null : { fromUs: resolution.atUs, hosts: resolution.hosts };
  }
  return 'atUs' in when && 'hosts' in target ? { fromUs: when.atUs, hosts: target.hosts } : null;
}

interface Instant {
  readonly seq: number;
  readonly atUs: number;
  readonly step: number;
}

/** The steps of the story before the violation, and events in the widest gaps of time that they leave, from the run's beginning on. */
function instantsOf(
  { atUs, seq }: WhatIfSubject,
  story: Story,
  steps: WhatIfFacts['steps'],
  many: number,
): readonly Instant[] {
  const told = story.filter((step, i) => step.seq > 0 && step.seq < seq && step.seq !== story[i + 1]?.seq);
  const instants: Instant[] = told.map((step) => ({ seq: step.seq, atUs: step.at, step: step.number }));
  const gapAfter = (i: number): number => (instants[i + 1]?.atUs ?? atUs) - (instants[i]?.atUs ?? 0);
  // Of steps that almost coincide one will do; the last one before the violation stays.
  while (instants.length > many) {
    const gaps = instants.slice(0, -1).map((_, i) => gapAfter(i));
    instants.splice(gaps.indexOf(Math.min(...gaps)), 1);
  }
  const filled = new Set<number>();
  while (instants.length < many) {
    const places = [...Array(instants.length + 1).keys()].map((i) => i - 1);
    const open = places.filter((i) => !filled.has(instants[i]?.seq ?? 0));
    if (open.length === 0) break;
    const widest = open.reduce((a, b) => (gapAfter(b) > gapAfter(a) ? b : a));
    const from = instants[widest] ?? { seq: 0, atUs: 0 };
    const to = instants[widest + 1] ?? { seq, atUs };
    const middle = middleOf(from, to, steps);
    if (middle === null) filled.add(from.seq);
    else instants.splice(widest + 1, 0, middle);
  }
  return instants;
}

/** The last event of the first half of a span of time; null where none lies between its ends. */
function middleOf(
  from: { readonly seq: number; readonly atUs: number },
  to: { readonly seq: number; readonly atUs: number },
  { seq, at }: WhatIfFacts['steps'],
): Instant | null {
  const middleUs = (from.atUs + to.atUs) / 2;
  const place = countWhile(at.length, (i) => at[i]! <= middleUs) - 1;
  const event = seq[place];
  if (event === undefined || event <= from.seq || event >= to.seq) return null;
  return { seq: event, atUs: at[place]!, step: 0 };
}

/** Makes one run. `onProgress` is told the virtual time now and then. */
export function runWhatIf(
  scenario: Scenario,
  subject: WhatIfSubject,
  run: WhatIfRun,
  onProgress?: (virtualUs: number) => void,
): WhatIfOutcome {
  const { seed, decisions, property } = subject;
  const reseeded = 'reseedAt' in run;
  // A reseeded run asks after one property: another one that breaks first would hide it.
  const asked = reseeded ? scenario.properties.filter(({ id }) => id === property) : scenario.properties;
  const cutShort = subject.untilUs < planLengthUs(subject.plan.world);
  const properties = cutShort ? asked.map(ofBeginnings) : asked;
  const options: RunOptions = {
    ...{ decisions, untilUs: subject.untilUs, tellStory: false },
    ...(reseeded ? reseededOptions(subject, run) : withoutOptions(subject, run.without)),
    ...(onProgress !== undefined && { onProgress }),
  };
  const { findings, undecided } = runSeed({ ...scenario, properties }, seed, options);
  const finding = findings.find((one) => one.property === property) ?? findings[0];
  if (finding !== undefined) {
    const same = finding.property === property;
    const atUs = finding.evidence.at(-1)?.at ?? finding.at;
    return { outcome: same ? 'still' : 'other', property: same ? null : finding.property, atUs };
  }
  if (undecided.length === 0) return { outcome: 'held', property: null, atUs: null };
  return { outcome: 'undecided', property: undecided[0]!.property, atUs: null };
}

/** The property as it judges a run that is cut. */
function ofBeginnings(property: Property): Property {
  if (judgesHistories(property.id)) return property;
  return { ...property, watch: (context) => ({ on: property.watch(context).on }) };
}

function withoutOptions({ plan, resolutions }: WhatIfSubject, id: number): RunOptions {
  const episodes = plan.world.episodes.filter((episode) => episode.id !== id);
  return {
    plan: { ...plan, world: { ...plan.world, episodes } },
    resolutions: resolutions.filter(({ episode }) => episode !== id),
  };
}

function reseededOptions(
  { plan, resolutions }: WhatIfSubject,
  { reseedAt, atUs }: Extract<WhatIfRun, { readonly reseedAt: ReseedAt }>,
): RunOptions {
  return { plan, resolutions: resolutions.filter((resolution) => resolution.atUs <= atUs), reseedAt };
}

/** Adds up what the runs came to, in the order of `tasks`. */
export function answerWhatIf(question: WhatIfQuestion, outcomes: readonly WhatIfOutcome[]): WhatIf {
  const { without, instants, runs } = question;
  const curve = instants.map(({ atUs, seq, step }, i): Measured => {
    const from = without.length + i * runs;
    const own = outcomes.slice(from, from + runs);
    const violated = own.filter(({ outcome }) => outcome === 'still').length;
    const held = own.filter(({ outcome }) => outcome === 'held').length;
    return { atUs, seq, step, violated, undecided: runs - violated - held };
  });
  return {
    without: without.map(({ fault, fromUs }, i) => ({ fault, fromUs, ...outcomes[i]! })),
    reseeded: curve.length === 0 ? null : reseededOf(curve, runs),
  };
}

type Measured = Instant & { readonly violated: number; readonly undecided: number };

function reseededOf(curve: readonly Measured[], runs: number): Reseeded {
  const lastHeld = curve.findLastIndex(({ violated }) => violated < runs);
  const from = curve.slice(lastHeld + 1).find(({ step }) => step > 0);
  return {
    runs,
    instants: curve.map(({ atUs, seq, violated, undecided }) => ({ atUs, seq, violated, undecided })),
    inevitableStep: from?.step ?? null,
    inevitableUs: from?.atUs ?? null,
  };
}

/** Asks, runs and answers, in this thread. `onProgress` is told after each run how many are done, and of how many. */
export function whatIf(
  scenario: Scenario,
  facts: WhatIfFacts,
  options: { readonly eventsMax?: number; readonly onProgress?: (done: number, of: number) => void } = {},
): WhatIf {
  const question = askWhatIf(facts, options.eventsMax);
  const outcomes: WhatIfOutcome[] = [];
  for (const task of question.tasks) {
    outcomes.push(runWhatIf(scenario, question.subject, task));
    options.onProgress?.(outcomes.length, question.tasks.length);
  }
  return answerWhatIf(question, outcomes);
}
