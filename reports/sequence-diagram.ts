/**
 * A violation as a Mermaid sequence diagram: who told whom, and what happened where, down to the violation. Small enough for the places
 * that show it: GitLab renders no diagram above 2,000 characters without being asked.
 */
import { hostName, instant } from './figures.ts';
import type { ToldViolation } from './tally.ts';
import { oneLine } from './visible-text.ts';

/** Arrows and notes of a diagram. */
export const maxMessages = 12;
/** Characters of a diagram. */
export const maxCharacters = 1_900;
/** Characters of one text, the longest that leaves the diagram within its bound is taken. */
const textLengths = [90, 70, 50, 35, 20, 10];

/** A step of a story: its number, when, which host (null: a fault of the plan), and from whom came the message that it received. */
export interface DiagramStep {
  readonly number: number;
  readonly at: number;
  readonly node: number | null;
  readonly text: string;
  readonly message?: { readonly from: number } | undefined;
}

/** What is drawn: an arrow from a host to another, or a note; `to` is null where it concerns no host in particular. */
interface Line {
  readonly from: number | null;
  readonly to: number | null;
  /** Before the text, never cut. */
  readonly head: string;
  readonly text: string;
}

/**
 * The diagram, without the fence around it: at most 12 messages and 1,900 characters, whatever the texts are. It shows the story of the
 * violation under the same numbers as everywhere; where there is none, the last events before it, the oldest left out (a note says how
 * many).
 */
export function sequenceDiagram(
  told: Omit<ToldViolation, 'story'> & { readonly story?: readonly DiagramStep[] | undefined },
): string {
  const { story = [], ...events } = told;
  const { servers } = events;
  const lines = story.length > 0 ? storyLines(story.slice(-maxMessages)) : eventLines(events);
  for (const length of textLengths) {
    const diagram = draw(lines, servers, length);
    if (diagram.length <= maxCharacters) return diagram;
  }
  throw new Error(`a diagram of ${lines.length} messages is longer than ${maxCharacters} characters`);
}

function draw(lines: readonly Line[], servers: number, length: number): string {
  const hosts = new Set(lines.flatMap(({ from, to }) => [from, to]).filter((host) => host !== null));
  // A note has to stand somewhere.
  if (hosts.size === 0) hosts.add(0);
  const participants = [...hosts].sort((a, b) => a - b).map((host) => hostName(host, servers));
  const ends = [...new Set([participants[0], participants.at(-1)])].join(',');
  const name = (host: number | null): string => (host === null ? ends : hostName(host, servers));
  return [
    'sequenceDiagram',
    ...participants.map((participant) => `  participant ${participant}`),
    ...lines.map(({ from, to, head, text }) => {
      const words = `${head}${mermaidText(text, length)}`;
      return from === null ? `  Note over ${name(to)}: ${words}` : `  ${name(from)}->>${name(to)}: ${words}`;
    }),
  ].join('\n');
}

/** The last step is the violation. */
function storyLines(story: readonly DiagramStep[]): Line[] {
  return story.map(({ number, at, node, text, message }, i) => ({
    from: node === null ? null : (message?.from ?? null),
    to: node,
    head: `${number}. ${instant(at)} ${i === story.length - 1 ? '✗ ' : ''}`,
    text,
  }));
}

function eventLines(told: ToldViolation): Line[] {
  const { finding } = told;
  const all = linesBefore(told);
  const room = maxMessages - 1;
  const shown = all.length <= room ? all : all.slice(all.length - (room - 1));
  const earlier = { from: null, to: null, head: '', text: `${all.length - shown.length} earlier` };
  const where = finding.evidence.at(-1)?.node ?? finding.nodes[0] ?? shown.at(-1)?.to ?? 0;
  const text = `${finding.property}: ${finding.message}`;
  return [
    ...(shown.length < all.length ? [earlier] : []),
    ...shown,
    { from: null, to: where, head: `${instant(finding.at)} ✗ `, text },
  ];
}

/** What was recorded before the violation and what speaks for it, in order, each once. */
function linesBefore({ finding, lastEvents }: ToldViolation): Line[] {
  const known = new Set(lastEvents.map(({ at, host, text }) => `${at} ${host} ${text}`));
  const evidence = finding.evidence
    .filter(({ at, node, text }) => !known.has(`${at} ${node} ${text}`))
    .map(({ at, node, text }) => ({ at, seq: finding.seq, host: node, kind: '', text }));
  return [...lastEvents, ...evidence].sort((a, b) => a.at - b.at || a.seq - b.seq).map(lineOf);
}

/** The text of a delivery begins with its link and its number there: `2>4 #7 append 118`. */
function lineOf({ at, host, kind, text }: ToldViolation['lastEvents'][number]): Line {
  const head = `${instant(at)} `;
  const delivered = kind === 'deliver' ? /^(\d{1,6})>(\d{1,6}) #\d+ ?/.exec(text) : null;
  if (delivered === null || Number(delivered[2]) !== host) return { from: null, to: host, head, text };
  return { from: Number(delivered[1]), to: host, head, text: text.slice(delivered[0].length) };
}

/**
 * A text behind a colon: in one line, with entity codes (https://mermaid.js.org/syntax/sequenceDiagram.html) for what ends a statement, opens a
 * directive, a formula, a tag or a comment.
 */
function mermaidText(text: string, max: number): string {
  const line = oneLine(text, max).replace(/[#;%$<>&`\\{}]/g, (one) => `#${one.charCodeAt(0)};`);
  return line === '' ? '—' : line;
}
