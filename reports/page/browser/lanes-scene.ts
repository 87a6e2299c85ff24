/** All that one drawing of the lanes needs: what there is, where it stands, and which of it the reader looks at. */
import { pastOf, frontierOf } from '../causal-past.ts';
import type { CausalColumns } from '../causal-columns.ts';
import { findsMessage, findsOperation, hasHost, hasTexts } from '../lane-filter.ts';
import type { LaneFilter } from '../lane-filter.ts';
import type { LaneChoice } from '../lane-choice.ts';
import type { Lane, LaneLayout } from '../lane-layout.ts';
import type { LaneScale } from '../lane-scale.ts';
import { eventOfMark } from '../mark-details.ts';
import { markOf } from '../selection.ts';
import type { MarkRoom } from '../label-room.ts';
import type { RunPage } from '../run-page.ts';
import type { LaneIndex } from './lanes-index.ts';
import type { View } from './view.ts';

/** What is at full strength: the past of an event, and what a search found. */
export interface Focus {
  /** 1 by event; null where all are. */
  readonly past: Uint8Array | null;
  /** By host the last event of that past. */
  readonly frontier: Int32Array | null;
  readonly filter: LaneFilter | null;
  /** It names an object. */
  readonly findsObjects: boolean;
}

/** One drawing. */
export interface Scene {
  readonly page: RunPage;
  readonly index: LaneIndex;
  readonly choice: LaneChoice;
  readonly layout: LaneLayout;
  readonly columns: CausalColumns;
  readonly scale: LaneScale;
  readonly view: View;
  readonly focus: Focus;
  /** Width of the labels' column; lanes begin there. */
  readonly labels: number;
  readonly width: number;
  readonly narrow: boolean;
  /** When the cursor is, and where it stands among the lanes. */
  readonly cursorUs: number;
  readonly cursorX: number;
  /** Place of the event that the verdict is about; -1 where nothing was violated. */
  readonly conflict: number;
  readonly hits: Hit[];
  /** Dots of the story and of the cursor by host: no label of its lane runs under them. */
  readonly dots: ReadonlyMap<number, readonly MarkRoom[]>;
  /** Where labels and signs stand that no other label may cover: from, height, to; px of the lanes. */
  readonly taken: Taken[];
}

/** Room of a dot on a lane, and of the violation's diamond, px to each side. */
const dotPx = 7;
const violationPx = 15;

/** The dots that `drawCursor` puts on lanes. */
export function dotsOf({
  page,
  scale,
  view,
  conflict,
  cursorX,
}: Pick<Scene, 'page' | 'scale' | 'view' | 'conflict' | 'cursorX'>): Scene['dots'] {
  const { events } = page.timeline;
  const dots = new Map<number, MarkRoom[]>();
  const add = (event: number, x: number, half: number) => {
    const host = events.host[event] ?? -1;
    const there = dots.get(host);
    if (there === undefined) dots.set(host, [{ x, half }]);
    else there.push({ x, half });
  };
  page.story.forEach(({ at }, i) => {
    const event = page.storyEvents[i]!;
    if (event >= 0)
      add(event, scale.xEvent(event, at, events.host[event]!), event === conflict ? violationPx : dotPx);
  });
  if (view.step === 0) add(view.event, cursorX, dotPx);
  return dots;
}

/** A stretch that a label or a sign takes. */
export interface Taken {
  readonly from: number;
  readonly y: number;
  readonly to: number;
}

/** A mark that can be pointed at: a box, or a line where `line` is set. */
export interface Hit {
  readonly id: string;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly line?: true;
}

/** Strengths of what is not looked at (`style.md`, "Interaction" and "Marks"). */
export const dimmed = 0.3;
export const afterCursor = 0.42;

/** The event whose past is shown: under the pointer, or at the cursor where that was asked for; -1: none. */
export function focusEvent(page: RunPage, index: LaneIndex, view: View): number {
  const hovered = markOf(page, view.hovered);
  const event = hovered === null ? -1 : eventOfMark(page, index.events, hovered);
  // An object has no past of its own: pointing at its lane changes nothing.
  return event < 0 && view.past ? view.event : event;
}

/** The past of an event, with its frontier. */
export function focusOf({ timeline, about }: RunPage, event: number, filter: LaneFilter | null): Focus {
  const { locks, barriers, keys } = timeline;
  const findsObjects =
    filter !== null &&
    filter.texts.length > 0 &&
    [...locks, ...barriers, ...keys].some(({ name }) => hasTexts(filter, name));
  if (event < 0) return { past: null, frontier: null, filter, findsObjects };
  const past = pastOf(timeline, event);
  return { past, frontier: frontierOf(timeline, past, about.hosts), filter, findsObjects };
}

/** How strong a message is drawn. */
export function messageStrength({ page, focus, cursorUs }: Scene, place: number): number {
  const { sent, received, sentUs } = page.timeline.messages;
  if (focus.filter !== null && !findsMessage(page, focus.filter, place)) return dimmed;
  if (focus.past !== null) {
    // A message belongs to the past where its receiver knew of it; a lost one where its sender had sent it.
    const end = received[place]! >= 0 ? received[place]! : sent[place]!;
    return end >= 0 && focus.past[end] === 1 ? 1 : dimmed;
  }
  return sentUs[place]! > cursorUs ? afterCursor : 1;
}

/** How strong an operation is drawn. */
export function operationStrength({ page, focus }: Scene, place: number): number {
  return focus.filter !== null && !findsOperation(page, focus.filter, place) ? dimmed : 1;
}

/** How strong a lane is drawn up to where the past of the event ends on it: a search for others dims all of it. */
export function laneStrength({ page, focus }: Scene, lane: Lane): number {
  const { filter, findsObjects } = focus;
  if (filter === null || lane.kind === 'faults' || lane.kind === 'wall' || lane.kind === 'folded') return 1;
  if (lane.kind === 'node' || lane.kind === 'cut' || lane.kind === 'client')
    return hasHost(filter, lane.host) ? 1 : dimmed;
  // Only a search for objects by name parts them; a search for a kind leaves them as they are.
  if (!findsObjects) return 1;
  const { locks, barriers, keys } = page.timeline;
  const list = lane.kind === 'barrier' ? barriers : lane.kind === 'key' ? keys : locks;
  return hasTexts(filter, list[lane.object]?.name) ? 1 : dimmed;
}
