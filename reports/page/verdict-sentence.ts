/** The verdict in one past-tense sentence: who did what to which, then the number that makes it wrong (`style.md`, "Words"). */
import { hostName, instant } from '../figures.ts';
import { shortValue, operationWords } from '../observation-words.ts';
import type { FindingData } from '../tally.ts';
import { oneLine } from '../visible-text.ts';
import { othersAnswered, staleWrite } from './conflict-pair.ts';
import type { PairSources } from './conflict-pair.ts';
import { answerWords } from './operation-table.ts';
import type { AskedOperation } from './operation-table.ts';

/** A sentence is cut at this length: more is not read at a glance. */
const sentenceMax = 200;

/** The sentence, without a full stop, and what else the finding's message says. */
export interface VerdictSentence {
  readonly sentence: string;
  readonly rest: readonly string[];
}

/** The sentence of a finding. */
export function verdictSentence(known: PairSources, finding: FindingData): VerdictSentence {
  const own = ofStaleWrite(known, finding) ?? ofHistory(known, finding) ?? ofMessage(known, finding);
  const sentences = sentencesOf(finding.message);
  if (own !== null) return { sentence: oneLine(own, sentenceMax), rest: sentences };
  const [first = finding.property, ...rest] = sentences;
  return { sentence: oneLine(first.replace(/\.$/, ''), sentenceMax), rest };
}

/** A message of anybody's is looked at so far. */
const lookedMax = 8_000;

/** The sentences of a message. One that only announces what the next one says is left out. */
function sentencesOf(message: string): string[] {
  const all = message
    .slice(0, lookedMax)
    .split(/(?<=[.:]) (?=[A-Z])|\n/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const [first = '', next] = all;
  if (next === undefined) return all;
  // What ends in a colon says nothing alone: `n0 threw:`.
  if (first.endsWith(':')) return [`${first} ${next}`, ...all.slice(2)];
  return /^An acknowledged entry is /.test(first) ? all.slice(1) : all;
}

function ofStaleWrite(known: PairSources, { property }: FindingData): string | null {
  const stale = property === 'no-stale-write' ? staleWrite(known) : null;
  if (stale === null || !stale.passed) return null;
  const { lock, token, current, operation, atUs, node, freedUs } = stale;
  const write = operation === null ? 'a write' : `${name(known, operation.host)}’s ${writeWord(operation)}`;
  const head = `${name(known, node)} applied ${write} under token ${token}`;
  if (current !== null)
    return `${head} ${instant(atUs - current.fromUs)} after lock ${shortValue(lock)} had passed to ${current.holder} with token ${current.token}`;
  if (freedUs !== null)
    return `${head} ${instant(atUs - freedUs)} after lock ${shortValue(lock)} had been freed`;
  return null;
}

function writeWord({ op }: AskedOperation): string {
  const f = (op as { f?: unknown } | null)?.f;
  return f === 'put' || typeof f !== 'string' ? 'write' : shortValue(f);
}

/** `c2 was answered 4000042 to get k0 0.067 s after c1 had been answered ok to put k0 = 1000289`. */
function ofHistory(known: PairSources, finding: FindingData): string | null {
  if (!finding.property.startsWith('linearizable')) return null;
  const operation = known.asked.find((one) => known.blamed.has(one.id));
  if (operation === undefined || operation.toUs < 0) return null;
  const said = (one: AskedOperation): string =>
    `answered ${answerWords(one.value)} to ${operationWords(one.op)}`;
  const head = `${name(known, operation.host)} was ${said(operation)}`;
  const before = othersAnswered(known, finding, operation).findLast((one) => one.toUs <= operation.fromUs);
  if (before === undefined) return `${head}, which fits no order of the operations`;
  return `${head} ${instant(operation.fromUs - before.toUs)} after ${name(known, before.host)} had been ${said(before)}`;
}

/** Of messages that say it the other way round. */
function ofMessage(known: PairSources, { property, message, evidence }: FindingData): string | null {
  const looked = message.slice(0, lookedMax);
  const last = evidence.at(-1);
  if (last === undefined) return null;
  const who = name(known, last.node);
  if (property === 'barrier-not-early') {
    const m =
      /^Generation (\d+) of barrier (.+) tripped at index \d+, when (\d+ of \d+) had arrived for it: it takes (\d+)/.exec(
        looked,
      );
    if (m !== null)
      return `${who} tripped generation ${m[1]} of barrier ${shortValue(m[2])} when ${m[3]} had arrived for it, and it takes ${m[4]}`;
  }
  if (property === 'lease-not-late') {
    const m = /^The lease of lock (.+) \(token (\d+), version \d+, (\d+) us\) was over/.exec(looked);
    const lateUs = m === null ? 0 : last.at - evidence[0]!.at - Number(m[3]);
    if (m !== null && lateUs > 0)
      return `${who} appended an entry with lock ${shortValue(m[1])} held under token ${m[2]} ${instant(lateUs)} after its lease of ${instant(Number(m[3]))} was over`;
  }
  return null;
}

function name({ sources }: PairSources, host: number): string {
  return hostName(host, sources.record.servers);
}
