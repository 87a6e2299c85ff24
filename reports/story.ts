/**
 * The story of a violation: five to twelve steps out of the causal past of the observations that conflict, each in a sentence, in the order of the run.
 * Terminal, JUnit, Markdown and the page tell the same one under the same numbers.
 *
 * All that is told happened before the conflict in the sense of `causality.ts`, and so may have led to it; but for faults of the plan, which
 * come from outside. Which of it matters is decided by the rules of `story-rules.ts`.
 */
import type { Observation } from '../core/observe.ts';
import { causalPast, causesOf } from './causality.ts';
import type { Causes } from './causality.ts';
import { hostName } from './figures.ts';
import { oneLine, tellObservation } from './observation-words.ts';
import { stepText } from './step-words.ts';
import { countWhile, observationsOf } from './run-record.ts';
import type { RunRecord } from './run-record.ts';
import { conflictOf, subjectOf } from './story-conflict.ts';
import type { ConflictStep, Subject } from './story-conflict.ts';
import { faded, ruleMax, weigh, weightMin } from './story-rules.ts';
import type { Weighed } from './story-rules.ts';
import { sentenceMax, storyStepsMax, storyStepsMin } from './story-step.ts';
import type { Story, StoryRule } from './story-step.ts';
import type { FindingData } from './tally.ts';

/** A fault that ended this long before the conflict still counts as in force. */
const faultLingersUs = 2_000_000;
/** Messages that keep things as they are: they tell nothing. */
const routine = /heartbeat|ping|keepalive/i;

/** A step that may be told. */
interface Candidate extends Weighed {
  readonly step: number;
  readonly text: string;
}

/**
 * Tells the story of a finding. Empty only where nothing was recorded.
 * @param record the run up to the violation, or beyond it
 */
export function tellStory(record: RunRecord, finding: FindingData): Story {
  const conflict = conflictOf(record, finding);
  if (conflict.length === 0) return [];
  const causes = causesOf(record);
  const past = causalPast(
    causes,
    conflict.map((one) => one.step),
  );
  const subject = subjectOf(record, conflict, finding);
  const told = conflictsTold(record, conflict);
  const found = [
    ...observed(record, causes, past, conflict, subject),
    ...heard(record, causes, conflict, subject),
  ].filter(({ step }) => !told.some((one) => one.step === step));
  const faults = faultsInForce(record, conflict, subject);
  const before = told.length + faults.length;
  const chosen = [...told, ...choose(record, strongest(found), before, storyStepsMax - before)];
  const filled = [...chosen, ...near(record, past, conflict, chosen)];
  return inOrder(record, filled, faults);
}

/** The conflict itself; of more than there is room for the first and the last ones. */
function conflictsTold(record: RunRecord, conflict: readonly ConflictStep[]): Candidate[] {
  const [first, ...rest] = conflict;
  const kept = first === undefined ? [] : [first, ...rest.slice(-(ruleMax.conflict - 1))];
  return kept.map((one) => ({
    step: one.step,
    rule: 'conflict',
    weight: 100,
    text: conflictText(record, one),
  }));
}

/** In the words of the finding where they make a sentence and are about that very instant; else in those of the observation. */
function conflictText(record: RunRecord, { step, evidence, observation }: ConflictStep): string {
  if (evidence !== null && (observation === null || evidence.at === record.steps.at[step])) {
    const said = asSentence(evidence.text);
    if (said !== null) return said;
  }
  if (observation !== null) return tellObservation(observation, record.servers);
  return evidence?.text ?? stepText(record, step);
}

/** Evidence of the package's properties as the rest of a sentence; null where it is none. */
function asSentence(evidence: string): string | null {
  const operation = /^process \d+: (.*)$/s.exec(evidence)?.[1];
  if (operation !== undefined) return `was answered: ${operation}`;
  const waits = /^operation (\d+) still waits$/.exec(evidence)?.[1];
  if (waits !== undefined) return `still waits for operation ${waits}`;
  if (/^(elected|durable|at)\b/.test(evidence)) return `was ${evidence}`;
  if (evidence.startsWith('broken ')) return `broke ${evidence.slice('broken '.length)}`;
  return /^([a-z]+ed|held|holds|heard|took|found)\b/.test(evidence) ? evidence : null;
}

/** The rules that look at observations. What every replica tells when it applies it is told of the first one only: the others came to know. */
function observed(
  record: RunRecord,
  causes: Causes,
  past: Uint8Array,
  conflict: readonly ConflictStep[],
  subject: Subject,
): Candidate[] {
  const { steps, observations } = record;
  const from = steps.at[conflict[0]!.step]!;
  const first = new Set<string>();
  const found: Candidate[] = [];
  const leaders = new Map<number, Candidate>();
  for (const { step, observation } of observations) {
    if (past[step] !== 1) continue;
    const mine = subject.hosts.has(steps.host[step]!);
    const weighed = weigh(observation, mine, subject);
    // The first boot of a host is no news.
    if (weighed === null || (observation.kind === 'started' && causes.previous[step]! < 0)) continue;
    if (weighed.rule === 'object') {
      const same = JSON.stringify(observation);
      if (first.has(same)) continue;
      first.add(same);
    }
    const { rule } = weighed;
    const weight = weighed.weight - faded(observation, from - steps.at[step]!);
    const candidate = { rule, weight, step, text: sentence(record, step, observation, rule) };
    if (observation.kind === 'leaderElected') {
      leaders.set(anybody, candidate);
      if (mine) leaders.set(steps.host[step]!, candidate);
    }
    found.push(candidate);
  }
  return [...found, ...[...leaders].map(([host, one]) => raised(one, host === anybody ? 67 : 60))];
}

/** For the last leader of all, in a table by host. */
const anybody = -1;

function raised(candidate: Candidate, weight: number): Candidate {
  return { ...candidate, weight: Math.max(candidate.weight, weight) };
}

/** An observation in words, with the message that made the host observe it, where it did. */
function sentence(record: RunRecord, step: number, observation: Observation, rule: StoryRule): string {
  const { steps, messages, servers } = record;
  const text = tellObservation(observation, servers);
  const message = steps.message[step]!;
  const leading = (observation as { leading?: unknown }).leading === true;
  if (message < 0 || leading || (rule !== 'entry' && rule !== 'election')) return text;
  return `${text}, on ${messages.label[message]!} from ${hostName(steps.host[messages.step[message]!]!, servers)}`;
}

/** The rule `message`. */
function heard(
  record: RunRecord,
  causes: Causes,
  conflict: readonly ConflictStep[],
  subject: Subject,
): Candidate[] {
  const { steps, messages } = record;
  const found: Candidate[] = [];
  for (const { step } of conflict) {
    const answering = causes.sender[step]!;
    if (answering >= 0 && !routine.test(messages.label[steps.message[step]!]!)) {
      const toClient = steps.host[step]! >= record.servers;
      const weight = subject.ofMachine && !toClient ? 22 : 68;
      found.push({ rule: 'message', weight, step: answering, text: senderText(record, answering, subject) });
    }
  }
  return [...found, ...lastHeard(record, causes, conflict.at(-1)!.step, subject)];
}

/** Steps of a host that are looked through for what it heard last. */
const heardLookBack = 10_000;

/** By which messages the host of this step last heard of the others of the conflict. */
function lastHeard(record: RunRecord, causes: Causes, of: number, subject: Subject): Candidate[] {
  const { steps, messages } = record;
  const found: Candidate[] = [];
  const from = new Set<number>();
  let step = of;
  for (let looked = 0; step >= 0 && looked < heardLookBack; looked += 1, step = causes.previous[step]!) {
    const message = steps.message[step]!;
    if (message < 0 || routine.test(messages.label[message]!)) continue;
    const sender = steps.host[messages.step[message]!]!;
    if (from.has(sender) || !subject.hosts.has(sender) || sender === steps.host[of]) continue;
    from.add(sender);
    found.push({ rule: 'message', weight: 45, step, text: stepText(record, step) });
  }
  return found;
}

/** What a step that sent something did, by what it observed where that says it. */
function senderText(record: RunRecord, step: number, subject: Subject): string {
  let best: Observation | null = null;
  let weight = 0;
  for (const { observation } of observationsOf(record, step)) {
    const weighed = weigh(observation, true, subject);
    // What became of the object says more than which entry it was.
    const said =
      weighed?.rule === 'object'
        ? 100 + weighed.weight
        : (weighed?.weight ?? telling.indexOf(observation.kind) + 1);
    if (said <= weight) continue;
    best = observation;
    weight = said;
  }
  return best === null ? stepText(record, step) : tellObservation(best, record.servers);
}

/** Kinds that say why a message was sent, though no rule weighs them; the last one says most. */
const telling = ['applied', 'entryAppended', 'voted', 'readServed'];

/** Of the candidates that are one step, the one that matters most. */
function strongest(found: readonly Candidate[]): Candidate[] {
  const byStep = new Map<number, Candidate>();
  for (const one of found) {
    const known = byStep.get(one.step);
    if (known === undefined || one.weight > known.weight) byStep.set(one.step, one);
  }
  return [...byStep.values()];
}

/**
 * The weightiest, of equals the latest; no more of one rule than it may have, and nothing that matters little beyond five in all.
 * @param told how many are told already
 */
function choose(
  record: RunRecord,
  candidates: readonly Candidate[],
  told: number,
  room: number,
): Candidate[] {
  const chosen: Candidate[] = [];
  const used = new Map<StoryRule, number>();
  const said = new Set<string>();
  for (const one of [...candidates].sort((a, b) => b.weight - a.weight || b.step - a.step)) {
    if (chosen.length >= room) break;
    if (one.weight < weightMin && told + chosen.length >= storyStepsMin) break;
    const before = used.get(one.rule) ?? 0;
    // The same words again say nothing new: a write refused, twenty times.
    const words = `${record.steps.host[one.step]!} ${one.text}`;
    if (before >= ruleMax[one.rule] || said.has(words)) continue;
    used.set(one.rule, before + 1);
    said.add(words);
    chosen.push(one);
  }
  return chosen;
}

/** The rule `near`: fills a story up to five. */
function near(
  record: RunRecord,
  past: Uint8Array,
  conflict: readonly ConflictStep[],
  chosen: readonly Candidate[],
): Candidate[] {
  const { steps, messages } = record;
  const missing = storyStepsMin - chosen.length;
  if (missing <= 0) return [];
  const taken = new Set(chosen.map((one) => one.step));
  const found: Candidate[] = [];
  for (const quiet of [false, true]) {
    for (let step = conflict.at(-1)!.step; step >= 0 && found.length < missing; step -= 1) {
      if (past[step] !== 1 || taken.has(step)) continue;
      const message = steps.message[step]!;
      if (!quiet && (message < 0 || routine.test(messages.label[message]!))) continue;
      taken.add(step);
      found.push({ rule: 'near', weight: 0, step, text: stepText(record, step) });
    }
  }
  return found;
}

/** The faults in force around the conflict that concern its hosts, else any; those that began last. Crashes show as steps of their hosts. */
function faultsInForce(record: RunRecord, conflict: readonly ConflictStep[], subject: Subject): StoryFault[] {
  const { steps, faults, servers } = record;
  const from = steps.at[conflict[0]!.step]!;
  const until = steps.at[conflict.at(-1)!.step]!;
  const isStep = (seq: number): boolean =>
    steps.seq[countWhile(steps.seq.length, (step) => steps.seq[step]! < seq)] === seq;
  const around = faults.filter(
    (fault) => fault.fromUs <= until && fault.toUs >= Math.min(from, until - faultLingersUs),
  );
  const outside = around.filter((fault) => !isStep(fault.seq));
  const concerned = outside.filter((fault) => fault.hosts.some((one) => subject.hosts.has(one)));
  return (concerned.length > 0 ? concerned : outside)
    .slice(-ruleMax.fault)
    .map(({ fault, hosts, seq, fromUs }) => ({
      seq,
      at: fromUs,
      text: `${fault}${hosts.length === 0 ? '' : ` of ${hosts.map((one) => hostName(one, servers)).join(', ')}`} began`,
    }));
}

interface StoryFault {
  readonly seq: number;
  readonly at: number;
  readonly text: string;
}

function inOrder(record: RunRecord, chosen: readonly Candidate[], faults: readonly StoryFault[]): Story {
  const { steps, messages, servers } = record;
  const told = chosen.map(({ step, text, rule }) => {
    const node = steps.host[step]!;
    const message = steps.message[step]!;
    const sent = messages.step[message];
    return {
      seq: steps.seq[step]!,
      at: steps.at[step]!,
      node,
      text: cut(text, sentenceMax - hostName(node, servers).length - 1),
      rule,
      ...(sent !== undefined && {
        message: { from: steps.host[sent]!, label: messages.label[message]!, seq: steps.seq[sent]! },
      }),
    };
  });
  const outside = faults.map((fault) => ({
    ...fault,
    text: cut(fault.text, sentenceMax),
    node: null,
    rule: 'fault' as const,
  }));
  return [...told, ...outside]
    .sort((a, b) => a.seq - b.seq || (a.node ?? -1) - (b.node ?? -1))
    .map((one, i) => ({ number: i + 1, ...one }));
}

function cut(text: string, length: number): string {
  const line = oneLine(text).replaceAll(/\s+/g, ' ');
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
