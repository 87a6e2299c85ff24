/** What is under the pointer: the topmost mark, or the nearest event of the lane. */
import { laneAt } from '../lane-layout.ts';
import type { Hit, Scene } from './lanes-scene.ts';

/** How near a pointer must be, px: a finger is broader than a mouse. */
const eventPx = 7;
const linePx = 4;

/**
 * The mark at a place of the canvas; null where there is none. Steps of the story go first, then events of the lane, messages, operations, and the
 * lanes of objects.
 */
export function markAt(scene: Scene, x: number, y: number): string | null {
  if (x < scene.labels || y < 0) return null;
  const { hits } = scene;
  const step = hits.findLast((hit) => hit.id.startsWith('e:') && within(hit, x, y));
  if (step !== undefined) return step.id;
  const event = eventAt(scene, x, y);
  if (event >= 0) return `e:${event}`;
  return (
    nearestLine(hits, x, y) ?? hits.findLast((hit) => hit.line === undefined && within(hit, x, y))?.id ?? null
  );
}

function within({ x0, y0, x1, y1 }: Hit, x: number, y: number): boolean {
  return x >= x0 && x <= x1 && y >= y0 && y <= y1;
}

/** The event of the lane's host beside the pointer. */
function eventAt({ layout, scale, columns, index, labels, page }: Scene, x: number, y: number): number {
  const lane = laneAt(layout, y);
  if (lane === null || lane.host < 0 || (lane.kind !== 'node' && lane.kind !== 'client')) return -1;
  if (Math.abs(y - lane.middle) > 9) return -1;
  const place = x - labels;
  if (scale.kind === 'time') {
    // Where events stand closer than this, none of them can be meant: a zoomed-out lane shows operations instead.
    const near = index.events.nearest(lane.host, scale.time(place), eventPx * scale.stepUs);
    const span = 2 * eventPx * scale.stepUs;
    const at = near < 0 ? 0 : page.timeline.events.atUs[near]!;
    return near >= 0 && index.events.count(lane.host, at - span, at + span) <= 6 ? near : -1;
  }
  let best = -1;
  let bestPx = eventPx;
  for (const event of columns.events) {
    if (page.timeline.events.host[event] !== lane.host) continue;
    const far = Math.abs(scale.xEvent(event, 0, lane.host) - place);
    if (far < bestPx) [best, bestPx] = [event, far];
  }
  return best;
}

/** The message whose line is nearest, if it is near enough. */
function nearestLine(hits: readonly Hit[], x: number, y: number): string | null {
  let best: string | null = null;
  let bestPx = linePx;
  for (const hit of hits) {
    if (hit.line === undefined) continue;
    const far = distance(hit, x, y);
    if (far < bestPx) [best, bestPx] = [hit.id, far];
  }
  return best;
}

/** From a place to a line, px. */
function distance({ x0, y0, x1, y1 }: Hit, x: number, y: number): number {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const along = dx * dx + dy * dy === 0 ? 0 : ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy);
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}
