/**
 * Expected against observed: the two observations that do not fit, in the biggest letters of the page. Of a write under a stale token and of a history
 * by what is known of the operation; of other properties of the package by the words of their findings; of anybody's own by first and last
 * evidence.
 */
import { duration, hostName } from '../figures.ts';
import { operationWords, shortValue } from '../observation-words.ts';
import type { EvidenceData, FindingData } from '../tally.ts';
import { oneLine } from '../visible-text.ts';
import type { EntryAskers } from './entry-askers.ts';
import type { EntryTimes } from './entry-times.ts';
import { answerWords, wholeName } from './operation-table.ts';
import type { AskedOperation } from './operation-table.ts';
import { pairWords } from './pair-words.ts';
import type { PageSources } from './page-sources.ts';
import type { ConflictPair, ConflictSide, KeyLane, LockLane, RoleSpan } from './run-page.ts';
import { numberOf, textOf } from './transitions.ts';
import type { Transition } from './transitions.ts';

/** A message is looked at so far. */
const lookedMax = 4_000;
/** An answer and a reason are kept so far: where the page has no room for all of one it shows the beginning, and the whole when it is asked for. */
const keptMax = 2_000;

/** What is known of the run that a pair may tell. */
export interface PairSources {
  readonly sources: PageSources;
  readonly asked: readonly AskedOperation[];
  readonly askers: EntryAskers;
  readonly times: EntryTimes;
  readonly transitions: readonly Transition[];
  readonly locks: readonly LockLane[];
  readonly keys: readonly KeyLane[];
  readonly roles: readonly RoleSpan[];
  readonly violating: { readonly group: number; readonly index: number };
  readonly blamed: ReadonlySet<number>;
}

/** A holding of the lock that a mutation named, as it was checked. */
export interface StaleWrite {
  readonly lock: string;
  readonly token: number;
  readonly passed: boolean;
  readonly atUs: number;
  readonly node: number;
  readonly index: number;
  readonly operation: AskedOperation | null;
  /** Whose the lock was; null: nobody's. */
  readonly current: LockLane['holdings'][number] | null;
  /** When the lock had last been freed before. */
  readonly freedUs: number | null;
}

/** The pair of a finding. */
export function conflictPair(known: PairSources, finding: FindingData): ConflictPair | null {
  const stale = finding.property === 'no-stale-write' ? staleWrite(known) : null;
  if (stale !== null) return ofStaleWrite(known, stale);
  return ofHistory(known, finding) ?? ofWords(known, finding) ?? ofEvidence(known, finding);
}

/** The mutation under a token that the conflict is about; null where it was none of the group. */
export function staleWrite(known: PairSources): StaleWrite | null {
  const { sources, askers, violating, locks } = known;
  const last = sources.conflict.at(-1);
  if (last?.observation?.kind !== 'fenceChecked') return null;
  const { steps } = sources.record;
  const lock = wholeName(textOf(last.observation, 'lock'));
  const token = numberOf(last.observation, 'token');
  const passed = (last.observation as { passed?: unknown }).passed === true;
  const atUs = steps.at[last.step]!;
  const lane = locks.find((one) => one.name === lock && one.group === violating.group);
  const before = lane?.holdings.filter((one) => one.fromUs <= atUs) ?? [];
  const current = before.findLast((one) => one.toUs > atUs || one.reason === null) ?? null;
  return {
    ...{ lock, token, passed, atUs, node: steps.host[last.step]!, index: violating.index, current },
    operation: askers.operationOf(violating.group, violating.index),
    freedUs: before.findLast((one) => one.reason !== null)?.toUs ?? null,
  };
}

function ofStaleWrite(known: PairSources, stale: StaleWrite): ConflictPair {
  const { lock, token, passed, current, operation, node, atUs, index } = stale;
  const key = known.keys.find((lane) => lane.values.some((one) => one.violating));
  const place = key?.values.findIndex((one) => one.violating) ?? -1;
  const was = key?.values[place - 1]?.text ?? 'nothing';
  const change =
    key === undefined ? '' : `: ${shortValue(key.name)} went from ${was} to ${key.values[place]!.text}`;
  const granted = current === null ? null : grantOf(known, lock, current.token);
  const [right, why] = passed
    ? [
        'STALE_TOKEN',
        current === null ? `${shortValue(lock)} was held by nobody.` : held(lock, current, granted),
      ]
    : ['ok', `Token ${token} was that of ${shortValue(lock)}.`];
  return {
    subject:
      operation === null
        ? `a write under token ${token} of ${shortValue(lock)}`
        : operationWords(operation.op),
    who: operation === null ? null : whoAsked(known, operation, node),
    expected: sideOf(known, right, why, {
      atUs: granted?.atUs ?? stale.freedUs ?? atUs,
      node: granted?.node ?? node,
      entry: granted?.index ?? null,
    }),
    observed: sideOf(
      known,
      passed ? 'ok' : 'STALE_TOKEN',
      `${named(known, node)} ${passed ? 'applied' : 'refused'} it${change}.`,
      {
        ...{ atUs, node, entry: index },
      },
    ),
  };
}

function held(
  lock: string,
  { token, holder }: LockLane['holdings'][number],
  granted: { readonly index: number } | null,
): string {
  const since = granted === null ? '' : ` since entry ${granted.index}`;
  return `${shortValue(lock)}’s token is ${token}${since}, and ${holder} holds it.`;
}

function grantOf(
  { transitions, sources: { record } }: PairSources,
  lock: string,
  token: number,
): { readonly atUs: number; readonly node: number; readonly index: number } | null {
  const found = transitions.find(
    ({ observation }) =>
      observation.kind === 'lockGranted' &&
      wholeName(textOf(observation, 'lock')) === lock &&
      numberOf(observation, 'token') === token,
  );
  if (found === undefined) return null;
  return { atUs: found.atUs, node: record.steps.host[found.step]!, index: found.index };
}

/** Of a history that is not linearizable: what the operation would have found, and what it was answered. */
function ofHistory(known: PairSources, finding: FindingData): ConflictPair | null {
  if (!finding.property.startsWith('linearizable')) return null;
  const operation = known.asked.find((one) => known.blamed.has(one.id));
  if (operation === undefined || operation.toUs < 0) return null;
  const { record } = known.sources;
  const server = operation.answeredBy < 0 ? null : record.steps.host[operation.answeredBy]!;
  const looked = finding.message.slice(0, lookedMax);
  const found = /\bit found (.+?)(?:, or .* if something under way|\. |\.$|$)/s.exec(looked)?.[1];
  const before = othersAnswered(known, finding, operation).at(-1);
  const sure = before === undefined ? null : earlier(known, before, operation);
  return {
    subject: operationWords(operation.op),
    who: whoAsked(known, operation, server),
    expected: sideOf(
      known,
      found ?? 'another answer',
      sure ?? 'No order of the operations gives another answer.',
      {
        ...{
          atUs: before?.toUs ?? operation.fromUs,
          node: before?.host ?? operation.host,
          entry: entryOf(before),
        },
      },
    ),
    observed: sideOf(
      known,
      /→ (.+?) by process \d/s.exec(looked)?.[1] ?? answerWords(operation.value),
      `${server === null ? 'It' : named(known, server, operation.toUs)} answered that to ${nameOf(known, operation.host)}: it fits no order.`,
      {
        ...{ atUs: operation.toUs, node: operation.host, entry: entryOf(operation) },
      },
    ),
  };
}

/** The other operations of the evidence, in the order of their ends. */
export function othersAnswered(
  known: PairSources,
  finding: FindingData,
  but: AskedOperation,
): AskedOperation[] {
  const ends = new Set(finding.evidence.map((one) => `${one.node} ${one.at}`));
  return known.asked
    .filter((one) => one.id !== but.id && one.toUs >= 0 && ends.has(`${one.host} ${one.toUs}`))
    .sort((a, b) => a.toUs - b.toUs);
}

function earlier(known: PairSources, before: AskedOperation, operation: AskedOperation): string | null {
  const gapUs = operation.fromUs - before.toUs;
  if (gapUs <= 0) return null;
  return `${nameOf(known, before.host)} had been answered ${answerWords(before.value)} to ${operationWords(before.op)} ${duration(gapUs)} before.`;
}

function entryOf(operation: AskedOperation | undefined): number | null {
  return operation === undefined || operation.place === 0 ? null : operation.place;
}

function ofWords(known: PairSources, finding: FindingData): ConflictPair | null {
  const { askers, violating } = known;
  const words = pairWords(finding, (session) => askers.nameOf(violating.group, session));
  if (words === null) return null;
  const { expected, observed, entry, expectedEntry } = words;
  const first = finding.evidence[0];
  const last = finding.evidence.at(-1);
  return {
    ...subjectOf(known),
    expected: sideOf(known, expected.answer, expected.reason, {
      ...placeOf(finding, first),
      entry: expectedEntry || null,
    }),
    observed: sideOf(known, observed.answer, observed.reason, {
      ...placeOf(finding, last),
      entry: entry || null,
    }),
  };
}

/** First evidence against last; of one alone the rule against it. */
function ofEvidence(known: PairSources, finding: FindingData): ConflictPair | null {
  const last = finding.evidence.at(-1);
  if (last === undefined) return null;
  const first = finding.evidence[0]!;
  const whole = (evidence: EvidenceData): string => `${nameOf(known, evidence.node)} ${evidence.text}.`;
  const expected =
    first === last
      ? sideOf(known, `${finding.property} holds`, 'That is what the property says.', {
          ...placeOf(finding, last),
          entry: null,
        })
      : sideOf(known, first.text, whole(first), { ...placeOf(finding, first), entry: null });
  return {
    ...subjectOf(known),
    expected,
    observed: sideOf(known, last.text, whole(last), { ...placeOf(finding, last), entry: null }),
  };
}

function placeOf(
  { at, nodes }: FindingData,
  evidence: EvidenceData | undefined,
): { atUs: number; node: number | null } {
  if (evidence !== undefined) return { atUs: evidence.at, node: evidence.node };
  return { atUs: at, node: nodes[0] ?? null };
}

/** Properties that are about what an operation did; others only look at the entry that it happens to be in. */
const ofOperations = /^(exactly-once|lock-exclusion|fencing|fifo|barrier)/;

/** The operation whose entry it is, where it is one's. */
function subjectOf(known: PairSources): { readonly subject: string | null; readonly who: string | null } {
  const { askers, violating, sources } = known;
  const none = violating.index === 0 || !ofOperations.test(sources.finding?.property ?? '');
  const operation = none ? null : askers.operationOf(violating.group, violating.index);
  if (operation === null) return { subject: null, who: null };
  const last = sources.conflict.at(-1);
  const node = last === undefined ? null : sources.record.steps.host[last.step]!;
  return { subject: operationWords(operation.op), who: whoAsked(known, operation, node) };
}

/** `c1, request 12 → n3`. */
function whoAsked(known: PairSources, operation: AskedOperation, server: number | null): string {
  const { sources, times, violating } = known;
  const number =
    operation.number > 0
      ? operation.number
      : (times.requestOf(violating.group, violating.index)?.number ?? 0);
  const ofOwn = operation.number > 0 || (operation.toUs < 0 && number > 0);
  const request = ofOwn ? `, request ${number}` : '';
  const to = server === null || server >= sources.record.servers ? '' : ` → ${nameOf(known, server)}`;
  return `${nameOf(known, operation.host)}${request}${to}`;
}

function nameOf({ sources }: PairSources, host: number): string {
  return hostName(host, sources.record.servers);
}

/** `n3, leader of term 4,`: a server with its role just then. */
function named(known: PairSources, host: number, atUs?: number): string {
  const { sources, roles, violating } = known;
  const last = sources.conflict.at(-1);
  const when = atUs ?? (last === undefined ? 0 : sources.record.steps.at[last.step]!);
  const role = roles.findLast(
    (one) => one.host === host && one.group === violating.group && one.fromUs <= when && when <= one.toUs,
  );
  return role === undefined
    ? nameOf(known, host)
    : `${nameOf(known, host)}, ${role.role} of term ${role.term},`;
}

function sideOf(
  { sources: { story } }: PairSources,
  answer: string,
  reason: string,
  {
    atUs,
    node,
    entry,
  }: { readonly atUs: number; readonly node: number | null; readonly entry: number | null },
): ConflictSide {
  const step = story.findLast((one) => one.at === atUs && one.node === node)?.number ?? null;
  return { answer: oneLine(answer, keptMax), reason: oneLine(reason, keptMax), atUs, node, step, entry };
}
