/** Where lanes stand: the pitch of each kind (`style.md`, "Layout"), one below the other, with walls between nodes where a partition runs. */
import { hostName } from '../figures.ts';
import { sliceTimes } from './lane-choice.ts';
import type { LaneChoice } from './lane-choice.ts';
import { parts } from './node-order.ts';
import type { LockLane, RunPage } from './run-page.ts';

/** Width of the labels' column, which stays while lanes scroll. A narrow page has room for names only. */
export function labelsWidth(width: number): number {
  return width < 600 ? 44 : 84;
}
/** The rows above the lanes: numbers of the story, then gaps (or the axis of time) down to the axis line. */
export const storyRow = { middle: 11, height: 22 } as const;
export const gapRow = { middle: 37, axis: 48 } as const;
const lanesTop = 54;
/** Between nodes, clients, objects and faults, with a line in the middle. */
const groupGap = 10;
const pitch = {
  node: 27,
  folded: 27,
  wall: 23,
  cut: 16,
  client: 26,
  lock: 24,
  belief: 18,
  barrier: 24,
  key: 22,
  faults: 24,
} as const;
/** A fault more than two makes the lane higher by this; more rows than these are not drawn, but listed. */
const faultRowPx = 13;
export const faultRowsMax = 5;
/** Believers below one lock: at most, the zombie and who held the lock meanwhile. */
const believersMax = 2;
/** Rows of one client that does several things at once: at most. */
const clientRowsMax = 3;

/** What a lane shows. */
export type LaneKind = keyof typeof pitch;

/** A lane; `y` is its upper edge, `middle` where its marks are centred, both in px from the top. */
export interface Lane {
  readonly kind: LaneKind;
  readonly y: number;
  readonly height: number;
  readonly middle: number;
  /** '' for the further rows of a client, for walls and cut links. */
  readonly label: string;
  /** Of a node (and what is cut at it), a client, or who believes; -1 elsewhere. */
  readonly host: number;
  /** Place in `locks`, `barriers` or `keys`; -1 elsewhere. */
  readonly object: number;
  /** Row of a client's operations, from 0. */
  readonly row: number;
}

/** All lanes. */
export interface LaneLayout {
  readonly lanes: readonly Lane[];
  /** Lines between the groups of lanes. */
  readonly dividers: readonly number[];
  readonly height: number;
  /** Faults in rows; beyond `faultRowsMax` they are not drawn. */
  readonly faultRows: ReadonlyMap<number, number>;
}

/** Puts lanes one below the other. */
export function layOut(page: RunPage, choice: LaneChoice): LaneLayout {
  const { about, timeline } = page;
  const lanes: Lane[] = [];
  const dividers: number[] = [];
  let y = lanesTop;
  const add = (kind: LaneKind, more: Partial<Lane> = {}, height: number = pitch[kind]) => {
    lanes.push({ kind, y, height, middle: y + height / 2, label: '', host: -1, object: -1, row: 0, ...more });
    y += height;
  };
  const divide = () => {
    dividers.push(y + groupGap / 2);
    y += groupGap;
  };
  choice.nodes.forEach((host, i) => {
    add('node', { host, label: hostName(host, about.servers) });
    if (choice.cut.includes(host)) add('cut', { host });
    const next = choice.nodes[i + 1];
    if (next !== undefined && choice.partitions.some((p) => parts(timeline.faults[p]!.sides!, host, next)))
      add('wall');
  });
  // On the line below the nodes stands how many messages are in view: not over a mark.
  if (lanes.at(-1)?.kind === 'cut') y += 4;
  if (choice.folded.length > 0) add('folded', { label: `${choice.folded.length} more` });
  if (choice.clients.length > 0) divide();
  const rows = clientRows(page);
  for (const host of choice.clients)
    for (let row = 0; row < (rows.get(host) ?? 1); row += 1)
      add('client', {
        host,
        row,
        label: row === 0 ? hostName(host, about.servers) : isSummed(row) ? 'and more' : '',
      });
  if (choice.locks.length + choice.barriers.length + choice.keys.length > 0) divide();
  for (const object of choice.locks) {
    const lock = timeline.locks[object]!;
    add('lock', { object, label: lock.name });
    for (const host of believersOf(page, lock))
      if (choice.clients.includes(host))
        add('belief', { object, host, label: `${hostName(host, about.servers)} believes` });
    y += 5;
  }
  for (const object of choice.barriers) add('barrier', { object, label: timeline.barriers[object]!.name });
  for (const object of choice.keys) add('key', { object, label: timeline.keys[object]!.name });
  const faultRows = packFaults(page);
  if (timeline.faults.length > 0) {
    divide();
    let used = 1;
    for (const row of faultRows.values()) used = Math.min(faultRowsMax, Math.max(used, row + 1));
    add('faults', { label: 'faults' }, Math.max(pitch.faults, used * faultRowPx));
  }
  return { lanes, dividers, height: y + 4, faultRows };
}

/** Where the middle of a fault's row is in its lane. */
export function faultRowY(lane: Lane, row: number): number {
  return lane.y + faultRowPx * (row + 0.5);
}

/** Whose belief is shown: who went on under a token of the verdict, then who believed last; rising by host. */
function believersOf({ timeline: { operations } }: RunPage, { beliefs }: LockLane): number[] {
  const accused = new Set(operations.violating.map((place) => operations.token[place]!));
  const ranked = [...beliefs].sort(
    (a, b) => Number(accused.has(b.token)) - Number(accused.has(a.token)) || b.fromUs - a.fromUs,
  );
  const hosts = [...new Set(ranked.map((belief) => belief.host))];
  return hosts.slice(0, believersMax).sort((a, b) => a - b);
}

/** How many rows a client's operations need, near the slice. What is in higher rows than these is not drawn one by one: the last row sums it up. */
function clientRows({ timeline }: RunPage): ReadonlyMap<number, number> {
  const { operations } = timeline;
  const { fromUs, toUs } = sliceTimes(timeline);
  const rows = new Map<number, number>();
  operations.host.forEach((host, place) => {
    if (
      operations.fromUs[place]! > toUs ||
      (operations.toUs[place]! >= 0 && operations.toUs[place]! < fromUs)
    )
      return;
    const row = operationRow(operations.lane[place]!);
    if (row >= (rows.get(host) ?? 0)) rows.set(host, row + 1);
  });
  return rows;
}

/** The row of its client in which an operation is drawn. */
export function operationRow(lane: number): number {
  return Math.min(clientRowsMax - 1, lane);
}

/** Whether operations of this row overlap: it is the last one, and stands for all beyond. */
export function isSummed(row: number): boolean {
  return row === clientRowsMax - 1;
}

/** Gives each fault the first row that is free at its beginning. They stand in the order of their beginnings there. */
function packFaults({ timeline: { faults } }: RunPage): ReadonlyMap<number, number> {
  const rows = new Map<number, number>();
  const busyUntil: number[] = [];
  const order = [...faults.keys()].sort((a, b) => faults[a]!.fromUs - faults[b]!.fromUs || a - b);
  for (const place of order) {
    const { fromUs, toUs } = faults[place]!;
    let row = busyUntil.findIndex((until) => until < fromUs);
    if (row < 0) row = busyUntil.length;
    if (row < faultRowsMax) busyUntil[row] = toUs;
    rows.set(place, row);
  }
  return rows;
}

/** A piece of a partition's wall, between two neighbouring lanes of nodes. */
export interface WallPiece {
  readonly y: number;
  /** 8 where it has room of its own, 4 on the line between two lanes. */
  readonly thickness: number;
}

/** The pieces of a partition's wall. One piece is a straight wall. */
export function wallOf(layout: LaneLayout, sides: readonly (readonly number[])[]): readonly WallPiece[] {
  const pieces: WallPiece[] = [];
  const { lanes } = layout;
  let above: Lane | null = null;
  let room: Lane | null = null;
  for (const lane of lanes) {
    if (lane.kind === 'wall') room = lane;
    if (lane.kind !== 'node') continue;
    if (above !== null && parts(sides, above.host, lane.host))
      pieces.push(room === null ? { y: lane.y, thickness: 4 } : { y: room.middle, thickness: 8 });
    above = lane;
    room = null;
  }
  return pieces;
}

/** The lane at a height; null between lanes. */
export function laneAt({ lanes }: LaneLayout, y: number): Lane | null {
  return lanes.find((lane) => y >= lane.y && y < lane.y + lane.height) ?? null;
}

/** The lane where a host's messages leave and arrive: its own, or for a server without one that of the folded; null where it has none. */
export function laneOfHost({ lanes }: LaneLayout, host: number, servers: number): Lane | null {
  const own = lanes.find((lane) => lane.host === host && (lane.kind === 'node' || lane.kind === 'client'));
  return own ?? (host < servers ? (lanes.find((lane) => lane.kind === 'folded') ?? null) : null);
}
