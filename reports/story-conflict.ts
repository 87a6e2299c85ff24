/** Where a violation happened in a recorded run, and what it is about: the steps that its evidence names, and the entries, terms, names and numbers in them. */
import type { Observation } from '../core/observe.ts';
import type { EvidenceData, FindingData } from './tally.ts';
import { countWhile, observationsOf } from './run-record.ts';
import type { ObservedStep, RunRecord } from './run-record.ts';

/** A step that speaks for a violation. */
export interface ConflictStep {
  readonly step: number;
  /** What the finding says of it; null where the finding has no evidence. */
  readonly evidence: EvidenceData | null;
  /** The observation of that step that the evidence is about; null where none fits. */
  readonly observation: Observation | null;
}

/** What a violation is about. */
export interface Subject {
  /** Hosts of the conflict, those whose messages made it, and the clients who asked for the entries that it observed. */
  readonly hosts: ReadonlySet<number>;
  /** Whether what conflicts are transitions of the replicated machine, or answers to clients: how entries travelled then matters little. */
  readonly ofMachine: boolean;
  /** Whether it is about who was elected, and by whom. */
  readonly ofElection: boolean;
  /** Log indexes and terms. */
  readonly indexes: ReadonlySet<number>;
  readonly terms: ReadonlySet<number>;
  /** Locks, barriers and keys. */
  readonly names: ReadonlySet<string>;
  readonly sessions: ReadonlySet<number>;
  readonly tokens: ReadonlySet<number>;
  readonly generations: ReadonlySet<number>;
  /** Operations of clients. */
  readonly operations: ReadonlySet<number>;
}

/** Evidence of which nothing at its own instant speaks is looked for in so many observations before it. */
const lookBackMax = 20_000;

/** The words of a text, numbers apart: what evidence and an observation can have in common. */
function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/\d+|[a-z]{4,}|[a-z]+\d+/g) ?? []);
}

/** The same, of an observation: its values, and the words of its kind. */
function wordsOfObservation(observation: Observation): Set<string> {
  const words = wordsOf(observation.kind.replaceAll(/[A-Z]/g, (letter) => ` ${letter}`));
  for (const value of Object.values(observation)) {
    if (typeof value === 'number' || typeof value === 'string') words.add(String(value).toLowerCase());
    else if (typeof value === 'object' && value !== null)
      for (const word of wordsOf(JSON.stringify(value))) words.add(word);
  }
  return words;
}

function inCommon(words: ReadonlySet<string>, observation: Observation): number {
  let score = 0;
  for (const word of wordsOfObservation(observation)) if (words.has(word)) score += 1;
  return score;
}

/**
 * The steps of a finding's evidence, in order, each once; without any the last step of the hosts that it names, or of the run.
 * Evidence names a host and an instant: its step is that host's at that instant, of several the one whose observations have most in common with its
 * words; where the host did nothing then, the last one before that has anything in common.
 */
export function conflictOf(record: RunRecord, finding: FindingData): ConflictStep[] {
  const { steps } = record;
  const found = finding.evidence
    .map((evidence) => stepOfEvidence(record, evidence, finding.seq))
    .filter((one) => one !== null);
  const byStep = new Map<number, ConflictStep>();
  for (const one of found) if (byStep.get(one.step)?.observation == null) byStep.set(one.step, one);
  if (byStep.size === 0) {
    const hosts = new Set(finding.nodes);
    let step = countWhile(steps.seq.length, (at) => steps.seq[at]! <= finding.seq) - 1;
    for (; step >= 0; step -= 1) {
      if (hosts.size > 0 && !hosts.has(steps.host[step]!)) continue;
      byStep.set(step, { step, evidence: null, observation: null });
      break;
    }
  }
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

function stepOfEvidence(record: RunRecord, evidence: EvidenceData, seq: number): ConflictStep | null {
  const { steps, observations } = record;
  const words = wordsOf(evidence.text);
  const until = countWhile(
    steps.seq.length,
    (step) => steps.at[step]! <= evidence.at && steps.seq[step]! <= seq,
  );
  let there = -1;
  let best: ConflictStep | null = null;
  let bestScore = 0;
  const look = ({ step, observation }: ObservedStep): void => {
    if (steps.host[step] !== evidence.node) return;
    const score = inCommon(words, observation);
    if (score <= bestScore) return;
    bestScore = score;
    best = { step, evidence, observation };
  };
  for (let step = until - 1; step >= 0 && steps.at[step] === evidence.at; step -= 1) {
    if (steps.host[step] !== evidence.node) continue;
    if (there < 0) there = step;
    for (const observed of observationsOf(record, step)) look(observed);
  }
  if (there >= 0) return best ?? { step: there, evidence, observation: null };
  const before = countWhile(observations.length, (i) => observations[i]!.step < until);
  for (let i = before - 1; i >= Math.max(0, before - lookBackMax); i -= 1) look(observations[i]!);
  return best;
}

const numberFields: {
  readonly [field: string]: 'indexes' | 'terms' | 'sessions' | 'tokens' | 'generations';
} = {
  ...{ index: 'indexes', place: 'indexes', term: 'terms', session: 'sessions', token: 'tokens' },
  ...{ current: 'tokens', generation: 'generations' },
};

/** What the conflict's observations and the finding's own words are about. */
export function subjectOf(
  record: RunRecord,
  conflict: readonly ConflictStep[],
  finding: FindingData,
): Subject {
  const { steps, messages } = record;
  const subject = {
    hosts: new Set<number>(),
    indexes: new Set<number>(),
    terms: new Set<number>(),
    names: new Set<string>(),
    sessions: new Set<number>(),
    tokens: new Set<number>(),
    generations: new Set<number>(),
    operations: new Set<number>(),
  };
  for (const { step, observation } of conflict) {
    subject.hosts.add(steps.host[step]!);
    const message = steps.message[step]!;
    if (message >= 0) subject.hosts.add(steps.host[messages.step[message]!]!);
    if (observation !== null) gather(observation, subject, 0);
  }
  // An answer does not name its object; the question does.
  for (const { observation } of record.observations) {
    const { kind, id, op } = observation as { kind: string; id?: unknown; op?: unknown };
    if (kind !== 'invoked' || !subject.operations.has(id as number)) continue;
    if (typeof op === 'object' && op !== null) gather(op, subject, 1);
  }
  const said = [finding.message, ...finding.evidence.map((e) => e.text)].join('\n');
  const numbers = (pattern: RegExp, into: Set<number>): void => {
    for (const [, digits] of said.matchAll(pattern)) into.add(Number(digits));
  };
  // Not the seconds of an instant: "at 4.666 s".
  numbers(/\b(?:entry|index|committed|appended|removed|at) (\d+)\b(?!\.\d)/gi, subject.indexes);
  numbers(/\bterm (\d+)/gi, subject.terms);
  numbers(/\bsession (\d+)/gi, subject.sessions);
  numbers(/\btoken (\d+)/gi, subject.tokens);
  numbers(/\bgeneration (\d+)/gi, subject.generations);
  for (const numbersOf of [subject.indexes, subject.terms, subject.sessions, subject.tokens])
    numbersOf.delete(0);
  for (const host of askers(record, conflict)) subject.hosts.add(host);
  const kinds = conflict.map(({ observation }) => observation?.kind ?? '');
  return {
    ...subject,
    ofMachine: kinds.every((kind) => machineKinds.test(kind)),
    ofElection: kinds.some((kind) => electionKinds.test(kind)),
  };
}

/** Kinds of the machine's observations, and of clients'. */
const machineKinds = /^(lock|barrier|session|siblings|fence|answered|invoked|queued|completed)/;

const electionKinds = /^(voted|leaderElected|campaigned|recovered|termChanged|steppedDown)$/;

/** The clients whose requests a leader appended as the entries that the conflict's own observations are about. */
function askers(
  { steps, messages, observations, servers }: RunRecord,
  conflict: readonly ConflictStep[],
): number[] {
  const indexes = new Set(
    conflict.map(({ observation }) => (observation as { index?: unknown } | null)?.index),
  );
  const found: number[] = [];
  for (const { step, observation } of observations) {
    if (observation.kind !== 'entryAppended' || !indexes.has((observation as { index: unknown }).index))
      continue;
    const sent = messages.step[steps.message[step]!];
    const host = sent === undefined ? -1 : steps.host[sent]!;
    if (host >= servers) found.push(host);
  }
  return found;
}

type Gathered = {
  [K in Exclude<keyof Subject, 'ofMachine' | 'ofElection'>]: Subject[K] extends ReadonlySet<infer T>
    ? Set<T>
    : never;
};

function gather(from: object, subject: Gathered, depth: number): void {
  for (const [field, value] of Object.entries(from)) {
    const kind = Object.hasOwn(numberFields, field) ? numberFields[field] : undefined;
    if (typeof value === 'number' && kind !== undefined) subject[kind].add(value);
    if (typeof value === 'string' && ['lock', 'barrier', 'key', 'parent'].includes(field) && value !== '')
      subject.names.add(value);
    if (field === 'id' && typeof value === 'number' && depth === 0) subject.operations.add(value);
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < 2)
      gather(value, subject, depth + 1);
  }
}
