/** The strokes of the lanes: bands, hatches, labels that are dropped where they do not fit, dimension lines, and the few signs of `style.md`, "Marks". */
import { oneLine } from '../../visible-text.ts';
import type { Palette } from './lanes-palette.ts';

/** Texts in marks are cut here; details have the whole. */
const markTextMax = 40;
/** Widths that are remembered: a pan writes the same labels in every frame. */
const widthsMax = 4000;

/** How a text is written. */
export interface TextStyle {
  readonly colour: string;
  /** Px; 11 where it is not given. */
  readonly size?: number;
  readonly weight?: 400 | 550 | 600 | 700;
  readonly mono?: boolean;
}

/** How a band is drawn. */
export interface BandStyle {
  readonly fill?: string;
  readonly edge?: string;
  readonly dash?: readonly number[];
  readonly radius?: number;
  readonly lineWidth?: number;
}

/** Draws on one canvas. Places are CSS px. */
export class Pen {
  readonly ctx: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly #ratio: number;
  readonly #widths = new Map<string, number>();
  readonly #hatches = new Map<string, CanvasPattern>();

  constructor(ctx: CanvasRenderingContext2D, palette: Palette, ratio: number) {
    this.ctx = ctx;
    this.palette = palette;
    this.#ratio = ratio;
  }

  #font({ size = 11, weight = 400, mono = false }: TextStyle): string {
    return `${weight} ${size}px ${mono ? this.palette.mono : this.palette.sans}`;
  }

  /** How wide a text is. */
  width(text: string, style: TextStyle): number {
    const font = this.#font(style);
    const key = `${font}|${text}`;
    const known = this.#widths.get(key);
    if (known !== undefined) return known;
    if (this.#widths.size >= widthsMax) this.#widths.clear();
    this.ctx.font = font;
    const { width } = this.ctx.measureText(text);
    this.#widths.set(key, width);
    return width;
  }

  /** Writes a text, centred on the line `y`. Its width. */
  text(text: string, x: number, y: number, style: TextStyle, align: CanvasTextAlign = 'left'): number {
    const { ctx } = this;
    const width = this.width(text, style);
    ctx.font = this.#font(style);
    ctx.textAlign = align;
    ctx.textBaseline = 'middle';
    ctx.fillStyle = style.colour;
    ctx.fillText(text, x, y + 0.5);
    return width;
  }

  /** Writes a text between two places if it fits there, shortened at 40 characters and never cut to fit. Where it ends; `from` if it was dropped. */
  label(text: string, from: number, to: number, y: number, style: TextStyle): number {
    // A look at the space first: most labels of a full lane have no room for two letters.
    if (to - from < 6) return from;
    const line = oneLine(text, markTextMax);
    return this.width(line, style) <= to - from ? from + this.text(line, from, y, style) : from;
  }

  /** Writes a text into the first of some stretches where it fits. Where it ends; null if it was dropped. */
  labelIn(
    runs: readonly (readonly [number, number])[],
    text: string,
    y: number,
    style: TextStyle,
  ): number | null {
    for (const [from, to] of runs) {
      const end = this.label(text, from, to, y, style);
      if (end > from) return end;
    }
    return null;
  }

  /** A band between two places, centred on `y`. */
  band(from: number, to: number, y: number, height: number, style: BandStyle): void {
    const { ctx } = this;
    const width = Math.max(1, to - from);
    const top = y - height / 2;
    if (width < 3) {
      ctx.fillStyle = style.edge ?? style.fill ?? this.palette.ink3;
      ctx.fillRect(from, top, width, height);
      return;
    }
    const inset = style.edge === undefined ? 0 : 0.5;
    ctx.beginPath();
    ctx.roundRect(from + inset, top + inset, width - 2 * inset, height - 2 * inset, style.radius ?? 3);
    if (style.fill !== undefined) {
      ctx.fillStyle = style.fill;
      ctx.fill();
    }
    if (style.edge === undefined) return;
    ctx.strokeStyle = style.edge;
    ctx.lineWidth = style.lineWidth ?? 1;
    ctx.setLineDash(style.dash === undefined ? [] : [...style.dash]);
    ctx.stroke();
    ctx.setLineDash([]);
  }

  /** A hatch as a fill: slanted strokes every 8 px. */
  hatch(colour: string, lineWidth: number, ground?: string): CanvasPattern | string {
    const key = `${colour}|${lineWidth}|${ground ?? ''}`;
    const known = this.#hatches.get(key);
    if (known !== undefined) return known;
    const tile = document.createElement('canvas');
    const side = 8 * this.#ratio;
    tile.width = tile.height = Math.round(side);
    const ctx = tile.getContext('2d');
    if (ctx === null) return colour;
    ctx.scale(tile.width / 8, tile.height / 8);
    if (ground !== undefined) {
      ctx.fillStyle = ground;
      ctx.fillRect(0, 0, 8, 8);
    }
    ctx.strokeStyle = colour;
    ctx.lineWidth = lineWidth;
    ctx.beginPath();
    for (const shift of [-8, 0, 8]) {
      ctx.moveTo(shift - 2, 10);
      ctx.lineTo(shift + 10, -2);
    }
    ctx.stroke();
    const pattern = this.ctx.createPattern(tile, 'repeat');
    if (pattern === null) return colour;
    pattern.setTransform(new DOMMatrix().scale(8 / tile.width, 8 / tile.height));
    this.#hatches.set(key, pattern);
    return pattern;
  }

  /** A straight line. */
  line(
    x0: number,
    y0: number,
    x1: number,
    y1: number,
    colour: string,
    lineWidth = 1,
    dash: readonly number[] = [],
  ): void {
    const { ctx } = this;
    ctx.beginPath();
    ctx.moveTo(x0, y0);
    ctx.lineTo(x1, y1);
    ctx.strokeStyle = colour;
    ctx.lineWidth = lineWidth;
    ctx.setLineDash([...dash]);
    ctx.stroke();
    ctx.setLineDash([]);
  }

  /** A text in a box with an edge, centred on a place; dropped where it is wider than the room. Whether it was drawn. */
  boxed(text: string, centre: number, y: number, room: number, style: TextStyle, edge: string): boolean {
    const width = this.width(text, style) + 12;
    if (width > room) return false;
    this.band(centre - width / 2, centre + width / 2, y, 18, { fill: this.palette.bg, edge, radius: 4 });
    this.text(text, centre, y, style, 'center');
    return true;
  }

  /** A line with caps from one place to another, with its text on it; the line alone where the text does not fit. */
  dimension(
    from: number,
    to: number,
    y: number,
    text: string,
    style: TextStyle,
    at: 'begin' | 'middle',
  ): void {
    const { ctx } = this;
    if (to - from < 2) {
      this.line(from, y - 4, from, y + 4, style.colour, 1.2);
      return;
    }
    const width = this.width(text, style);
    const fits = width + 28 <= to - from;
    const gapFrom = at === 'begin' ? from + 8 : (from + to - width) / 2 - 5;
    ctx.strokeStyle = style.colour;
    ctx.lineWidth = 1.2;
    ctx.beginPath();
    ctx.moveTo(from, y - 4);
    ctx.lineTo(from, y + 4);
    ctx.moveTo(to, y - 4);
    ctx.lineTo(to, y + 4);
    ctx.moveTo(from, y);
    ctx.lineTo(fits ? gapFrom : to, y);
    if (fits) {
      ctx.moveTo(gapFrom + width + 10, y);
      ctx.lineTo(to, y);
    }
    ctx.stroke();
    if (fits) this.text(text, gapFrom + 5, y, style);
  }

  /** A small diamond: a linearization point. */
  diamond(x: number, y: number, half: number, fill: string, edge?: string): void {
    const { ctx } = this;
    ctx.beginPath();
    ctx.moveTo(x, y - half);
    ctx.lineTo(x + half, y);
    ctx.lineTo(x, y + half);
    ctx.lineTo(x - half, y);
    ctx.closePath();
    ctx.fillStyle = fill;
    ctx.fill();
    if (edge === undefined) return;
    ctx.strokeStyle = edge;
    ctx.lineWidth = 1.4;
    ctx.stroke();
  }

  /** Two crossing strokes. */
  cross(x: number, y: number, half: number, colour: string, lineWidth = 1.6): void {
    this.line(x - half, y - half, x + half, y + half, colour, lineWidth);
    this.line(x - half, y + half, x + half, y - half, colour, lineWidth);
  }

  /** A circle with a filling and an edge. */
  ring(x: number, y: number, radius: number, fill: string, edge: string, lineWidth = 1): void {
    const { ctx } = this;
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.strokeStyle = edge;
    ctx.lineWidth = lineWidth;
    ctx.stroke();
  }
}
