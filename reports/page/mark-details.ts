/** What a mark on the lanes says when it is chosen: the whole of what the mark cut, and links to what it came of and what came of it. */
import { counted, exact, hostName, instant } from '../figures.ts';
import { cut } from '../visible-text.ts';
import { arrivedBy } from './barrier-lanes.ts';
import type { EventIndex } from './causal-past.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { RunPage } from './run-page.ts';
import type { Mark, NamedMark } from './selection.ts';

/** Links shown of what came of an event; a leader's step may have dozens. */
const effectsMax = 6;
/** What is in a mark is cut, here it is whole, but for a megabyte. */
const textMax = 4000;

/** The event that a mark belongs to: where the cursor goes with it; -1 where there is none in the table. */
export function eventOfMark({ timeline }: RunPage, index: EventIndex, mark: Mark): number {
  if (mark.kind === 'event') return mark.place;
  if (mark.kind === 'message') {
    const received = timeline.messages.received[mark.place]!;
    return received >= 0 ? received : timeline.messages.sent[mark.place]!;
  }
  if (mark.kind !== 'operation') return -1;
  const { host, fromUs } = timeline.operations;
  return index.nearest(host[mark.place]!, fromUs[mark.place]!, 0);
}

/** One line: for the tooltip, and the list of lanes. */
export function markLine(page: RunPage, mark: Mark): string {
  const { timeline, about } = page;
  if (mark.kind === 'event') return eventLine(page, mark.place);
  if (mark.kind === 'message') {
    const { from, to, label, labels, sentUs, receivedUs } = timeline.messages;
    const i = mark.place;
    const arrived =
      receivedUs[i]! < 0 ? 'lost' : `took ${((receivedUs[i]! - sentUs[i]!) / 1000).toFixed(1)} ms`;
    const ends = `${hostName(from[i]!, about.servers)} → ${hostName(to[i]!, about.servers)}`;
    return `${labels[label[i]!]!}, ${ends}, sent ${instant(sentUs[i]!)}, ${arrived}`;
  }
  if (mark.kind === 'operation') {
    const { host, fromUs, toUs, asked, answered, words, outcome } = timeline.operations;
    const i = mark.place;
    const answer = answered[i]! < 0 ? outcome[i]! : words[answered[i]!]!;
    const end = toUs[i]! < 0 ? 'never ended' : `to ${instant(toUs[i]!)}`;
    return `${hostName(host[i]!, about.servers)}: ${words[asked[i]!]!}: ${answer}, ${instant(fromUs[i]!)} ${end}`;
  }
  return `${mark.kind} ${mark.name}`;
}

/** An event in a line. */
function eventLine({ timeline, about }: RunPage, place: number): string {
  const { events, messages } = timeline;
  const message = events.message[place]!;
  const received =
    message >= 0
      ? ` ${messages.labels[messages.label[message]!]!} from ${hostName(messages.from[message]!, about.servers)}`
      : '';
  const kind = events.kinds[events.kind[place]!] ?? '';
  const host = hostName(events.host[place]!, about.servers);
  return `${host}: ${events.texts[place] ?? `${kind}${received}`}, ${instant(events.atUs[place]!)}`;
}

/** The details of a mark, with a button for each event that it links to (`data-event` has its place); of an object, how it stands at an instant. */
export function markDetails(page: RunPage, index: EventIndex, mark: Mark, atUs: number): Html {
  const { timeline } = page;
  const line = html`<p>${cut(markLine(page, mark), textMax)}</p>`;
  const link = (event: number) =>
    html`<button type="button" data-event="${event}">${stepName(page, event)}</button>`;
  const links = (word: string, events: readonly number[], more = 0) =>
    events.length > 0
      ? html`<p class="links">
          <span>${word}</span>
          ${events.map((event) => [link(event), ' '])}${more > 0 ? html`<span>and ${exact(more)} more</span>` : ''}
        </p>`
      : '';
  if (mark.kind === 'event') {
    const { previous, sender } = index.causes(mark.place);
    const effects = index.effects(mark.place);
    return html`${line}
      <p class="meta">event ${exact(timeline.events.seq[mark.place]!)}</p>
      ${links(
        'caused by',
        [...new Set([sender, previous])].filter((event) => event >= 0),
      )}
      ${links('leads to', effects.slice(0, effectsMax), effects.length - effectsMax)}`;
  }
  if (mark.kind === 'message') {
    const { sent, received } = timeline.messages;
    const ends = (place: number) => (place >= 0 ? [place] : []);
    return html`${line} ${links('sent in', ends(sent[mark.place]!))}
    ${links('received in', ends(received[mark.place]!))}`;
  }
  if (mark.kind === 'operation') {
    const { host, fromUs, toUs, token, pointUs } = timeline.operations;
    const i = mark.place;
    const begun = index.nearest(host[i]!, fromUs[i]!, 0);
    const ended = toUs[i]! < 0 ? -1 : index.nearest(host[i]!, toUs[i]!, 0);
    return html`${line}
      <p class="meta">
        request ${exact(timeline.operations.id[i]!)}
        ${token[i]! > 0 ? ` · token ◆${token[i]!}` : ''}${pointUs[i]! >= 0 ? ` · took effect at ${instant(pointUs[i]!)}` : ''}
      </p>
      ${links('asked in', begun >= 0 ? [begun] : [])} ${links('answered in', ended >= 0 ? [ended] : [])}`;
  }
  return html`${line}
    <p class="meta">${cut(objectLine(page, mark, atUs), textMax)}</p>`;
}

/** How an object stands at an instant. */
function objectLine({ timeline }: RunPage, { kind, name }: NamedMark, atUs: number): string {
  if (kind === 'lock') {
    const holdings = timeline.locks.find((lock) => lock.name === name)?.holdings ?? [];
    const held = holdings.find((one) => one.fromUs <= atUs && atUs < one.toUs);
    const now =
      held === undefined
        ? 'free'
        : `held by ${held.holder} under ◆${held.token} since ${instant(held.fromUs)}`;
    return `${now} at ${instant(atUs)}; ${counted(holdings.length, 'grant')} in all`;
  }
  if (kind === 'barrier') {
    const generations = timeline.barriers.find((barrier) => barrier.name === name)?.generations ?? [];
    const now = generations.filter((one) => one.fromUs <= atUs).at(-1);
    if (now === undefined) return `no generation yet at ${instant(atUs)}`;
    const arrived = arrivedBy(now, atUs).map((one) => one.participant);
    const end =
      now.toUs <= atUs && now.outcome !== null
        ? `, ${now.outcome}${now.reason === null ? '' : ` (${now.reason})`}`
        : '';
    return `generation ${now.generation}${end}; arrived: ${arrived.length === 0 ? 'nobody' : arrived.join(', ')}`;
  }
  const values = timeline.keys.find((key) => key.name === name)?.values ?? [];
  const now = values.filter((value) => value.fromUs <= atUs).at(-1);
  if (now === undefined) return `no value yet at ${instant(atUs)}`;
  return `${now.text}${now.token > 0 ? ` under ◆${now.token}` : ''} since ${instant(now.fromUs)}, entry ${now.entry}`;
}

/** How a link to an event reads: its step of the story where it is one. */
function stepName({ storyEvents, timeline, about }: RunPage, event: number): string {
  const step = storyEvents.indexOf(event) + 1;
  const host = hostName(timeline.events.host[event]!, about.servers);
  return step > 0 ? `step ${step}` : `${host} at ${instant(timeline.events.atUs[event]!)}`;
}
