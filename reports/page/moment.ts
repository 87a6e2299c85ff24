/** A moment of a run as the fragment of an address: `#t=15.255012&sel=e:14`. What is written is read as the same moment again. */
import type { RunPage } from './run-page.ts';
import { selectionOf, selectionText } from './selection.ts';

/** Where the cursor is, and what is selected. */
export interface Moment {
  /** A place in `timeline.events`. */
  readonly event: number;
  /** A step of the story, from 1; 0: none. */
  readonly step: number;
  /** See `selection.ts`; null: nothing. */
  readonly selected: string | null;
}

/** Where a page opens: on the violation; on the last event where there is no story. */
export function openingMoment(page: RunPage): Moment {
  const { story, timeline } = page;
  if (story.length > 0) return { event: eventOfStep(page, story.length), step: story.length, selected: null };
  return { event: Math.max(0, timeline.events.seq.length - 1), step: 0, selected: null };
}

/** The event of a step; of one that no host did, the last event before it. */
export function eventOfStep({ storyEvents, story, timeline }: RunPage, step: number): number {
  const event = storyEvents[step - 1] ?? -1;
  if (event >= 0) return event;
  const seq = story[step - 1]?.seq ?? 0;
  return Math.max(0, countUpTo(timeline.events.seq, seq) - 1);
}

/** How many numbers of a rising column are at most `limit`. */
function countUpTo(column: readonly number[], limit: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (column[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The fragment of a moment, without `#`. The time says it; where several events share it, the number of the event and its host as well. */
export function fragmentOf(page: RunPage, moment: Moment): string {
  const { events } = page.timeline;
  const us = moment.step > 0 ? page.story[moment.step - 1]!.at : (events.atUs[moment.event] ?? 0);
  const time = `t=${secondsOf(us)}`;
  const seq = `&seq=${events.seq[moment.event] ?? 0}`;
  const host = `&host=${events.host[moment.event] ?? 0}`;
  const selected =
    moment.selected === null ? '' : `&sel=${encodeURIComponent(selectionText(moment.selected))}`;
  const enough = [time, time + seq].find((one) => {
    const found = momentOf(page, one);
    return found?.event === moment.event && found.step === moment.step;
  });
  return (enough ?? time + seq + host) + selected;
}

/** The moment that a fragment names; null where it names none. A step of the story at that very time goes before other events. */
export function momentOf(page: RunPage, fragment: string): Moment | null {
  const asked = new URLSearchParams(fragment);
  const seconds = asked.get('t') ?? '';
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(seconds)) return null;
  const us = Math.round(Number(seconds) * 1e6);
  const selected = asked.get('sel');
  const kept = selected === null ? null : selectionOf(page, selected);
  const seq = asked.get('seq');
  const step = seq === null ? page.story.findLastIndex(({ at }) => Math.round(at) === us) + 1 : 0;
  if (step > 0) return { event: eventOfStep(page, step), step, selected: kept };
  const event = eventAt(page, us, seq, asked.get('host'));
  return { event, step: page.storyEvents.indexOf(event) + 1, selected: kept };
}

/** The last event at or before a time; of those at one time the one of this number, and of this host, if there is one. */
function eventAt({ timeline }: RunPage, us: number, seq: string | null, host: string | null): number {
  const { events } = timeline;
  const last = Math.max(0, countUpTo(events.atUs, us) - 1);
  if (seq === null) return last;
  let found = last;
  for (let i = last; i >= 0 && events.atUs[i] === events.atUs[last]; i -= 1) {
    if (String(events.seq[i]) !== seq) continue;
    found = i;
    if (host === null || String(events.host[i]) === host) return i;
  }
  return found;
}

/** Virtual microseconds as seconds, to the microsecond, without zeros that say nothing. */
function secondsOf(us: number): string {
  return (Math.round(us) / 1e6).toFixed(6).replace(/\.?0+$/, '');
}
