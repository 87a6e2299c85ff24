/** Messages between lanes: arrows, those that were lost, and where there are too many to tell apart nothing: the lane of density has them. */
import { laneOfHost, wallOf } from '../lane-layout.ts';
import type { Lane } from '../lane-layout.ts';
import { oneLine } from '../../visible-text.ts';
import { bandHalf } from './lanes-draw-hosts.ts';
import type { Pen } from './lanes-pen.ts';
import { messageStrength } from './lanes-scene.ts';
import type { Scene } from './lanes-scene.ts';

/** More messages in view than these are not drawn one by one; nor more than two a px, which are a blot over the lanes. */
const messagesMax = 2500;
const perPxMax = 2;
/** A lost message without a receiver in view goes so far sideways. */
const lostPx = 44;

/** One message, ready to be drawn. */
export interface Arrow {
  readonly place: number;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
  readonly lost: boolean;
  /** It was lost at a wall. */
  readonly walled: boolean;
}

/** The messages in view, with the places that the lost ones take; null where they are too many. */
export function messagesInView(scene: Scene): readonly Arrow[] | null {
  const { index, scale, taken } = scene;
  const arrows: Arrow[] = [];
  const add = (place: number) => {
    const arrow = arrowOf(scene, place);
    if (arrow !== null) arrows.push(arrow);
  };
  if (scale.kind === 'time') {
    const most = Math.min(messagesMax, perPxMax * scale.width);
    if (index.messages.atMost(scale.fromUs, scale.toUs) > most) return null;
    index.messages.visit(scale.fromUs, scale.toUs, add);
  } else {
    for (const place of messagesOfColumns(scene)) add(place);
  }
  for (const { lost, x1, y1 } of arrows) if (lost) taken.push({ from: x1 - 6, y: y1, to: x1 + 6 });
  return arrows;
}

/** Draws them, and remembers where they can be pointed at. */
export function drawMessages(pen: Pen, scene: Scene, arrows: readonly Arrow[]): void {
  const { labels, hits } = scene;
  const current = currentMessages(scene);
  const plain = arrows.filter(({ place, lost }) => !lost && !current.has(place));
  drawPlain(pen, scene, plain);
  for (const arrow of arrows) if (arrow.lost) drawLost(pen, scene, arrow);
  for (const arrow of arrows) if (!arrow.lost && current.has(arrow.place)) drawCurrent(pen, scene, arrow);
  for (const { place, x0, y0, x1, y1 } of arrows)
    hits.push({ id: `m:${place}`, x0: labels + x0, y0, x1: labels + x1, y1, line: true });
}

/** Of the causal slice: those between columns, those of the cursor's event, and the lost ones. Heartbeats are hidden. */
function messagesOfColumns({ page, columns, index, view }: Scene): Set<number> {
  const { events, messages } = page.timeline;
  const shown = new Set(columns.events);
  const found = new Set<number>();
  for (const event of columns.events) {
    const received = events.message[event]!;
    if (received >= 0 && shown.has(messages.sent[received]!)) found.add(received);
    for (const sent of index.events.sentBy(event))
      if (messages.routine[sent] === 0 && (messages.receivedUs[sent]! < 0 || event === view.event))
        found.add(sent);
  }
  return found;
}

/** Messages of the current step: what brought it about since the step before, and what it sent. */
function currentMessages({ page, view, index, focus }: Scene): ReadonlySet<number> {
  const { events, messages } = page.timeline;
  const found = new Set<number>();
  if (focus.past !== null) return found;
  const before = view.step > 1 ? page.storyEvents[view.step - 2]! : -1;
  const { event } = view;
  // Back along both causes, but not beyond the step before: at most a few dozen events.
  const open = [event];
  const seen = new Set(open);
  for (let at = open.pop(); at !== undefined && seen.size < 64; at = open.pop()) {
    const message = events.message[at] ?? -1;
    const { previous, sender } = index.events.causes(at);
    if (message >= 0) found.add(message);
    if (view.step === 0) break;
    for (const cause of [previous, sender]) {
      if (cause < Math.max(0, before) || seen.has(cause)) continue;
      seen.add(cause);
      open.push(cause);
    }
  }
  for (const message of index.events.sentBy(event)) if (messages.routine[message] === 0) found.add(message);
  return found;
}

/** Where a message begins and ends; null where it has no lane or is out of view. */
function arrowOf(scene: Scene, place: number): Arrow | null {
  const { page, layout, scale } = scene;
  const { from, to, sent, received, sentUs, receivedUs } = page.timeline.messages;
  const { servers } = page.about;
  const source = laneOfHost(layout, from[place]!, servers);
  const target = laneOfHost(layout, to[place]!, servers);
  if (source === null || target === null || source === target) return null;
  const down = source.middle < target.middle;
  const lost = receivedUs[place]! < 0;
  const x0 = scale.xEvent(sent[place]!, sentUs[place]!, from[place]!);
  const y0 = source.middle + (down ? 1 : -1) * bandHalf(source);
  const far = target.middle + (down ? -1 : 1) * bandHalf(target);
  const x1 = lost
    ? x0 + (scale.kind === 'causal' ? lostPx : Math.min(lostPx, Math.max(8, 5000 / scale.stepUs)))
    : scale.xEvent(received[place]!, receivedUs[place]!, to[place]!);
  if (Math.max(x0, x1) < 0 || Math.min(x0, x1) > scale.width) return null;
  const wall = lost
    ? (wallBetween(scene, place, source.middle, target.middle) ?? cutBetween(scene, place, source, target))
    : null;
  const y1 = lost ? (wall ?? source.middle + (down ? 15 : -15)) : far;
  return { place, x0, y0, x1, y1, lost, walled: lost && wall !== null };
}

/** Where a lost message ends: at the wall that stood between; null where none did: it ends where it has just left its lane. */
function wallBetween(
  { page, layout, choice }: Scene,
  place: number,
  from: number,
  to: number,
): number | null {
  const at = page.timeline.messages.sentUs[place]!;
  const [low, high] = from < to ? [from, to] : [to, from];
  for (const one of choice.partitions) {
    const { sides, fromUs, toUs } = page.timeline.faults[one]!;
    // A message that was on its way when the wall went up ends at it too: a quarter of a second is more than any network here takes.
    if (sides === null || at < fromUs - 250_000 || at > toUs) continue;
    for (const { y } of wallOf(layout, sides)) if (y > low && y < high) return y + (from < to ? -8 : 8);
  }
  return null;
}

/** Where a message that was lost on a cut link ends: at the link's mark, where that stands between; null where none does. */
function cutBetween(
  { page, layout, index }: Scene,
  place: number,
  source: Lane,
  target: Lane,
): number | null {
  const { from, to, sentUs } = page.timeline.messages;
  const [sender, receiver, at] = [from[place]!, to[place]!, sentUs[place]!];
  const down = source.middle < target.middle;
  for (const lane of layout.lanes) {
    if (lane.kind !== 'cut' || lane.middle > source.middle !== down || lane.middle < target.middle !== down)
      continue;
    const spans = index.cut.get(lane.host) ?? [];
    const stopped = spans.some(
      ({ host, notHeardBy, notHearing, fromUs, toUs }) =>
        at >= fromUs &&
        at <= toUs &&
        ((host === sender && notHeardBy.includes(receiver)) ||
          (host === receiver && notHearing.includes(sender))),
    );
    if (stopped) return lane.middle + (down ? -8 : 8);
  }
  return null;
}

/** All messages that nobody looks at: one path for each strength, as thousands of strokes would cost a frame. */
function drawPlain(pen: Pen, scene: Scene, arrows: readonly Arrow[]): void {
  const { ctx, palette } = pen;
  const byStrength = new Map<number, Arrow[]>();
  for (const arrow of arrows) {
    const strength = messageStrength(scene, arrow.place);
    const there = byStrength.get(strength);
    if (there === undefined) byStrength.set(strength, [arrow]);
    else there.push(arrow);
  }
  for (const [strength, some] of byStrength) {
    const heads = some.length < 600;
    ctx.globalAlpha = strength;
    ctx.strokeStyle = palette.ink3;
    ctx.lineWidth = some.length > 300 ? 0.8 : 1.1;
    ctx.beginPath();
    for (const { x0, y0, x1, y1 } of some) {
      ctx.moveTo(x0, y0);
      ctx.lineTo(x1, y1);
    }
    ctx.stroke();
    ctx.fillStyle = palette.ink3;
    ctx.beginPath();
    for (const arrow of some) if (heads) head(ctx, arrow);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}

/** An arrowhead at the end and a dot at the beginning, added to the path. */
function head(ctx: CanvasRenderingContext2D, { x0, y0, x1, y1 }: Arrow): void {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 1) return;
  const ux = (x1 - x0) / length;
  const uy = (y1 - y0) / length;
  ctx.moveTo(x1, y1);
  ctx.lineTo(x1 - 6.5 * ux + 2.6 * uy, y1 - 6.5 * uy - 2.6 * ux);
  ctx.lineTo(x1 - 6.5 * ux - 2.6 * uy, y1 - 6.5 * uy + 2.6 * ux);
  ctx.closePath();
  ctx.moveTo(x0 + 2, y0);
  ctx.arc(x0, y0, 2, 0, 2 * Math.PI);
}

/** A message of the current step: ink, and red at the violation where a client asked or was answered. */
function drawCurrent(pen: Pen, scene: Scene, arrow: Arrow): void {
  const { page, view, conflict } = scene;
  const { ctx, palette } = pen;
  const { from, to } = page.timeline.messages;
  const clients = Math.max(from[arrow.place]!, to[arrow.place]!) >= page.about.servers;
  const colour = conflict >= 0 && view.event === conflict && clients ? palette.violation : palette.ink;
  ctx.globalAlpha = messageStrength(scene, arrow.place) < 0.4 ? 0.3 : 1;
  pen.line(arrow.x0, arrow.y0, arrow.x1, arrow.y1, colour, 1.6);
  ctx.fillStyle = colour;
  ctx.beginPath();
  head(ctx, arrow);
  ctx.fill();
  ctx.globalAlpha = 1;
}

/** A lost message: dashed up to where it was lost, with what it was where no other label stands. */
function drawLost(pen: Pen, scene: Scene, arrow: Arrow): void {
  const { page, scale } = scene;
  const { ctx, palette } = pen;
  const { label: labelOf, labels } = page.timeline.messages;
  const { x0, y0, x1, y1, place } = arrow;
  ctx.globalAlpha = messageStrength(scene, place);
  pen.line(x0, y0, x1, y1, palette.ink, 1.4, [3.5, 3]);
  ctx.fillStyle = palette.ink;
  ctx.beginPath();
  ctx.arc(x0, y0, 2, 0, 2 * Math.PI);
  ctx.fill();
  const dense = scale.kind === 'time' && scale.stepUs > 2000;
  if (!dense) pen.ring(x1, y1, 5.5, palette.bg, palette.ink, 1.3);
  pen.cross(x1, y1, 2.6, palette.ink, 1.3);
  // Only at a wall, or where it is looked at, is there room to say what it was; the others say so when they are pointed at.
  const told = arrow.walled || scene.view.hovered === `m:${place}` || scene.view.selected === `m:${place}`;
  if (!told) {
    ctx.globalAlpha = 1;
    return;
  }
  const text = `${oneLine(labels[labelOf[place]!]!, 40)} lost`;
  const style = { colour: palette.ink } as const;
  const width = pen.width(text, style);
  const label = { from: x1 + 8, y: y1, to: x1 + 12 + width };
  const busy = scene.taken.some(
    ({ from, y, to }) => Math.abs(y - y1) < 16 && from < label.to && to > label.from,
  );
  if (!busy && !dense) {
    pen.text(text, x1 + 9, y1, style);
    scene.taken.push(label);
  }
  ctx.globalAlpha = 1;
}

/** Messages a bin, in a lane of its own under the axis of real time: what a day of traffic looks like when no message can be told apart. */
export function drawDensity(pen: Pen, scene: Scene, y: number, height: number): void {
  const { scale, index } = scene;
  if (scale.kind !== 'time') return;
  const binPx = 3;
  const counts: number[] = [];
  for (let x = 0; x < scale.width; x += binPx)
    counts.push(index.density.count(scale.time(x), scale.time(x + binPx)));
  const most = Math.max(1, ...counts);
  pen.ctx.fillStyle = pen.palette.line2;
  counts.forEach((count, i) => {
    const bar = count === 0 ? 0 : Math.max(1, (count / most) * height);
    if (bar > 0) pen.ctx.fillRect(i * binPx, y - bar, binPx - 0.5, bar);
  });
}
