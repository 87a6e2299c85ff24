/** A host as it stands at an event, told for people: its process's state first, then disk, clocks, timers, links. */
import { columns, exact, hanging, hostName, instant } from './figures.ts';
import type { Style } from './style.ts';

/** What is known of the host (the world's `HostView`, as plain data). */
export interface HostViewData {
  readonly host: number;
  readonly up: boolean;
  readonly paused: boolean;
  readonly boot: number;
  readonly monotonicUs: number;
  readonly wallUs: number;
  readonly timers: readonly { readonly key: number; readonly atUs: number }[];
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly durable: number }[];
  readonly fsyncsInFlight: number;
  readonly cutTo: readonly number[];
  readonly cutFrom: readonly number[];
  readonly state: unknown;
}

/** Rows of a list in a process's state that are shown; more would push the rest off the screen. */
const rowsMax = 24;

/** Tells a host. @param servers how many of the hosts serve: they are named n0, n1 …, the others c0, c1 … */
export function tellHostView(view: HostViewData, servers: number, style: Style): string[] {
  const name = hostName(view.host, servers);
  const doing = view.up ? (view.paused ? 'paused' : 'up') : 'down';
  const links = (hosts: readonly number[]): string => hosts.map((host) => hostName(host, servers)).join(', ');
  return [
    `${style.strong(name)}  ${doing}, boot ${view.boot}`,
    ...tellPlain(view.state, 2),
    '  disk',
    ...view.files.map(({ path, bytes, durable }) => {
      const rest = durable === bytes ? 'durable' : `${exact(durable)} of them durable`;
      return `    ${path}  ${exact(bytes)} bytes, ${rest}`;
    }),
    ...(view.fsyncsInFlight > 0 ? [`    fsyncs in flight: ${view.fsyncsInFlight}`] : []),
    `  clocks  monotonic ${instant(view.monotonicUs)}, wall ${new Date(view.wallUs / 1_000).toISOString()}`,
    ...view.timers.map(({ key, atUs }) => `  timer   ${key} at ${instant(atUs)} (monotonic)`),
    ...(view.cutTo.length > 0 ? [`  cut     nothing gets from ${name} to ${links(view.cutTo)}`] : []),
    ...(view.cutFrom.length > 0 ? [`  cut     nothing gets to ${name} from ${links(view.cutFrom)}`] : []),
  ];
}

/** Plain data of any process as lines: scalars of an object together, lists a row each. */
export function tellPlain(value: unknown, indent: number): string[] {
  const pad = ' '.repeat(indent);
  if (!isRecord(value)) return value === null || value === undefined ? [] : [`${pad}${scalar(value)}`];
  const fields = Object.entries(value);
  const scalars = fields.filter(([, field]) => !isRecord(field) && !Array.isArray(field));
  const lines =
    scalars.length === 0
      ? []
      : hanging(pad, scalars.map(([key, field]) => `${key} ${scalar(field)}`).join(', '));
  for (const [key, field] of fields) {
    if (isRecord(field)) lines.push(...hanging(`${pad}${key}  `, oneLine(field)));
    if (Array.isArray(field) && field.length > 0) {
      lines.push(`${pad}${key}`);
      lines.push(...field.slice(-rowsMax).flatMap((row) => hanging(`${pad}  `, oneLine(row))));
      if (field.length > rowsMax) lines.push(`${pad}  … and ${exact(field.length - rowsMax)} before`);
    }
  }
  return lines.map((line) => (line.length > 2 * columns ? `${line.slice(0, 2 * columns - 1)}…` : line));
}

function oneLine(row: unknown): string {
  if (!isRecord(row)) return scalar(row);
  return Object.entries(row)
    .filter(([, field]) => field !== '')
    .map(
      ([key, field]) =>
        `${key} ${isRecord(field) || Array.isArray(field) ? JSON.stringify(field) : scalar(field)}`,
    )
    .join(', ');
}

function scalar(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? 'undefined';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
