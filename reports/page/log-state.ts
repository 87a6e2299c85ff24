/** The servers' logs as they stood at an event, of the table of their changes. Indexed once, so that a key press finds its state at once. */
import { logChanges } from '../run-record.ts';
import type { LogTable } from './run-page.ts';

const [appended, truncated, committed, , restored] = logChanges.keys();

/** Entries of one term, from an index on. */
interface Segment {
  readonly from: number;
  readonly term: number;
}

/** The log of one server in one group. */
export interface ServerLog {
  readonly host: number;
  readonly group: number;
  /** All up to here went into a snapshot. */
  readonly base: number;
  readonly baseTerm: number;
  readonly last: number;
  /** Up to which it knows entries to be committed. */
  readonly commit: number;
  readonly segments: readonly Segment[];
}

/** The term of an entry of a log; null where it has none. */
export function termAt({ base, baseTerm, last, segments }: ServerLog, index: number): number | null {
  if (index === base && index > 0 && baseTerm > 0) return baseTerm;
  if (index <= base || index > last) return null;
  return segments.findLast((one) => one.from <= index)?.term ?? null;
}

/** Rows between two points from which states are worked out. */
const rowsPerPoint = 256;

type Logs = ReadonlyMap<string, ServerLog>;

/** Finds the state of all logs at an event. */
export class LogStates {
  readonly #table: LogTable;
  /** The state before row `i * rowsPerPoint`. */
  readonly #points: Logs[] = [];

  constructor(table: LogTable) {
    this.#table = table;
    const logs = new Map<string, ServerLog>();
    for (let row = 0; row < table.event.length; row += 1) {
      if (row % rowsPerPoint === 0) this.#points.push(new Map(logs));
      apply(logs, table, row);
    }
    if (this.#points.length === 0) this.#points.push(new Map());
  }

  /** After an event; by `HOST GROUP`. */
  at(event: number): Logs {
    const { event: events } = this.#table;
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (events[middle]! <= event) low = middle + 1;
      else high = middle;
    }
    const point = Math.min(this.#points.length - 1, Math.floor(low / rowsPerPoint));
    const logs = new Map(this.#points[point]!);
    for (let row = point * rowsPerPoint; row < low; row += 1) apply(logs, this.#table, row);
    return logs;
  }
}

function apply(logs: Map<string, ServerLog>, table: LogTable, row: number): void {
  const host = table.host[row]!;
  const group = table.group[row]!;
  const index = table.index[row]!;
  const term = table.term[row]!;
  const key = `${host} ${group}`;
  const log: ServerLog = logs.get(key) ?? {
    ...{ host, group, base: 0, baseTerm: 0, last: 0, commit: 0, segments: [] },
  };
  switch (table.change[row]) {
    case appended: {
      const from = log.last + 1;
      // An entry over others of the same index: what was there went.
      const rest = index <= log.last ? cutTo(log.segments, index) : log.segments;
      const start = Math.min(from, index);
      const segments = rest.at(-1)?.term === term ? rest : [...rest, { from: start, term }];
      logs.set(key, { ...log, last: index, segments });
      break;
    }
    case truncated:
      logs.set(key, { ...log, last: Math.max(log.base, index - 1), segments: cutTo(log.segments, index) });
      break;
    case committed:
      logs.set(key, { ...log, commit: Math.max(log.commit, index) });
      break;
    case restored:
      logs.set(key, { host, group, base: index, baseTerm: term, last: index, commit: index, segments: [] });
  }
}

/** Segments without an index and all after it. */
function cutTo(segments: readonly Segment[], index: number): readonly Segment[] {
  return segments.filter((one) => one.from < index);
}
