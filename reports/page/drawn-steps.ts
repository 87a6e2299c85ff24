/**
 * Which steps and messages of a run are in its page. A short run is there whole. Of a long one there are all messages of a window round the
 * violation, then those of its causal past, the latest first, as far as there is room; the others are counted.
 */
import { countWhile } from '../run-record.ts';
import type { RunRecord } from '../run-record.ts';
import { isRoutine } from './page-sources.ts';
import type { PageSources } from './page-sources.ts';
import type { Density, TimeWindow } from './run-page.ts';

/** Bounds of what a page draws of a run. */
export interface DrawnMax {
  readonly messages: number;
  readonly steps: number;
}

/** A page that draws as much is about 2.5 MB (`page-size.test.ts`). */
export const drawnMax: DrawnMax = { messages: 100_000, steps: 200_000 };

/** Bins of the time of a run that messages which are not drawn are counted in. */
const bins = 2_000;
/** Of the window, the part that lies after the violation: what led there matters more. */
const afterPart = 0.25;
/** What the window may use of the bounds; the rest is for the past. */
const windowPart = 0.75;

/** What is drawn. */
export interface Drawn {
  /** Steps of the record, rising: the events of the page. */
  readonly steps: readonly number[];
  /** By step of the record its place in `steps`; -1 where it is not drawn. */
  readonly placeOf: Int32Array;
  /** Messages of the record, rising. */
  readonly messages: readonly number[];
  /** By message the first step that received it; -1 where none did. */
  readonly receivedBy: Int32Array;
  readonly window: TimeWindow;
  /** Null where all messages are drawn. */
  readonly density: Density | null;
}

/**
 * Chooses.
 * @param always steps that are drawn in any case
 */
export function drawnSteps(sources: PageSources, always: readonly number[], max: DrawnMax): Drawn {
  const { record } = sources;
  const { steps, messages } = record;
  const receivedBy = new Int32Array(messages.step.length).fill(-1);
  for (let step = steps.seq.length - 1; step >= 0; step -= 1) {
    const message = steps.message[step]!;
    if (message >= 0) receivedBy[message] = step;
  }
  const window = windowOf(sources, max);
  const wanted = new Uint8Array(steps.seq.length);
  const kept = new Uint8Array(messages.step.length);
  for (const step of always) if (step >= 0) wanted[step] = 1;
  const [from, to] = stepsWithin(record, window);
  wanted.fill(1, from, to);
  let left = max.messages;
  for (let message = 0; message < kept.length && left > 0; message += 1) {
    if (wanted[messages.step[message]!] === 0 && wanted[receivedBy[message]!] !== 1) continue;
    kept[message] = 1;
    left -= 1;
  }
  keepPast(sources, receivedBy, kept, left, wanted, max.steps);
  for (let message = 0; message < kept.length; message += 1) {
    if (kept[message] === 0) continue;
    wanted[messages.step[message]!] = 1;
    if (receivedBy[message]! >= 0) wanted[receivedBy[message]!] = 1;
  }
  const placeOf = new Int32Array(steps.seq.length).fill(-1);
  const chosen = places(wanted);
  chosen.forEach((step, place) => {
    placeOf[step] = place;
  });
  const drawn = places(kept);
  return {
    ...{ steps: chosen, placeOf, messages: drawn, receivedBy, window },
    density: drawn.length === kept.length ? null : densityOf(record, kept),
  };
}

/** Messages of the causal past outside the window: first those that tell something, the latest first. */
function keepPast(
  { record, past }: PageSources,
  receivedBy: Int32Array,
  kept: Uint8Array,
  room: number,
  wanted: Uint8Array,
  stepsMax: number,
): void {
  const { messages } = record;
  let left = room;
  let steps = stepsMax - wanted.reduce((sum, one) => sum + one, 0);
  for (const quiet of [false, true]) {
    for (let message = kept.length - 1; message >= 0 && left > 0 && steps > 1; message -= 1) {
      if (kept[message] === 1 || past[receivedBy[message]!] !== 1) continue;
      if (isRoutine(messages.label[message]!) !== quiet) continue;
      kept[message] = 1;
      left -= 1;
      for (const end of [messages.step[message]!, receivedBy[message]!]) {
        steps -= 1 - wanted[end]!;
        wanted[end] = 1;
      }
    }
  }
}

/** The widest time round the violation whose steps and messages are within the bounds; the whole run where it is. */
function windowOf({ record, conflict }: PageSources, max: DrawnMax): TimeWindow {
  const { steps, messages, untilUs } = record;
  const whole = { fromUs: 0, toUs: untilUs };
  if (steps.seq.length <= max.steps && messages.step.length <= max.messages) return whole;
  const last = conflict.at(-1);
  const centre = last === undefined ? untilUs : steps.at[last.step]!;
  const around = (widthUs: number): TimeWindow => ({
    fromUs: Math.max(0, centre - widthUs),
    toUs: Math.min(untilUs, centre + Math.floor(widthUs * afterPart)),
  });
  const widest = countWhile(untilUs, (widthUs) => {
    const [from, to] = stepsWithin(record, around(widthUs));
    const sent = sentBefore(record, to) - sentBefore(record, from);
    return to - from <= max.steps * windowPart && sent <= max.messages * windowPart;
  });
  return around(Math.max(0, widest - 1));
}

function stepsWithin({ steps }: RunRecord, { fromUs, toUs }: TimeWindow): readonly [number, number] {
  const count = steps.seq.length;
  return [countWhile(count, (i) => steps.at[i]! < fromUs), countWhile(count, (i) => steps.at[i]! <= toUs)];
}

function sentBefore({ messages }: RunRecord, step: number): number {
  return countWhile(messages.step.length, (i) => messages.step[i]! < step);
}

function places(flags: Uint8Array): number[] {
  const found: number[] = [];
  for (let i = 0; i < flags.length; i += 1) if (flags[i] === 1) found.push(i);
  return found;
}

function densityOf({ steps, messages, untilUs }: RunRecord, kept: Uint8Array): Density {
  const binUs = Math.max(1, Math.ceil((untilUs + 1) / bins));
  const counts = Array.from({ length: Math.ceil((untilUs + 1) / binUs) }, () => 0);
  for (let message = 0; message < kept.length; message += 1) {
    if (kept[message] === 1) continue;
    const bin = Math.floor(steps.at[messages.step[message]!]! / binUs);
    if (bin < counts.length) counts[bin] = counts[bin]! + 1;
  }
  return { binUs, messages: counts };
}
