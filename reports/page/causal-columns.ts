/**
 * The causal scale: a column an event of the causal slice, all at one distance, with the gaps between them labelled. What has a time but no column
 * (the end of a lease, a fault) lies between the columns before and after it.
 */
import type { EventTable, RunPage } from './run-page.ts';
import { lowerBound, upperBound } from './span-index.ts';

/** Below this distance columns are not drawn: the slice scrolls sideways instead (`style.md`, "Layout"). */
export const columnMinPx = 24;
/** More events than these are shown only when asked for. */
export const shownMax = 60;
/** Of those that are shown at first, so many may come after the conflict: what came of it explains little. */
const afterConflictMax = 9;
/** Room beside the first and the last column, for what was there before and goes on after. */
const padLeftPx = 14;
const padRightPx = 24;
/** From here on a gap is bold; from there on it is folded, and told in seconds. */
const boldUs = 100_000;
const foldUs = 1_000_000;

/** Columns of the slice. */
export interface CausalColumns {
  /** Places in the table of events, rising, and their times. */
  readonly events: Int32Array;
  readonly atUs: Float64Array;
  readonly hosts: Int32Array;
  /** Distance of two columns, and of the first from the left edge. */
  readonly pitch: number;
  readonly left: number;
  /** Of all of it; more than the width that was asked for where it scrolls. */
  readonly width: number;
}

/** Which events of the slice have a column, and how many have none. */
export interface ShownSlice {
  readonly shown: readonly number[];
  readonly earlier: number;
  readonly later: number;
}

/**
 * Picks what is shown of the slice: all where it is asked for or the slice is short, else the nearest of the conflict. Steps of the story are
 * always there: the page steers by them.
 * @param conflict place of the event that the verdict is about
 */
export function shownSlice(
  slice: readonly number[],
  storyEvents: readonly number[],
  conflict: number,
  all: boolean,
): ShownSlice {
  if (all || slice.length <= shownMax) return { shown: slice, earlier: 0, later: 0 };
  const after = Math.min(slice.length, upperBound(slice, conflict) + afterConflictMax);
  const end = Math.max(after, shownMax);
  const begin = end - shownMax;
  const told = new Set(storyEvents);
  const before = slice.slice(0, begin).filter((event) => told.has(event));
  const behind = slice.slice(end).filter((event) => told.has(event));
  return {
    shown: [...before, ...slice.slice(begin, end), ...behind],
    earlier: begin - before.length,
    later: slice.length - end - behind.length,
  };
}

/** What is shown of a page's slice. Its conflict is the last step of its story, or where no host did that, the end of the slice. */
export function shownOf({ storyEvents, timeline: { slice } }: RunPage, all: boolean): ShownSlice {
  const last = storyEvents.at(-1) ?? -1;
  return shownSlice(slice, storyEvents, last >= 0 ? last : (slice.at(-1) ?? 0), all);
}

/** Lays columns out over at least this width. */
export function columnsOf(events: EventTable, shown: readonly number[], width: number): CausalColumns {
  const free = width - padLeftPx - padRightPx;
  const pitch = Math.max(columnMinPx, shown.length > 1 ? free / (shown.length - 1) : free);
  return {
    events: Int32Array.from(shown),
    atUs: Float64Array.from(shown, (event) => events.atUs[event]!),
    hosts: Int32Array.from(shown, (event) => events.host[event]!),
    pitch,
    left: padLeftPx,
    width: Math.max(width, padLeftPx + padRightPx + pitch * Math.max(0, shown.length - 1)),
  };
}

/** Where an instant lies. Of columns of one instant it is that of this host, where it has one. Before the first and after the last: at the edges. */
export function xOfTime(columns: CausalColumns, us: number, host = -1): number {
  const { atUs, hosts, pitch, left, width } = columns;
  const low = lowerBound(atUs, us);
  const high = upperBound(atUs, us);
  if (low < high) {
    for (let i = low; i < high; i += 1) if (hosts[i] === host) return left + i * pitch;
    return left + low * pitch;
  }
  if (low === 0) return 0;
  if (low === atUs.length) return width;
  const before = atUs[low - 1]!;
  return left + (low - 1 + (us - before) / (atUs[low]! - before)) * pitch;
}

/** The column of an event; -1 where it has none. */
export function columnOf(columns: CausalColumns, event: number): number {
  const i = lowerBound(columns.events, event);
  return columns.events[i] === event ? i : -1;
}

/** The instant at a place: the reverse of `xOfTime`, but for times of one column. */
export function timeAt(columns: CausalColumns, x: number): number {
  const { atUs, pitch, left } = columns;
  if (atUs.length === 0) return 0;
  const place = (x - left) / pitch;
  const i = Math.max(0, Math.min(atUs.length - 1, Math.floor(place)));
  if (place <= 0) return atUs[0]!;
  const next = atUs[i + 1];
  return next === undefined ? atUs[i]! : atUs[i]! + (next - atUs[i]!) * (place - i);
}

/** How a gap is written between its two columns. */
export interface GapLabel {
  readonly text: string;
  readonly bold: boolean;
  /** It is so long that the scale breaks here. */
  readonly fold: boolean;
}

/** Labels a gap: milliseconds, bold from 100 on; seconds from 1 on. */
export function gapLabel(us: number): GapLabel {
  const ms = Math.round(us / 1000);
  if (us < foldUs && ms < 1000) return { text: String(ms), bold: us >= boldUs, fold: false };
  const seconds = us / 1e6;
  return { text: `${seconds < 100 ? seconds.toFixed(1) : seconds.toFixed(0)} s`, bold: true, fold: true };
}
