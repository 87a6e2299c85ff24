/**
 * A small history drawn as lanes, one a client: an operation is a bar from its invocation to its return. Instants are equally spaced in their
 * order; real time would press what matters into a few pixels. A diamond on the lower edge is the linearization point of the order that was
 * found, with its number; the operation that cannot be placed has a hollow red one.
 */
import { counted, hostName, instant } from '../figures.ts';
import { oneLine } from '../visible-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { PlacedHistory, PlacedOperation } from './run-page.ts';

/** CSS pixels. */
const namesWidth = 56;
const margin = 6;
const drawnWidth = 1000;
const columnMin = 22;
const pitch = 30;
const barHeight = 18;
const letter = 6.4;
/** Characters of a label at most; a longer one is dropped. */
const labelMax = 60;

/** Where an operation is drawn. */
interface Bar {
  readonly operation: PlacedOperation;
  readonly row: number;
  /** In columns: instants in their order. */
  readonly from: number;
  readonly to: number;
  /** Number in the order that was found, from 1; 0: not in it, or too long ago to be listed. */
  readonly place: number;
  /** Where its linearization point is drawn, in columns. */
  readonly point: number;
}

/** A lane: one client, or a part of it where its operations overlap. */
interface Lane {
  readonly name: string;
  /** When its last operation ends. */
  untilUs: number;
}

/** The drawing, which scrolls sideways where it is wide. */
export function placedLanesHtml(placed: PlacedHistory, servers: number): Html {
  const { bars, lanes, columns } = layOut(placed, servers);
  const step = Math.max(columnMin, drawnWidth / columns);
  const width = Math.round(2 * margin + step * columns);
  const height = lanes.length * pitch + 10;
  const odd = new Set(placed.unplaced.map((one) => one.id));
  const drawn = bars.map((bar) => ({ ...bar, isOdd: odd.has(bar.operation.id) }));
  const labels = labelsOf(drawn, step, width);
  // The names stand still where the drawing scrolls.
  return html`<div class="placed-drawing">
    <svg width="${namesWidth}" height="${height}" class="placed-lanes" aria-hidden="true">
      ${lanes.map(({ name }, row) => html`<text class="lane-name" x="0" y="${middleOf(row) + 4}">${name}</text>`)}
    </svg>
    <div class="placed-scroll" role="region" aria-label="The smaller history" tabindex="0">
      <svg
        class="placed-lanes"
        width="${width}"
        height="${height}"
        role="img"
        aria-label="${`${counted(bars.length, 'operation')} of ${counted(clientsOf(lanes), 'client')}`}"
      >
        ${lanes.map((_, row) => html`<path class="lane-line" d="M0 ${middleOf(row)}H${width}" />`)}
        ${drawn.map((bar, i) => barHtml(bar, step, labels[i] ?? null))}
      </svg>
    </div>
  </div>`;
}

function middleOf(row: number): number {
  return row * pitch + 6 + barHeight / 2;
}

/** Lanes that overlapping operations made have no name of their own. */
function clientsOf(lanes: readonly Lane[]): number {
  return lanes.filter((lane) => lane.name !== '').length;
}

/** Rows, columns and points of all operations. */
function layOut(
  { history, placed, fit, unplaced }: PlacedHistory,
  servers: number,
): { readonly bars: readonly Bar[]; readonly lanes: readonly Lane[]; readonly columns: number } {
  const asked = [...history].sort((a, b) => a.fromUs - b.fromUs || a.id - b.id);
  const instants = [...new Set(asked.flatMap((one) => [one.fromUs, endOf(one)]))]
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const columnOf = new Map(instants.map((us, i) => [us, i]));
  const columns = instants.length;
  const places = new Map(placed.map((one, i) => [one.id, fit - placed.length + i + 1]));
  const { lanes, rows } = lanesOf(asked, servers);
  const bars = asked.map((operation, i): Bar => {
    const from = columnOf.get(operation.fromUs)!;
    const to = columnOf.get(endOf(operation)) ?? columns;
    const place = places.get(operation.id) ?? 0;
    return { operation, row: rows[i]!, from, to, place, point: (from + to) / 2 };
  });
  const odd = new Set(unplaced.map((one) => one.id));
  return { bars: withPoints(bars, odd), lanes, columns: Math.max(1, columns) };
}

function endOf({ toUs }: PlacedOperation): number {
  return toUs < 0 ? Infinity : toUs;
}

/** Clients in their order; where operations of one overlap it has as many rows as that takes. */
function lanesOf(
  asked: readonly PlacedOperation[],
  servers: number,
): { readonly lanes: readonly Lane[]; readonly rows: readonly number[] } {
  const byClient = new Map<number, { readonly lane: Lane; readonly members: number[] }[]>();
  asked.forEach((one, i) => {
    const client = one.process < 0 ? -1 : one.host < 0 ? 1_000_000 + one.process : one.host;
    const mine = byClient.get(client) ?? [];
    byClient.set(client, mine);
    let free = mine.find(({ lane }) => lane.untilUs < one.fromUs);
    if (free === undefined) {
      const name = client < 0 ? 'session' : one.host < 0 ? `p${one.process}` : hostName(one.host, servers);
      mine.push((free = { lane: { name: mine.length === 0 ? name : '', untilUs: 0 }, members: [] }));
    }
    free.lane.untilUs = endOf(one);
    free.members.push(i);
  });
  const lanes: Lane[] = [];
  const rows: number[] = [];
  for (const client of [...byClient.keys()].sort((a, b) => a - b)) {
    for (const { lane, members } of byClient.get(client)!) {
      for (const i of members) rows[i] = lanes.length;
      lanes.push(lane);
    }
  }
  return { lanes, rows };
}

/**
 * Points in the order that was found: each as early as its operation and the point before it allow. Taking the earliest never makes a later one
 * impossible, so that all lie within their bars where the order respects real time.
 */
function withPoints(bars: readonly Bar[], odd: ReadonlySet<number>): readonly Bar[] {
  const inOrder = bars.filter((bar) => bar.place > 0).sort((a, b) => a.place - b.place);
  const gap = 0.8 / (inOrder.length + 1);
  const points = new Map<Bar, number>();
  let last = -1;
  for (const bar of inOrder) {
    last = Math.max(last + gap, bar.from + 0.15);
    points.set(bar, Math.min(last, bar.to));
  }
  return bars.map((bar) => ({
    ...bar,
    point: odd.has(bar.operation.id) ? bar.to : (points.get(bar) ?? bar.point),
  }));
}

/** A bar, and whether it is the one that has no place. */
interface DrawnBar extends Bar {
  readonly isOdd: boolean;
}

/** A bar's left edge and its width, in pixels. */
function extentOf({ from, to }: Bar, step: number): { readonly x: number; readonly width: number } {
  return { x: margin + from * step, width: Math.max(4, (to - from) * step) };
}

function barHtml(bar: DrawnBar, step: number, label: Label | null): Html {
  const { operation, row, place, point, isOdd } = bar;
  const { x, width } = extentOf(bar, step);
  const y = row * pitch + 6;
  const open = operation.toUs < 0;
  const px = margin + point * step;
  const py = y + barHeight;
  const shape = open
    ? html`<path d="M${x + width} ${y}H${x}V${py}H${x + width}" />`
    : html`<rect x="${x}" y="${y}" width="${width}" height="${barHeight}" rx="2" />`;
  return html`<g class="${`bar${isOdd ? ' odd' : open ? ' open' : ''}`}">
    <title>${titleOf(bar)}</title>
    ${shape}${
      label === null
        ? null
        : html`<text class="${label.beside ? 'beside' : ''}" x="${label.x}" y="${y + 13}"
            >${label.text}</text
          >`
    }${
      place > 0 || isOdd ? html`<path class="point" d="M${px} ${py - 5}l5 5-5 5-5-5z" />` : null
    }${place > 0 && !isOdd ? html`<text class="place" x="${px + 7}" y="${py + 9}">${place}</text>` : null}
  </g>`;
}

function titleOf({ operation, place, isOdd }: DrawnBar): string {
  const { text, fromUs, toUs } = operation;
  const ended = toUs < 0 ? 'its result is unknown' : `ended ${instant(toUs)}`;
  const placed = isOdd ? '; it has no place' : place > 0 ? `; place ${place}` : '';
  return `${oneLine(text, 300)}; asked ${instant(fromUs)}, ${ended}${placed}`;
}

interface Label {
  readonly text: string;
  readonly x: number;
  readonly beside: boolean;
}

/**
 * Labels by bar: what was asked and answered, else what was asked alone; in the bar, else behind or before it where nothing stands. One that has
 * no room is dropped, never cut. The bar that has no place is given room first.
 */
function labelsOf(bars: readonly DrawnBar[], step: number, end: number): readonly (Label | null)[] {
  const taken = bars.map((bar) => {
    const { x, width } = extentOf(bar, step);
    return { row: bar.row, from: x, to: x + width };
  });
  const isFree = (row: number, from: number, to: number): boolean =>
    from >= margin && to <= end && taken.every((one) => one.row !== row || one.to <= from || one.from >= to);
  const labels: (Label | null)[] = bars.map(() => null);
  const inTurn = [...bars.keys()].sort((a, b) => Number(bars[b]!.isOdd) - Number(bars[a]!.isOdd) || a - b);
  for (const i of inTurn) {
    const { operation, row } = bars[i]!;
    const { x, width } = extentOf(bars[i]!, step);
    for (const text of textsOf(operation)) {
      const length = text.length * letter;
      if (length + 10 <= width) labels[i] = { text, x: x + 6, beside: false };
      else {
        // The point of an operation may stand at either end of its bar: labels keep clear of it.
        const from = [x + width + 8, x - 8 - length].find((at) => isFree(row, at - 1, at + length + 6));
        if (from === undefined) continue;
        labels[i] = { text, x: from, beside: true };
        taken.push({ row, from: from - 4, to: from + length + 4 });
      }
      break;
    }
  }
  return labels;
}

function textsOf({ text }: PlacedOperation): readonly string[] {
  const [asked = ''] = text.slice(0, 4 * labelMax).split(' → ', 1);
  return [text, asked]
    .filter((one) => one.length <= labelMax)
    .map((one) => oneLine(one, labelMax))
    .filter((one) => !one.endsWith('…'));
}
