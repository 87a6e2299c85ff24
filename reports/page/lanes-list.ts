/** The lanes in words, for who does not see them: each lane with what is on it at the cursor, and what the cursor's event received and sent. */
import { hostName, instant } from '../figures.ts';
import { oneLine } from '../visible-text.ts';
import { arrivedBy } from './barrier-lanes.ts';
import type { EventIndex } from './causal-past.ts';
import { cutMarks, cutWords } from './cut-links.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Lane, LaneLayout } from './lane-layout.ts';
import { markLine } from './mark-details.ts';
import { parts } from './node-order.ts';
import type { FaultSpan, RunPage } from './run-page.ts';
import { upperBound } from './span-index.ts';

/** Messages and operations that one line names; texts are cut as in marks. */
const namedMax = 4;
const textMax = 120;

/**
 * The list at the cursor. Nothing in it takes the focus.
 * @param cursor `event`: -1 where it is on a step that no host did; `us`: when it is
 */
export function lanesList(
  page: RunPage,
  layout: LaneLayout,
  index: EventIndex,
  { event, us }: { readonly event: number; readonly us: number },
): Html {
  const lanes = layout.lanes.filter((lane) => lane.kind !== 'wall' && lane.kind !== 'cut' && lane.row === 0);
  return html`<p>Lanes at ${instant(us)}</p>
    <ul>
      <li>event: ${eventWords(page, index, event)}</li>
      ${lanes.map((lane) => html`<li>${oneLine(laneName(lane), 40)}: ${laneWords(page, layout, lane, us)}</li>`)}
    </ul>`;
}

/** What the cursor moved to, in a line: the step of the story, else the event. */
export function cursorWords(page: RunPage, index: EventIndex, event: number, step: number): string {
  const told = page.story[step - 1];
  if (told === undefined) return eventWords(page, index, event);
  const who = told.node === null ? '' : `${hostName(told.node, page.about.servers)} `;
  return `Step ${step} of ${page.story.length}: ${oneLine(`${who}${told.text}`, textMax)}, ${instant(told.at)}`;
}

function laneName(lane: Lane): string {
  const kinds = new Map<Lane['kind'], string>([
    ['lock', 'lock '],
    ['barrier', 'barrier '],
    ['key', 'key '],
  ]);
  return `${kinds.get(lane.kind) ?? ''}${lane.label}`;
}

function eventWords(page: RunPage, index: EventIndex, event: number): string {
  if (event < 0 || event >= page.timeline.events.seq.length) return 'none';
  const line = oneLine(markLine(page, { kind: 'event', place: event }), textMax);
  const sent = index.sentBy(event);
  const named = sent.slice(0, namedMax).map((place) => {
    const { label, labels, to } = page.timeline.messages;
    return `${oneLine(labels[label[place]!]!, 40)} to ${hostName(to[place]!, page.about.servers)}`;
  });
  const more = sent.length > namedMax ? ` and ${sent.length - namedMax} more` : '';
  return named.length > 0 ? `${line}; sent ${named.join(', ')}${more}` : line;
}

/** What is on a lane at an instant. */
function laneWords(page: RunPage, layout: LaneLayout, lane: Lane, us: number): string {
  const { timeline } = page;
  const at = (span: { readonly fromUs: number; readonly toUs: number }) =>
    span.fromUs <= us && us < Math.max(span.toUs, span.fromUs + 1);
  const listed = (words: readonly string[]) => oneLine(words.join('; '), textMax) || 'nothing';
  switch (lane.kind) {
    case 'node':
      return listed([
        ...timeline.hostSpans.filter((span) => span.host === lane.host && at(span)).map(spanWords),
        ...timeline.roles
          .filter((span) => span.host === lane.host && at(span))
          .map((span) => `${span.role} of term ${span.term}`),
        ...timeline.faults.filter(at).flatMap((fault) => cutFrom(page, fault, lane.host)),
      ]);
    case 'client':
      return listed([
        ...timeline.hostSpans.filter((span) => span.host === lane.host && at(span)).map(spanWords),
        ...operationsAt(page, lane.host, us),
      ]);
    case 'lock': {
      const held = timeline.locks[lane.object]!.holdings.find(at);
      return held === undefined ? 'free' : listed([`held by ${held.holder} under token ${held.token}`]);
    }
    case 'belief':
      return listed(
        timeline.locks[lane.object]!.beliefs.filter((one) => one.host === lane.host && at(one)).map(
          (one) => `token ${one.token} until ${instant(one.toUs)}`,
        ),
      );
    case 'barrier': {
      const now = timeline.barriers[lane.object]!.generations.findLast((one) => one.fromUs <= us);
      if (now === undefined) return 'no generation yet';
      const { needed } = timeline.barriers[lane.object]!;
      const of = needed.findLast((one) => one.atUs <= us)?.needed ?? 0;
      const arrived = `${arrivedBy(now, us).length}${of > 0 ? ` of ${of}` : ''}`;
      const ended = now.outcome !== null && now.toUs <= us ? `, ${now.outcome}` : '';
      return `generation ${now.generation}: ${arrived} arrived${ended}`;
    }
    case 'key': {
      const now = timeline.keys[lane.object]!.values.findLast((one) => one.fromUs <= us);
      return now === undefined ? 'no value yet' : listed([now.text]);
    }
    case 'faults':
      return listed(timeline.faults.filter(at).map((fault) => `${fault.fault} until ${instant(fault.toUs)}`));
    case 'folded': {
      const shown = new Set(layout.lanes.filter(({ kind }) => kind === 'node').map(({ host }) => host));
      const rest = Array.from({ length: page.about.servers }, (_, host) => host).filter(
        (host) => !shown.has(host),
      );
      return `${rest.map((host) => hostName(host, page.about.servers)).join(', ')}, not told apart`;
    }
    default:
      return 'nothing';
  }
}

/** From whom a fault cuts off a node: by a wall, or link by link. */
function cutFrom({ about }: RunPage, fault: FaultSpan, host: number): readonly string[] {
  const { sides } = fault;
  const { servers } = about;
  if (sides !== null) {
    const behind = Array.from({ length: servers }, (_, node) => node).filter((node) =>
      parts(sides, host, node),
    );
    return behind.length === 0 ? [] : [cutWords({ host, notHeardBy: behind, notHearing: behind }, about)];
  }
  return cutMarks(fault, servers)
    .filter((mark) => mark.host === host)
    .map((mark) => cutWords(mark, about));
}

function spanWords({ what, toUs }: { readonly what: string; readonly toUs: number }): string {
  return `${what} until ${instant(toUs)}`;
}

/** Operations of a client that go on at an instant, what was asked last first: those that never ended stay for the rest of the run. */
function operationsAt({ timeline: { operations } }: RunPage, host: number, us: number): string[] {
  const { asked, words, outcome, fromUs, toUs } = operations;
  const found: string[] = [];
  for (let i = upperBound(fromUs, us) - 1; i >= 0 && found.length < namedMax; i -= 1) {
    const goesOn = operations.host[i] === host && (toUs[i]! < 0 || toUs[i]! >= us);
    if (goesOn) found.push(`${words[asked[i]!]!} (${outcome[i]!})`);
  }
  return found;
}
