/** What a search for a node, a key or a kind finds on the lanes. */
import { hostName } from '../figures.ts';
import type { RunPage } from './run-page.ts';

/** Words longer than this are not looked for: a paste is no search. */
const wordMax = 40;
const wordsMax = 8;

/** The words of a search: names of hosts, and others, which may stand anywhere in a text. */
export interface LaneFilter {
  readonly words: readonly string[];
  readonly hosts: ReadonlySet<number>;
  readonly texts: readonly string[];
}

/** Reads a search; null where nothing was typed. */
export function laneFilter(page: RunPage, typed: string): LaneFilter | null {
  const words = searchWords(typed);
  if (words.length === 0) return null;
  const { servers, hosts } = page.about;
  const byName = new Map(Array.from({ length: hosts }, (_, host) => [hostName(host, servers), host]));
  const found = words.flatMap((word) => byName.get(word) ?? []);
  return { words, hosts: new Set(found), texts: words.filter((word) => !byName.has(word)) };
}

/** The words that were typed, in small letters. */
export function searchWords(typed: string): readonly string[] {
  return typed
    .slice(0, wordMax * wordsMax)
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, wordsMax)
    .map((word) => word.slice(0, wordMax));
}

/** Whether a text has all words that are no names of hosts. */
export function hasTexts({ texts }: LaneFilter, ...of: readonly (string | undefined)[]): boolean {
  return texts.every((word) => of.some((text) => text !== undefined && text.toLowerCase().includes(word)));
}

/** Whether one of these hosts is meant; all are where no host was named. */
export function hasHost({ hosts }: LaneFilter, ...of: readonly number[]): boolean {
  return hosts.size === 0 || of.some((host) => hosts.has(host));
}

/** Whether a message is found: by one of its ends, and by its label. */
export function findsMessage({ timeline }: RunPage, filter: LaneFilter, place: number): boolean {
  const { from, to, label, labels } = timeline.messages;
  return hasHost(filter, from[place]!, to[place]!) && hasTexts(filter, labels[label[place]!]);
}

/** Whether an operation is found: by its client, and by what it was about. */
export function findsOperation({ timeline }: RunPage, filter: LaneFilter, place: number): boolean {
  const { host, asked, answered, words, object, objects, outcome } = timeline.operations;
  return (
    hasHost(filter, host[place]!) &&
    hasTexts(filter, words[asked[place]!], words[answered[place]!], objects[object[place]!], outcome[place])
  );
}

/** Whether an event is found: by its host, and by its kind, its text or the label of what it received. */
export function findsEvent({ timeline }: RunPage, filter: LaneFilter, place: number): boolean {
  const { events, messages } = timeline;
  const message = events.message[place]!;
  const label = message >= 0 ? messages.labels[messages.label[message]!] : undefined;
  return (
    hasHost(filter, events.host[place]!) &&
    hasTexts(filter, events.kinds[events.kind[place]!], events.texts[place], label)
  );
}
