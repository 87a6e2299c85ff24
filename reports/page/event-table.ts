/** The events and messages of a page, as columns, of those steps of the record that are drawn. */
import type { Observation } from '../../core/observe.ts';
import { shortValue, tellObservation } from '../observation-words.ts';
import { observationsOf } from '../run-record.ts';
import { stepText } from '../step-words.ts';
import { cut } from '../visible-text.ts';
import type { Drawn } from './drawn-steps.ts';
import { answerWords } from './operation-table.ts';
import { isRoutine } from './page-sources.ts';
import type { PageSources } from './page-sources.ts';
import { Places } from './places.ts';
import type { EventTable, MessageTable } from './run-page.ts';

/** Events that have words beside those of the slice and the story: the last ones up to the violation, and those after it. */
const textsMax = 3_000;
/** Characters of a text at most: a trace may have a message of a megabyte. */
const textMax = 1_000;
/** Observations that a text tells at most. */
const toldMax = 3;
/** What every entry and fsync makes: told only where a step has nothing else. */
const dull = /^(fsync|folderSynced|recordsWritten|committed|applied|entryAppended|answeredLate)/;

/** The events. @param told places in the table that need words */
export function eventTable(sources: PageSources, drawn: Drawn, told: readonly number[]): EventTable {
  const { record, past } = sources;
  const { steps } = record;
  const kinds = new Places();
  const messagePlace = new Map(drawn.messages.map((message, place) => [message, place]));
  const last = new Int32Array(record.hosts).fill(-1);
  const previous: number[] = [];
  drawn.steps.forEach((step, place) => {
    const host = steps.host[step]!;
    previous.push(last[host]!);
    last[host] = place;
  });
  const column = (of: readonly number[]): number[] => drawn.steps.map((step) => of[step]!);
  return {
    seq: column(steps.seq),
    atUs: column(steps.at),
    host: column(steps.host),
    kind: drawn.steps.map((step) =>
      kinds.of(steps.kind[step] === '' ? 'step' : shortValue(steps.kind[step]!)),
    ),
    kinds: kinds.names,
    message: drawn.steps.map((step) => messagePlace.get(steps.message[step]!) ?? -1),
    previous,
    past: drawn.steps.map((step) => (past[step] === 1 ? 1 : 0)),
    texts: textsOf(sources, drawn, told),
  };
}

/** The messages. */
export function messageTable({ record }: PageSources, drawn: Drawn): MessageTable {
  const { steps, messages } = record;
  const labels = new Places();
  const column = (make: (message: number) => number): number[] => drawn.messages.map(make);
  const receiver = (message: number): number => drawn.receivedBy[message]!;
  return {
    sent: column((one) => drawn.placeOf[messages.step[one]!]!),
    received: column((one) => drawn.placeOf[receiver(one)] ?? -1),
    from: column((one) => steps.host[messages.step[one]!]!),
    to: column((one) => messages.to[one]!),
    sentUs: column((one) => steps.at[messages.step[one]!]!),
    receivedUs: column((one) => steps.at[receiver(one)] ?? -1),
    label: column((one) => labels.of(shortValue(messages.label[one]!))),
    labels: labels.names,
    routine: drawn.messages.map((one) => (isRoutine(messages.label[one]!) ? 1 : 0)),
  };
}

/** An observation in words; of an answer what it says, not how it is made. */
function observedWords(observation: Observation, servers: number): string {
  const { kind, outcome, value } = observation as Record<string, unknown>;
  return kind === 'completed' && outcome === 'ok'
    ? `was answered: ${answerWords(value)}`
    : tellObservation(observation, servers);
}

/** What an event was, in words: what the host observed, else what came to it. */
function wordsOf({ record }: PageSources, step: number): string {
  const observed = observationsOf(record, step);
  const telling = observed.filter(({ observation }) => !dull.test(observation.kind));
  const received = stepText(record, step);
  const words = telling
    .slice(0, toldMax)
    .map(({ observation }) => observedWords(observation, record.servers));
  if (telling.length > toldMax) words.push(`and ${telling.length - toldMax} more`);
  return cut(words.length === 0 ? received : words.join('; '), textMax);
}

function textsOf(sources: PageSources, drawn: Drawn, told: readonly number[]): { [event: number]: string } {
  const texts: { [event: number]: string } = Object.create(null) as { [event: number]: string };
  const conflict = sources.conflict.at(-1);
  const centre = conflict === undefined ? drawn.steps.length - 1 : drawn.placeOf[conflict.step]!;
  const from = Math.max(0, centre - Math.floor(textsMax * 0.8));
  const around = drawn.steps.slice(from, from + textsMax).map((_, i) => from + i);
  for (const event of [...told, ...around]) texts[event] ??= wordsOf(sources, drawn.steps[event]!);
  return texts;
}
