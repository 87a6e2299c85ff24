/** The strip below real time: the whole run, with the window that the lanes show. */
import type { LaneChoice } from '../lane-choice.ts';
import { timeScale, timeSpan } from '../lane-scale.ts';
import type { RunPage } from '../run-page.ts';
import type { Pen } from './lanes-pen.ts';
import type { LaneIndex } from './lanes-index.ts';

/** Its height, px. */
export const overviewPx = 36;
const densityPx = 20;

/** What the strip shows. */
export interface Overview {
  readonly page: RunPage;
  readonly choice: LaneChoice;
  readonly index: LaneIndex;
  readonly width: number;
  readonly window: { readonly fromUs: number; readonly toUs: number };
  readonly cursorUs: number;
  /** When the conflict was; -1 where there is none. */
  readonly conflictUs: number;
}

/** Draws it: density of messages, leaders by term, faults, the violation, the window. */
export function drawOverview(
  pen: Pen,
  { page, choice, index, width, window, cursorUs, conflictUs }: Overview,
): void {
  const { ctx, palette } = pen;
  const { timeline, about } = page;
  const scale = timeScale(0, timeSpan(page), width);
  ctx.fillStyle = palette.bg;
  ctx.fillRect(0, 0, width, overviewPx);
  const counts: number[] = [];
  for (let x = 0; x < width; x += 3) counts.push(index.density.count(scale.time(x), scale.time(x + 3)));
  const most = Math.max(1, ...counts);
  ctx.fillStyle = palette.line2;
  counts.forEach((count, i) => {
    const height = count === 0 ? 0 : Math.max(1, (count / most) * densityPx);
    ctx.fillRect(i * 3, densityPx + 2 - height, 2.5, height);
  });
  for (const host of [...choice.nodes, ...choice.folded])
    index.roles.get(host)?.thin(0, about.untilUs, scale.stepUs, (place) => {
      const { role, term, fromUs, toUs } = timeline.roles[place]!;
      if (role !== 'leader') return;
      ctx.fillStyle = palette.terms[term % 3]!.fill;
      ctx.fillRect(scale.x(fromUs), 24, Math.max(1, scale.x(toUs) - scale.x(fromUs)), 4);
    });
  ctx.fillStyle = pen.hatch(palette.ink, 2.6, palette.bg);
  for (const { fromUs, toUs } of timeline.faults)
    ctx.fillRect(scale.x(fromUs), 30, Math.max(1, scale.x(toUs) - scale.x(fromUs)), 4);
  const from = scale.x(window.fromUs);
  const to = Math.max(from + 3, scale.x(window.toUs));
  ctx.globalAlpha = 0.55;
  ctx.fillStyle = palette.bg;
  ctx.fillRect(0, 0, from, overviewPx);
  ctx.fillRect(to, 0, width - to, overviewPx);
  ctx.globalAlpha = 1;
  pen.band(from, to, overviewPx / 2, overviewPx - 1, { edge: palette.ink2, lineWidth: 1.4 });
  if (conflictUs >= 0) pen.diamond(scale.x(conflictUs), 6, 5, palette.violation, palette.bg);
  pen.line(scale.x(cursorUs), 0, scale.x(cursorUs), overviewPx, palette.ink, 1);
}

/** Lets the strip be dragged: `show` is told where the middle of the window goes. */
export function dragOverview(
  canvas: HTMLCanvasElement,
  untilUs: number,
  show: (middleUs: number) => void,
): void {
  const move = (event: PointerEvent) => {
    const { left, width } = canvas.getBoundingClientRect();
    show(((event.clientX - left) / Math.max(1, width)) * untilUs);
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    move(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) move(event);
  });
}
