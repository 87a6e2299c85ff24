/** Lanes of objects and faults: a lock with what its clients believe, a barrier's generations, the values of a key, the faults in force. */
import { instant } from '../../figures.ts';
import { barrierSteps } from '../barrier-steps.ts';
import { faultRowsMax, faultRowY } from '../lane-layout.ts';
import type { Lane } from '../lane-layout.ts';
import type { BarrierLane, LockLane } from '../run-page.ts';
import { oneLine } from '../../visible-text.ts';
import { lowerBound } from '../span-index.ts';
import { tokenColours } from './lanes-draw-hosts.ts';
import type { Pen } from './lanes-pen.ts';
import type { Scene } from './lanes-scene.ts';

const truthPx = 22;
const beliefPx = 14;
const valuePx = 17;

/** Draws all of them. */
export function drawObjects(pen: Pen, scene: Scene): void {
  const { layout, page } = scene;
  for (const lane of layout.lanes) {
    if (lane.kind === 'lock') drawLock(pen, scene, lane, page.timeline.locks[lane.object]!);
    if (lane.kind === 'belief') drawBeliefs(pen, scene, lane, page.timeline.locks[lane.object]!);
    if (lane.kind === 'barrier') drawBarrier(pen, scene, lane, page.timeline.barriers[lane.object]!);
    if (lane.kind === 'key') drawKey(pen, scene, lane);
    if (lane.kind === 'faults') drawFaults(pen, scene, lane);
  }
}

/** A place that marks of a whole lane can be pointed at. */
function laneHit({ hits, labels, width }: Scene, id: string, lane: Lane): void {
  hits.push({ id, x0: labels, y0: lane.y, x1: width, y1: lane.y + lane.height });
}

/** What the machine says: a band a token. */
function drawLock(pen: Pen, scene: Scene, lane: Lane, lock: LockLane): void {
  const { scale, index } = scene;
  const { palette } = pen;
  const y = lane.middle;
  laneHit(scene, `l:${lock.name}`, lane);
  pen.line(0, y, scale.width, y, palette.line2, 1, [2, 4]);
  const first = lock.holdings[0];
  if (first !== undefined) {
    const free = scale.x(first.fromUs);
    const style = { colour: palette.ink3 } as const;
    const width = pen.width('free', style) + 12;
    if (free > width + 16 && scale.fromUs <= first.fromUs) {
      const middle = Math.min(free / 2, 42);
      pen.band(middle - width / 2, middle + width / 2, y, 14, { fill: palette.bg });
      pen.text('free', middle, y, style, 'center');
    }
  }
  index.locks.get(lane.object)?.holdings.thin(scale.fromUs, scale.toUs, scale.stepUs, (place) => {
    const held = lock.holdings[place]!;
    const colours = palette.tokens[held.nth % 3]!;
    const from = Math.max(-8, scale.x(held.fromUs));
    const to = Math.min(scale.width + 8, scale.x(held.toUs));
    if (to < from || (to === from && scale.kind === 'causal')) return;
    pen.band(from, to, y, truthPx, { fill: colours.fill, edge: colours.edge });
    const begin = Math.max(0, from) + 8;
    const style = { colour: colours.on, mono: true, size: 12 } as const;
    const whole = pen.label(`◆${held.token} ${held.holder}`, begin, to - 4, y, style);
    if (whole === begin) pen.label(`◆${held.token}`, begin, to - 4, y, style);
    else drawQueue(pen, scene, lane, { ...held, labelEnd: whole }, colours.on);
    drawVerdictGap(
      pen,
      scene,
      y,
      { from: held.fromUs, to: held.toUs, labelEnd: Math.max(begin, whole) },
      colours.on,
    );
  });
}

/** Who joined the queue during a holding: a line with its name. */
function drawQueue(
  pen: Pen,
  { page, scale, index }: Scene,
  lane: Lane,
  held: { readonly fromUs: number; readonly toUs: number; readonly labelEnd: number },
  colour: string,
): void {
  const { queue } = page.timeline.locks[lane.object]!;
  const { queued } = index.locks.get(lane.object)!;
  const y = lane.middle;
  const next = Math.min(scale.x(held.toUs), scale.width);
  let busy = held.labelEnd + 6;
  // What comes after the band's end in view has no room there.
  for (let i = lowerBound(queued, held.fromUs); i < queue.length && queue[i]!.atUs < held.toUs; i += 1) {
    if (busy >= next) return;
    const { atUs, waiting } = queue[i]!;
    const before = queue[i - 1]?.waiting ?? [];
    const joined = waiting.filter((one) => !before.includes(one));
    const x = scale.x(atUs);
    if (joined.length === 0 || x < busy || x > scale.width) continue;
    pen.line(x, y - truthPx / 2 + 1, x, y + truthPx / 2 - 1, colour, 1);
    const word = joined.length === 1 ? `${joined[0]!} queues` : `${joined.length} queue`;
    busy = Math.max(x + 4, pen.label(word, x + 6, next - 4, y, { colour }) + 6);
  }
}

/** The number of the verdict, as a dimension line on the band that stood when the answer was wrong: from what was due to what was observed. */
function drawVerdictGap(
  pen: Pen,
  { page, scale }: Scene,
  y: number,
  band: { readonly from: number; readonly to: number; readonly labelEnd: number },
  colour: string,
): void {
  const { pair, verdict } = page;
  if (pair === null) return;
  const begin = pair.expected.atUs;
  const end = pair.observed.atUs;
  // Only a number that the verdict names, so that the line explains the sentence.
  const length = `${((end - begin) / 1e6).toFixed(3)} s`;
  if (end <= begin || begin < band.from || end > band.to || !verdict.sentence.includes(length)) return;
  const from = Math.max(scale.x(begin) + 4, band.labelEnd + 10);
  const to = scale.x(end) - 3;
  if (to - from > 24) pen.dimension(from, to, y, length, { colour, mono: true }, 'middle');
}

/** What a client believes: a thin band, and red hatch where its belief outlives the truth. */
function drawBeliefs(pen: Pen, scene: Scene, lane: Lane, lock: LockLane): void {
  const { scale, index } = scene;
  const { palette, ctx } = pen;
  const y = lane.middle;
  laneHit(scene, `l:${lock.name}`, lane);
  const of = index.locks.get(lane.object)!;
  of.beliefs.get(lane.host)?.thin(scale.fromUs, scale.toUs, scale.stepUs, (place) => {
    const belief = lock.beliefs[place]!;
    const trueUntil = of.trueUntil[place]!;
    const colours = palette.tokens[belief.nth % 3]!;
    const from = Math.max(-8, scale.x(belief.fromUs, belief.host));
    const turn = Math.min(scale.width + 8, scale.x(Math.max(trueUntil, belief.fromUs)));
    const to = Math.min(scale.width + 8, scale.x(belief.toUs, belief.host));
    if (turn > from) pen.band(from, turn, y, beliefPx, { fill: colours.tint, edge: colours.edge });
    pen.label(`◆${belief.token}`, Math.max(0, from) + 7, turn - 3, y, { colour: colours.text, mono: true });
    if (belief.toUs > trueUntil && to > turn) {
      ctx.fillStyle = pen.hatch(palette.violation, 2.6, palette.violationGround);
      ctx.fillRect(turn, y - beliefPx / 2, to - turn, beliefPx);
      pen.band(turn, to, y, beliefPx, { edge: palette.violation, radius: 0 });
      pen.line(turn, y - lane.height + 1, turn, y + beliefPx / 2 + 1, palette.violation, 1.6);
      drawZombieLength(
        pen,
        turn,
        Math.min(to, scale.width),
        y,
        instant(belief.toUs - Math.max(trueUntil, belief.fromUs)),
      );
    }
    const { deadlineUs } = belief;
    // A deadline after the belief's end tells nothing: it let go in time.
    if (deadlineUs !== null && deadlineUs < belief.toUs) drawDeadline(pen, scene, deadlineUs, y);
  });
}

function drawZombieLength(pen: Pen, from: number, to: number, y: number, length: string): void {
  const { palette } = pen;
  const style = { colour: palette.violation, weight: 600 } as const;
  const visibleFrom = Math.max(0, from);
  const word = `zombie ${length}`;
  const room = to - visibleFrom;
  const width = pen.width(word, style) + 12;
  const middle = visibleFrom + Math.min(room / 2, 12 + width / 2);
  if (!pen.boxed(word, middle, y, room - 4, style, palette.violationEdge))
    pen.boxed('zombie', visibleFrom + room / 2, y, room - 4, style, palette.violationEdge);
}

/** Where the believer's own lease ran out: a tick that stands out of its band. */
function drawDeadline(pen: Pen, { scale }: Scene, atUs: number, y: number): void {
  const x = scale.x(atUs);
  if (x < 0 || x > scale.width) return;
  pen.line(x, y - beliefPx / 2 - 2, x, y + beliefPx / 2 + 2, pen.palette.ink, 1.6);
  pen.line(x - 3, y - beliefPx / 2 - 2, x + 3, y - beliefPx / 2 - 2, pen.palette.ink, 1.6);
}

/** Generations as bands which rise by a step with each that arrives; a flag where one tripped, a cross where it broke. */
function drawBarrier(pen: Pen, scene: Scene, lane: Lane, barrier: BarrierLane): void {
  const { scale, index } = scene;
  const { palette, ctx } = pen;
  laneHit(scene, `b:${barrier.name}`, lane);
  const bottom = lane.y + lane.height - 2;
  const height = lane.height - 4;
  index.generations.get(lane.object)?.thin(scale.fromUs, scale.toUs, scale.stepUs, (place) => {
    const generation = barrier.generations[place]!;
    const from = scale.x(generation.fromUs);
    const to = Math.max(from + 2, scale.x(generation.toUs));
    const colours = palette.terms[generation.generation % 3]!;
    ctx.fillStyle =
      generation.outcome === 'broken' ? pen.hatch(palette.line2, 1.1, palette.bg) : palette.sunk;
    ctx.fillRect(from, bottom - height, to - from, height);
    // Steps of a band that is a stroke wide cannot be told apart.
    if (to - from > 3) drawArrivals(pen, scene, { barrier, generation, to, bottom, height });
    pen.band(from, to, lane.middle, height, {
      edge: generation.outcome === null ? palette.line2 : colours.fill,
    });
    if (generation.outcome === 'broken') pen.cross(to - 7, lane.middle, 4, palette.ink, 1.8);
    if (generation.outcome === 'tripped') pen.line(to, lane.y, to, lane.y + lane.height, colours.fill, 3);
  });
}

/** A generation's steps, with how many arrived of how many are needed. */
function drawArrivals(
  pen: Pen,
  { scale }: Scene,
  at: {
    readonly barrier: BarrierLane;
    readonly generation: BarrierLane['generations'][number];
    readonly to: number;
    readonly bottom: number;
    readonly height: number;
  },
): void {
  const { barrier, generation, to, bottom, height } = at;
  const { ctx, palette } = pen;
  const colours = palette.terms[generation.generation % 3]!;
  const middle = bottom - height / 2;
  barrierSteps(barrier, generation).forEach(({ atUs, arrived, needed }, i, steps) => {
    const x = scale.x(atUs);
    const next = steps[i + 1];
    const end = next === undefined ? to : scale.x(next.atUs);
    if (arrived === 0 || end < x || end < 0 || x > scale.width) return;
    const rise = (Math.min(needed, arrived) / Math.max(1, needed)) * height;
    ctx.fillStyle = colours.tint;
    ctx.fillRect(x, bottom - rise, end - x, rise);
    pen.line(x, bottom - rise, end, bottom - rise, colours.fill, 1.4);
    const style = { colour: colours.text, weight: 600, size: 10.5 } as const;
    const begin = Math.max(0, x) + 5;
    const text = [`${arrived} of ${needed}`, `${arrived}/${needed}`].find(
      (one) => begin + pen.width(one, style) + 14 <= Math.min(end, scale.width),
    );
    if (text === undefined) return;
    // On a ground of its own: the step's line would run through it.
    pen.band(begin - 3, begin + pen.width(text, style) + 3, middle, 13, { fill: colours.tint, radius: 2 });
    pen.text(text, begin, middle, style);
  });
}

/** The values of a key, each under the token that wrote it; a dot for each sibling. */
function drawKey(pen: Pen, scene: Scene, lane: Lane): void {
  const { page, scale, index } = scene;
  const { palette, ctx } = pen;
  const { name, values } = page.timeline.keys[lane.object]!;
  const y = lane.middle;
  laneHit(scene, `k:${name}`, lane);
  pen.line(0, y, scale.width, y, palette.line);
  index.values.get(lane.object)?.thin(scale.fromUs, scale.toUs, scale.stepUs, (place) => {
    const value = values[place]!;
    const from = Math.max(-8, scale.x(value.fromUs));
    const to = Math.min(scale.width - 4, scale.x(values[place + 1]?.fromUs ?? page.about.untilUs));
    if (to < from || (to === from && scale.kind === 'causal')) return;
    const edge = value.violating ? palette.violation : palette.line2;
    const fill = value.violating ? palette.violationGround : palette.bg;
    pen.band(from, to, y, valuePx, { fill, edge, lineWidth: value.violating ? 1.6 : 1 });
    const token = tokenColours(pen, scene, undefined, value.token);
    if (token !== null && to - from > 6) {
      ctx.fillStyle = token.fill;
      ctx.fillRect(from, y - valuePx / 2 + 0.5, 4, valuePx - 1);
    }
    const style = {
      colour: value.violating ? palette.violation : palette.ink,
      mono: true,
      weight: value.violating ? 600 : 400,
    } as const;
    const begin = Math.max(0, from) + 9;
    const room = to - 4 - (value.dots.length > 1 ? 6 * Math.min(4, value.dots.length) + 4 : 0);
    const under = value.token > 0 ? `${value.text} under ◆${value.token}` : value.text;
    const end = pen.label(under, begin, room, y, style);
    const last = end === begin && under !== value.text ? pen.label(value.text, begin, room, y, style) : end;
    if (value.dots.length < 2) return;
    for (let i = 0; i < Math.min(4, value.dots.length); i += 1)
      if (last + 7 + i * 6 < to) pen.ring(last + 6 + i * 6, y, 2, palette.ink, palette.ink);
  });
}

/** Faults in force: dimension lines with their names. */
function drawFaults(pen: Pen, { page, layout, scale }: Scene, lane: Lane): void {
  const { palette } = pen;
  for (const [place, row] of layout.faultRows) {
    const { fault, fromUs, toUs } = page.timeline.faults[place]!;
    if (row >= faultRowsMax || fromUs > scale.toUs || toUs < scale.fromUs) continue;
    const from = Math.max(-4, scale.x(fromUs));
    const to = Math.min(scale.width + 4, scale.x(toUs));
    pen.dimension(from, to, faultRowY(lane, row), oneLine(fault, 40), { colour: palette.ink2 }, 'begin');
  }
}
