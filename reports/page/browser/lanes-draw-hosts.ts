/** Lanes of nodes and clients: roles and terms as bands, walls, hosts that were down or stood still, what clients asked. */
import { instant } from '../../figures.ts';
import { boxMiddle, freeRuns } from '../label-room.ts';
import { isSummed, wallOf } from '../lane-layout.ts';
import type { Lane } from '../lane-layout.ts';
import type { HostSpan, RoleSpan } from '../run-page.ts';
import type { Pen } from './lanes-pen.ts';
import { operationStrength } from './lanes-scene.ts';
import type { Scene } from './lanes-scene.ts';

/** Heights of bands: leaders stand out without their colour too. */
const leaderPx = 18;
const followerPx = 13;
const candidatePx = 20;
const operationPx = 18;
/** How far an operation that never ended is drawn. */
const openPx = 190;
/** The least that an operation takes; narrower than `bandPx` it is a bar without edge and words. */
const barPx = 2;
const bandPx = 3;

/** Half the height of what stands on a lane: where messages begin and end. */
export function bandHalf(lane: Lane): number {
  return lane.kind === 'node' ? leaderPx / 2 : lane.kind === 'client' ? operationPx / 2 : 7;
}

/** Lanes of nodes, with the walls between them. */
export function drawNodes(pen: Pen, scene: Scene): void {
  const { layout, index, scale, page } = scene;
  for (const lane of layout.lanes) {
    if (lane.kind === 'folded') drawFolded(pen, scene, lane);
    if (lane.kind === 'cut') drawCut(pen, scene, lane);
    if (lane.kind !== 'node') continue;
    pen.line(0, lane.middle, scale.width, lane.middle, pen.palette.line);
    const roles = index.roles.get(lane.host);
    roles?.thin(scale.fromUs, scale.toUs, scale.stepUs, (place) =>
      drawRole(pen, scene, lane, page.timeline.roles[place]!),
    );
    for (const span of page.timeline.hostSpans)
      if (span.host === lane.host) drawHostSpan(pen, scene, lane, span);
  }
  for (const fault of page.timeline.faults)
    if (fault.sides !== null) drawWall(pen, scene, fault, fault.sides);
}

function drawRole(pen: Pen, scene: Scene, lane: Lane, span: RoleSpan): void {
  const { scale } = scene;
  const { palette } = pen;
  const colours = palette.terms[span.term % 3]!;
  const from = Math.max(-8, scale.x(span.fromUs, span.host));
  const to = Math.min(scale.width + 8, scale.x(span.toUs, span.host));
  if (to <= from && scale.kind === 'causal') return;
  const y = lane.middle;
  const term = `T${span.term}`;
  const dots = scene.dots.get(lane.host) ?? [];
  if (span.role === 'leader') {
    pen.band(from, to, y, leaderPx, { fill: colours.fill });
    const style = { colour: palette.termOn, weight: 600 } as const;
    const runs = freeRuns(Math.max(0, from) + 8, to - 4, dots);
    if (pen.labelIn(runs, `${term} leader`, y, style) === null) pen.labelIn(runs, term, y, style);
    return;
  }
  if (span.role === 'follower') {
    pen.band(from, to, y, followerPx, { fill: colours.tint, edge: blend(colours.fill) });
    const runs = freeRuns(Math.max(0, from) + 6, to - 4, dots);
    pen.labelIn(runs, term, y, { colour: colours.text, weight: 600 });
    return;
  }
  const hatch = pen.hatch(colours.fill, 2, palette.bg);
  pen.ctx.fillStyle = hatch;
  pen.ctx.fillRect(from, y - candidatePx / 2, Math.max(1, to - from), candidatePx);
  pen.band(from, to, y, candidatePx, { edge: colours.fill });
  const word = span.role === 'candidate' ? 'candidate' : 'pre-vote';
  const style = { colour: colours.text, weight: 600, size: 10.5 } as const;
  const width = pen.width(word, style);
  const middle = boxMiddle(Math.max(0, from), Math.min(scale.width, to), width / 2 + 4, dots);
  if (middle === null) return;
  pen.band(middle - width / 2 - 3, middle + width / 2 + 3, y, 13, { fill: palette.bg, radius: 2 });
  pen.text(word, middle, y, style, 'center');
}

/** A fill as the softer edge of a tinted band. */
function blend(fill: string): string {
  return `color-mix(in srgb, ${fill} 45%, transparent)`;
}

/** Time in which a host was down (no band, a cross at its end) or stood still (a thin hatch over the lane). */
function drawHostSpan(pen: Pen, scene: Scene, lane: Lane, span: HostSpan): void {
  const { scale } = scene;
  const { palette } = pen;
  const from = Math.max(-8, scale.x(span.fromUs, span.host));
  const to = Math.min(scale.width + 8, scale.x(span.toUs, span.host));
  if (to < 0 || from > scale.width) return;
  const y = lane.middle;
  const height = lane.kind === 'node' ? candidatePx : operationPx;
  const length = `${span.what} ${instant(span.toUs - span.fromUs)}`;
  const middle = (Math.max(0, from) + Math.min(scale.width, to)) / 2;
  const style = { colour: palette.ink } as const;
  if (span.what === 'paused') {
    pen.ctx.fillStyle = pen.hatch(palette.opEdge, 1.1, lane.kind === 'node' ? undefined : palette.bg);
    pen.ctx.fillRect(from, y - height / 2, Math.max(1, to - from), height);
    pen.band(from, to, y, height, { edge: palette.line2 });
  } else {
    pen.ctx.fillStyle = palette.bg;
    pen.ctx.fillRect(from, y - height / 2 - 1, Math.max(1, to - from), height + 2);
    pen.line(from, y, to, y, palette.ink3, 1, [1, 3]);
    pen.cross(from, y, 4, palette.ink, 1.8);
  }
  const width = pen.width(length, style);
  if (width + 28 > Math.min(scale.width, to) - Math.max(0, from)) return;
  pen.band(middle - width / 2 - 10, middle + width / 2 + 10, y, height - 2, { fill: palette.bg, radius: 0 });
  pen.text(length, middle, y, style, 'center');
}

/** A partition: a hatched bar between the lanes that it parts, with its length in a box on the longest piece in view. */
function drawWall(
  pen: Pen,
  { scale, layout, taken }: Scene,
  { fromUs, toUs }: { fromUs: number; toUs: number },
  sides: readonly (readonly number[])[],
): void {
  const from = scale.x(fromUs);
  const to = scale.x(toUs);
  if (to < 0 || from > scale.width || to - from < 1) return;
  const { palette } = pen;
  const left = Math.max(-12, from);
  const right = Math.min(scale.width + 12, to);
  wallOf(layout, sides).forEach(({ y, thickness }, i) => {
    pen.ctx.fillStyle = pen.hatch(palette.ink, 3, palette.bg);
    pen.ctx.fillRect(left, y - thickness / 2, right - left, thickness);
    pen.line(left, y - thickness / 2, right, y - thickness / 2, palette.ink, 0.6);
    pen.line(left, y + thickness / 2, right, y + thickness / 2, palette.ink, 0.6);
    for (const end of [from, to]) pen.line(end, y - 8, end, y + 8, palette.ink, 1.8);
    if (i > 0 || thickness < 8) return;
    const style = { colour: palette.ink, weight: 600 } as const;
    const length = instant(toUs - fromUs);
    // Not over the crosses of messages that were lost at it.
    const crosses = taken
      .filter((one) => Math.abs(one.y - y) < 16)
      .map((one) => ({ x: (one.from + one.to) / 2, half: (one.to - one.from) / 2 }));
    for (const word of [`partition ${length}`, length]) {
      const half = pen.width(word, style) / 2 + 8;
      const middle = boxMiddle(Math.max(0, from) + 4, Math.min(scale.width, to) - 4, half, crosses);
      if (middle === null || !pen.boxed(word, middle, y, right - left - 8, style, palette.ink)) continue;
      taken.push({ from: middle - half, y, to: middle + half });
      return;
    }
  });
}

/** Links that are cut at a node, where no wall can stand: narrow walls below its lane, and what does not pass, over all of them. */
function drawCut(pen: Pen, { scale, taken, index }: Scene, lane: Lane): void {
  const { palette } = pen;
  const y = lane.middle;
  const inView = (index.cut.get(lane.host) ?? [])
    .map((span) => ({ ...span, from: scale.x(span.fromUs), to: scale.x(span.toUs) }))
    .filter(({ from, to }) => to >= 0 && from <= scale.width && to - from >= 1);
  for (const { from, to } of inView) {
    const left = Math.max(-12, from);
    pen.ctx.fillStyle = pen.hatch(palette.ink, 3, palette.bg);
    pen.ctx.fillRect(left, y - 2, Math.min(scale.width + 12, to) - left, 4);
    for (const end of [from, to]) pen.line(end, y - 5, end, y + 5, palette.ink, 1.8);
  }
  const style = { colour: palette.ink, weight: 600, size: 10.5 } as const;
  for (const { from, to, fromUs, toUs, words } of inView) {
    const busy = taken
      .filter((one) => Math.abs(one.y - y) < 12)
      .map((one) => ({ x: (one.from + one.to) / 2, half: (one.to - one.from) / 2 }));
    const [begin, end] = [Math.max(0, from) + 4, Math.min(scale.width, to) - 4];
    for (const word of [`${words[0]!} ${instant(toUs - fromUs)}`, ...words]) {
      const half = pen.width(word, style) / 2 + 7;
      const middle = boxMiddle(begin, end, half, busy);
      if (middle === null) continue;
      pen.band(middle - half + 1, middle + half - 1, y, 15, {
        fill: palette.bg,
        edge: palette.ink,
        radius: 4,
      });
      pen.text(word, middle, y, style, 'center');
      taken.push({ from: middle - half, y, to: middle + half });
      break;
    }
  }
}

/** Nodes without lanes of their own: how many steps they made, as a shade. */
function drawFolded(pen: Pen, scene: Scene, lane: Lane): void {
  const { scale, choice, index } = scene;
  const binPx = 6;
  const counts: number[] = [];
  for (let x = 0; x < scale.width; x += binPx) {
    const from = scale.time(x);
    const to = scale.time(x + binPx);
    let sum = 0;
    for (const host of choice.folded) sum += index.events.count(host, from, to);
    counts.push(sum);
  }
  const most = Math.max(1, ...counts);
  pen.ctx.fillStyle = pen.palette.ink3;
  counts.forEach((count, i) => {
    const height = (count / most) * (lane.height - 8);
    if (count > 0)
      pen.ctx.fillRect(i * binPx, lane.y + lane.height - 4 - height, binPx - 1, Math.max(1, height));
  });
}

/** Lanes of clients. */
export function drawClients(pen: Pen, scene: Scene): void {
  const { layout, index, scale, page } = scene;
  for (const lane of layout.lanes) {
    if (lane.kind !== 'client') continue;
    pen.line(0, lane.middle, scale.width, lane.middle, pen.palette.line);
    if (lane.row === 0)
      for (const span of page.timeline.hostSpans)
        if (span.host === lane.host) drawHostSpan(pen, scene, lane, span);
    const late: number[] = [];
    const bars = new Float32Array(Math.ceil(scale.width) + barPx);
    if (isSummed(lane.row)) drawSummed(pen, scene, lane);
    index.operations
      .get(`${lane.host}/${lane.row}`)
      ?.thin(scale.fromUs, scale.toUs, scale.stepUs, (place) => {
        if (index.violating.has(place)) late.push(place);
        else if (!isSummed(lane.row)) drawOperation(pen, scene, lane, place, bars);
      });
    // What the verdict is about stands over its neighbours.
    for (const place of late) drawOperation(pen, scene, lane, place);
  }
}

/** Operations beyond the rows that a client has: how many went on, as a shade. */
function drawSummed(pen: Pen, { scale, index }: Scene, lane: Lane): void {
  const binPx = 6;
  const spans = index.operations.get(`${lane.host}/${lane.row}`);
  if (spans === undefined) return;
  pen.ctx.fillStyle = pen.palette.opEdge;
  for (let x = 0; x < scale.width; x += binPx) {
    const going = spans.atMost(scale.time(x), scale.time(x + binPx));
    const height = Math.min(operationPx, going * 3);
    if (going > 0) pen.ctx.fillRect(x, lane.middle + operationPx / 2 - height, binPx - 1, height);
  }
}

/** @param bars of the lane: by pixel the strength of the bar that stands there. What no pixel can show apart is drawn once: thousands are in view. */
function drawOperation(pen: Pen, scene: Scene, lane: Lane, place: number, bars?: Float32Array): void {
  const { page, scale, index, hits, labels } = scene;
  const operations = page.timeline.operations;
  const host = operations.host[place]!;
  const ended = operations.toUs[place]! >= 0;
  const from = scale.x(operations.fromUs[place]!, host);
  const outcome = operations.outcome[place]!;
  // An operation that never ended is open: it fades out after a few columns instead of filling the lane, unless the next one is sooner.
  const until = scale.x(index.ends[place]!, host);
  const end = ended ? until : Math.min(from + openPx, until);
  const to = Math.max(from + barPx, end);
  if (to < 0 || from > scale.width) return;
  const violating = index.violating.has(place);
  const { palette, ctx } = pen;
  const y = lane.middle;
  const strength = operationStrength(scene, place);
  const isBar = to - from < bandPx;
  if (isBar && bars !== undefined) {
    const pixel = Math.max(0, Math.floor(from));
    if (bars[pixel]! >= strength) return;
    bars.fill(strength, pixel, pixel + barPx);
  }
  ctx.globalAlpha = strength;
  hits.push({ id: `o:${place}`, x0: labels + from - 2, y0: y - 10, x1: labels + to + 2, y1: y + 10 });
  if (isBar) {
    ctx.fillStyle = violating ? palette.violation : palette.opEdge;
    ctx.fillRect(from, y - operationPx / 2, to - from, operationPx);
    ctx.globalAlpha = 1;
    return;
  }
  if (violating) {
    pen.band(from, to, y, operationPx, {
      fill: palette.violationGround,
      edge: palette.violation,
      lineWidth: 1.6,
    });
  } else if (outcome === 'unknown') {
    drawUnknown(pen, from, to, y);
  } else {
    pen.band(from, to, y, operationPx, {
      fill: outcome === 'ok' ? palette.opFill : palette.bg,
      edge: palette.opEdge,
    });
  }
  const edge = tokenColours(
    pen,
    scene,
    operations.objects[operations.object[place]!],
    operations.token[place]!,
  );
  if (edge !== null && to - from > 6) {
    ctx.fillStyle = edge.fill;
    ctx.fillRect(from, y - operationPx / 2 + 0.5, 4, operationPx - 1);
  }
  labelOperation(pen, { from, to, lane }, place, scene);
  const point = operations.pointUs[place]!;
  if (point >= 0 && to - from > 8) {
    const x = scale.x(point);
    if (violating) pen.diamond(x, y + operationPx / 2, 4, palette.bg, palette.violation);
    else pen.diamond(x, y + operationPx / 2, 3.8, palette.ink);
  }
  ctx.globalAlpha = 1;
}

/** Dashed and open at its end. */
function drawUnknown(pen: Pen, from: number, to: number, y: number): void {
  const { palette, ctx } = pen;
  ctx.fillStyle = palette.bg;
  ctx.fillRect(from, y - operationPx / 2, to - from, operationPx);
  pen.line(from, y - operationPx / 2, to, y - operationPx / 2, palette.opEdge, 1, [3, 3]);
  pen.line(from, y + operationPx / 2, to, y + operationPx / 2, palette.opEdge, 1, [3, 3]);
  pen.line(from, y - operationPx / 2, from, y + operationPx / 2, palette.opEdge, 1, [3, 3]);
  if (to - from < 40) return;
  pen.ring(to - 12, y, 7.5, palette.bg, palette.opEdge);
  pen.text('?', to - 12, y, { colour: palette.opText, weight: 600 }, 'center');
}

function labelOperation(
  pen: Pen,
  at: { from: number; to: number; lane: Lane },
  place: number,
  scene: Scene,
): void {
  const { page, index } = scene;
  const { outcome, asked, answered, words } = page.timeline.operations;
  const violating = index.violating.has(place);
  const signs = outcome[place] === 'ok' ? 4 : 22;
  const { palette } = pen;
  const colour = violating ? palette.violation : palette.opText;
  // Dots stand on the first of a client's rows.
  const dots = at.lane.row === 0 ? (scene.dots.get(at.lane.host) ?? []) : [];
  const runs = freeRuns(Math.max(0, at.from) + 8, at.to - signs, dots);
  const text = words[asked[place]!] ?? '';
  const style = { colour, weight: violating ? 600 : 400 } as const;
  const answer = outcome[place] === 'fail' ? words[answered[place]!] : undefined;
  const whole = answer === undefined ? text : `${text} · ${answer}`;
  if (pen.labelIn(runs, whole, at.lane.middle, style) === null && whole !== text)
    pen.labelIn(runs, text, at.lane.middle, style);
  if (outcome[place] === 'fail' && at.to - at.from > 14)
    pen.cross(at.to - 9, at.lane.middle, 3.5, colour, 1.6);
}

/** Colours of a token: by which grant of its lock it was; of a key's write, by the token alone. Null where there is none. */
export function tokenColours(pen: Pen, { index }: Scene, object: string | undefined, token: number) {
  if (token <= 0) return null;
  const nth = index.nth.get(`${object ?? ''}\n${token}`) ?? index.nth.get(`\n${token}`);
  return pen.palette.tokens[(nth ?? token) % 3]!;
}
