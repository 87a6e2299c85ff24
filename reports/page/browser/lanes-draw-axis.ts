/** What stands over and under the lanes: the story's numbers, gaps or the axis of time, folds, the cursor, and the column of labels that stays. */
import { scaleLinear } from 'd3-scale';
import { exact, instant } from '../../figures.ts';
import { oneLine } from '../../visible-text.ts';
import { gapLabel } from '../causal-columns.ts';
import { standingApart } from '../label-room.ts';
import { gapRow, laneOfHost, storyRow } from '../lane-layout.ts';
import type { Lane } from '../lane-layout.ts';
import { drawDensity } from './lanes-draw-messages.ts';
import type { Pen } from './lanes-pen.ts';
import { dimmed, laneStrength } from './lanes-scene.ts';
import type { Scene } from './lanes-scene.ts';

/** How far apart numbers of the story stand at least, px. */
const numberPx = 19;

/** Steps of the story with where they stand. */
interface StepMark {
  readonly number: number;
  readonly x: number;
  readonly event: number;
  readonly violation: boolean;
}

/** Where each step of the story stands; one of no host stands at its time. */
export function stepMarks({ page, scale, conflict }: Scene): readonly StepMark[] {
  const { events } = page.timeline;
  return page.story.map(({ number, at }, i) => {
    const event = page.storyEvents[i]!;
    const x = event >= 0 ? scale.xEvent(event, at, events.host[event]!) : scale.x(at);
    return { number, x, event, violation: event >= 0 && event === conflict };
  });
}

/** Behind the lanes: folds, the column of the cursor, dotted lines of the steps, lines between groups. */
export function drawGround(pen: Pen, scene: Scene): void {
  const { scale, layout, columns, cursorX, view, conflict } = scene;
  const { palette, ctx } = pen;
  const bottom = layout.height;
  if (scale.kind === 'causal') {
    eachGap(scene, (x, _, fold) => {
      if (!fold) return;
      ctx.fillStyle = palette.sunk;
      ctx.fillRect(x - 5, gapRow.axis, 10, bottom - gapRow.axis);
      for (const side of [-5, 5]) pen.line(x + side, gapRow.axis, x + side, bottom, palette.line2, 1, [1, 3]);
    });
    const half = Math.min(16, columns.pitch / 2);
    ctx.fillStyle = view.event === conflict ? palette.violationGround : palette.sunk;
    ctx.fillRect(cursorX - half, gapRow.axis, 2 * half, bottom - gapRow.axis);
  }
  for (const { x } of stepMarks(scene))
    if (x >= 0 && x <= scale.width) pen.line(x, gapRow.axis, x, bottom, palette.line2, 1, [1, 3]);
  for (const y of layout.dividers) pen.line(-scene.labels, y, scale.width, y, palette.line);
}

/** Calls `see` for the gaps in view: where its middle is, how long, and whether the scale breaks there. */
function eachGap({ columns, scale }: Scene, see: (x: number, us: number, fold: boolean) => void): void {
  const first = scale.xEvent(columns.events[0] ?? -1, columns.atUs[0] ?? 0, -1);
  for (let i = 0; i + 1 < columns.atUs.length; i += 1) {
    const x = first + (i + 0.5) * columns.pitch;
    if (x < -columns.pitch || x > scale.width + columns.pitch) continue;
    const us = columns.atUs[i + 1]! - columns.atUs[i]!;
    see(x, us, gapLabel(us).fold);
  }
}

/** Fades what is not looked at: on each lane what came after the past that is shown, or all of it where a search was for others. */
export function drawVeil(pen: Pen, scene: Scene): void {
  const { layout, scale, focus, page, cursorUs } = scene;
  const { events } = page.timeline;
  if (focus.past === null && focus.filter === null) return;
  const { ctx, palette } = pen;
  ctx.globalAlpha = 1 - dimmed;
  ctx.fillStyle = palette.bg;
  for (const lane of layout.lanes) {
    let from = scale.width;
    if (laneStrength(scene, lane) < 1) from = 0;
    else if (focus.frontier !== null && lane.host >= 0) {
      const last = focus.frontier[lane.host]!;
      from = last < 0 ? 0 : scale.xEvent(last, events.atUs[last]!, lane.host) + 1;
    } else if (focus.frontier !== null) from = scale.x(cursorUs);
    if (from < scale.width)
      ctx.fillRect(Math.max(0, from), lane.y - 1, scale.width - Math.max(0, from), lane.height + 2);
  }
  ctx.globalAlpha = 1;
}

/** Above the lanes: numbers of the story, gaps or time. Needs the whole width, labels too. */
export function drawHeader(pen: Pen, scene: Scene): void {
  const { palette } = pen;
  pen.ctx.fillStyle = palette.bg;
  pen.ctx.fillRect(-scene.labels, 0, scene.width, gapRow.axis);
  pen.line(0, gapRow.axis, scene.scale.width, gapRow.axis, palette.line2);
  if (scene.scale.kind === 'causal') drawGaps(pen, scene);
  else drawTimes(pen, scene);
  // Half a number looks like another one: what the pill or another number would cover is not drawn.
  const { view, scale, cursorX } = scene;
  const pill = pillOf(pen, scene);
  const seen = cursorX >= -1 && cursorX <= scale.width + 1;
  const inView = stepMarks(scene).filter(
    ({ number, x }) =>
      number !== view.step &&
      x >= -10 &&
      x <= scale.width + 10 &&
      !(seen && x > pill.x - 10 && x < pill.x + pill.width + 10),
  );
  for (const mark of standingApart(inView, numberPx, ({ violation }) => violation)) drawNumber(pen, mark);
}

function drawNumber(pen: Pen, { number, x, violation }: StepMark): void {
  const { palette } = pen;
  const colour = violation ? palette.violation : palette.ink;
  pen.ring(x, storyRow.middle, 9, palette.bg, violation ? palette.violation : palette.line2);
  pen.text(String(number), x, storyRow.middle, { colour, weight: 600, size: 10.5 }, 'center');
}

function drawGaps(pen: Pen, scene: Scene): void {
  const { columns, scale } = scene;
  const { palette } = pen;
  const first = scale.xEvent(columns.events[0] ?? -1, columns.atUs[0] ?? 0, -1);
  for (let i = 0; i < columns.events.length; i += 1) {
    const x = first + i * columns.pitch;
    if (x >= 0 && x <= scale.width) pen.line(x, gapRow.axis - 4, x, gapRow.axis + 4, palette.line2);
  }
  eachGap(scene, (x, us) => {
    const { text, bold, fold } = gapLabel(us);
    const style = {
      colour: bold ? palette.ink : palette.ink3,
      weight: bold ? 600 : 400,
      size: 10.5,
    } as const;
    if (pen.width(text, style) <= columns.pitch + 6) pen.text(text, x, gapRow.middle, style, 'center');
    if (!fold) return;
    pen.ctx.fillStyle = palette.bg;
    pen.ctx.fillRect(x - 4, gapRow.axis - 1, 8, 2);
    for (const side of [-3, 2])
      pen.line(x + side - 1, gapRow.axis + 4, x + side + 3, gapRow.axis - 4, palette.ink, 1.3);
  });
}

function drawTimes(pen: Pen, scene: Scene): void {
  const { scale } = scene;
  const { palette } = pen;
  drawDensity(pen, scene, gapRow.axis, 12);
  const axis = scaleLinear([scale.fromUs / 1e6, scale.toUs / 1e6], [0, scale.width]);
  const count = Math.max(2, Math.floor(scale.width / 110));
  const format = axis.tickFormat(count);
  for (const tick of axis.ticks(count)) {
    const x = axis(tick);
    pen.line(x, gapRow.axis - 4, x, gapRow.axis + 4, palette.line2);
    const text = `${format(tick)} s`;
    const half = pen.width(text, { colour: palette.ink3, size: 10.5 }) / 2;
    if (x < half || x > scale.width - half) continue;
    pen.text(text, x, gapRow.middle - 5, { colour: palette.ink3, size: 10.5 }, 'center');
  }
}

/** Over the lanes: dots of the steps on their lanes, the violation, the line of the cursor with its pill. */
export function drawCursor(pen: Pen, scene: Scene): void {
  const { page, layout, cursorX, view, conflict, scale, labels } = scene;
  const { palette } = pen;
  const red = view.event === conflict && conflict >= 0;
  const colour = red ? palette.violation : palette.ink;
  const inView = cursorX >= -1 && cursorX <= scale.width + 1;
  if (inView) pen.line(cursorX, storyRow.height, cursorX, layout.height, colour, 1.6);
  for (const { event, x, violation } of stepMarks(scene)) {
    const lane = event < 0 ? null : laneOfHost(layout, page.timeline.events.host[event]!, page.about.servers);
    if (lane === null || x < -12 || x > scale.width + 12) continue;
    scene.hits.push({
      id: `e:${event}`,
      x0: labels + x - 7,
      y0: lane.middle - 8,
      x1: labels + x + 7,
      y1: lane.middle + 8,
    });
    if (violation) drawViolation(pen, x, lane);
    else pen.ring(x, lane.middle, 4, palette.bg, palette.ink, 2);
  }
  if (view.step === 0 && inView) {
    const lane = laneOfHost(layout, page.timeline.events.host[view.event] ?? -1, page.about.servers);
    if (lane !== null) pen.ring(cursorX, lane.middle, 4, palette.ink, palette.bg, 1.5);
  }
  if (inView) drawPill(pen, scene, colour, red);
}

/** Where the pill of the cursor stands: on its line, but within the lanes. */
function pillOf(pen: Pen, { view, cursorX, cursorUs, scale }: Scene) {
  const bold = { colour: pen.palette.bg, weight: 700, size: 11 } as const;
  const plain = { colour: pen.palette.bg, mono: true, size: 11 } as const;
  const number = view.step > 0 ? String(view.step) : '';
  const time = instant(cursorUs);
  const left = number === '' ? 0 : pen.width(number, bold) + 7;
  const width = left + pen.width(time, plain) + 18;
  return {
    x: Math.max(2, Math.min(scale.width - width, cursorX - width / 2)),
    width,
    left,
    number,
    time,
    bold,
    plain,
  };
}

function drawPill(pen: Pen, scene: Scene, colour: string, red: boolean): void {
  const { x, width, left, number, time, bold, plain } = pillOf(pen, scene);
  const on = red ? pen.palette.onViolation : pen.palette.bg;
  pen.band(x, x + width, storyRow.middle, 20, { fill: colour, radius: 10 });
  if (number !== '') pen.text(number, x + 9, storyRow.middle, { ...bold, colour: on });
  pen.text(time, x + 9 + left, storyRow.middle, { ...plain, colour: on });
}

/** The red diamond with its cross: everywhere the same. */
function drawViolation(pen: Pen, x: number, lane: Lane): void {
  const { palette } = pen;
  pen.diamond(x, lane.middle, 14, palette.bg);
  pen.diamond(x, lane.middle, 11.5, palette.violation);
  pen.cross(x, lane.middle, 3.4, palette.onViolation, 2);
}

/** The column of labels: over whatever scrolled under it. */
export function drawLabels(pen: Pen, scene: Scene): void {
  const { layout, labels, narrow, scale } = scene;
  const { palette, ctx } = pen;
  ctx.fillStyle = palette.bg;
  ctx.fillRect(-labels, 0, labels - 8, layout.height);
  for (const y of layout.dividers) pen.line(-labels, y, -8, y, palette.line);
  const quiet = { colour: palette.ink3 } as const;
  const room = labels - 10;
  const fit = (text: string, y: number, style: Parameters<Pen['label']>[4]) =>
    pen.label(text, -labels, -labels + room, y, style) > -labels;
  fit('story', storyRow.middle, quiet);
  fit(scale.kind === 'causal' ? (narrow ? 'ms' : 'gap, ms') : 'time', gapRow.middle, quiet);
  for (const lane of layout.lanes) {
    if (lane.label === '') continue;
    ctx.globalAlpha = laneStrength(scene, lane) < 1 ? dimmed + 0.3 : 1;
    if (lane.kind === 'belief' || lane.kind === 'faults' || lane.kind === 'folded' || lane.row > 0) {
      if (!fit(lane.label, lane.middle, quiet)) fit(shortOf(lane), lane.middle, quiet);
    } else {
      const style = { colour: palette.ink, mono: true, weight: 550, size: 12 } as const;
      drawName(pen, lane, labels, room, style);
    }
  }
  ctx.globalAlpha = 1;
}

/** What a label says where it has no room: `c3` of `c3 believes`, `more` of `and more`. */
function shortOf({ label, kind }: Lane): string {
  const words = label.split(' ');
  return (kind === 'client' ? words.at(-1) : words[0])!;
}

/** A name, and for a lock what its band says; a name that is too long is shortened by characters, as otherwise its lane has none. */
function drawName(
  pen: Pen,
  lane: Lane,
  labels: number,
  room: number,
  style: Parameters<Pen['text']>[3],
): void {
  let name = oneLine(lane.label, 40);
  while (name.length > 2 && pen.width(name, style) > room) name = `${name.slice(0, -2).trimEnd()}…`;
  const end = -labels + pen.text(name, -labels, lane.middle, style);
  if (lane.kind !== 'lock') return;
  const word = { colour: pen.palette.ink3 } as const;
  const width = pen.width('is held by', word);
  if (end + 8 + width <= -8) pen.text('is held by', -12 - width, lane.middle, word);
}

/** What is said where messages are too many to be drawn. */
export function drawTooMany(pen: Pen, { scale, index, layout }: Scene): void {
  const count = index.density.count(scale.fromUs, scale.toUs);
  const text = `${exact(count)} messages in view: zoom in to see each`;
  const wall = layout.lanes.find((lane) => lane.kind === 'node');
  if (wall === undefined || count < 1) return;
  pen.boxed(
    text,
    scale.width / 2,
    layout.dividers[0] ?? wall.y,
    scale.width,
    { colour: pen.palette.ink2 },
    pen.palette.line2,
  );
}
