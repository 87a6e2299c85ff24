/** One drawing of the lanes, from the ground up. */
import { drawCursor, drawGround, drawHeader, drawLabels, drawTooMany, drawVeil } from './lanes-draw-axis.ts';
import { drawClients, drawNodes } from './lanes-draw-hosts.ts';
import { drawMessages, messagesInView } from './lanes-draw-messages.ts';
import { drawObjects } from './lanes-draw-objects.ts';
import type { Pen } from './lanes-pen.ts';
import type { Scene } from './lanes-scene.ts';

/** Draws a scene. Afterwards `scene.hits` has what can be pointed at, the topmost last. */
export function drawLanes(pen: Pen, scene: Scene): void {
  const { ctx, palette } = pen;
  const { layout, labels, width, scale } = scene;
  scene.hits.length = scene.taken.length = 0;
  ctx.fillStyle = palette.bg;
  ctx.fillRect(0, 0, width, layout.height);
  ctx.save();
  ctx.translate(labels, 0);
  ctx.save();
  ctx.beginPath();
  ctx.rect(-8, 0, scale.width + 8, layout.height);
  ctx.clip();
  drawGround(pen, scene);
  // Before the walls: their words make room for what was lost at them.
  const arrows = messagesInView(scene);
  drawObjects(pen, scene);
  drawNodes(pen, scene);
  drawClients(pen, scene);
  drawVeil(pen, scene);
  if (arrows !== null) drawMessages(pen, scene, arrows);
  drawHeader(pen, scene);
  drawCursor(pen, scene);
  if (arrows === null && scale.kind === 'time') drawTooMany(pen, scene);
  ctx.restore();
  drawLabels(pen, scene);
  ctx.restore();
}
