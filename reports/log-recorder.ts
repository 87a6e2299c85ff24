/** Gathers what happened to the servers' logs during a run, in few rows: of a run of millions of entries the whole. */
import type { Observation } from '../core/observe.ts';
import { logChanges } from './run-record.ts';
import type { LogColumns } from './run-record.ts';

type LogChange = (typeof logChanges)[number];

/** Makes `LogColumns`, observation by observation. Observations of other shapes, by processes of one's own, are passed over. */
export class LogRecorder {
  readonly #columns = {
    step: [] as number[],
    group: [] as number[],
    change: [] as number[],
    index: [] as number[],
    term: [] as number[],
  };

  /** The last index of each log, by host and group. */
  readonly #lasts: (Map<number, number> | undefined)[] = [];

  /** What was gathered so far; grows. */
  get columns(): LogColumns {
    return this.#columns;
  }

  observe(step: number, host: number, group: number, observation: Observation): void {
    const { kind, index, term, from } = observation as Record<string, unknown>;
    if (kind === 'entryAppended' && isCount(index) && isCount(term)) {
      // What goes on after it would be one row with it, which tells of entries after the last one: what stood there went.
      if (index <= this.#lastOf(host, group)) this.#add('truncated', step, group, index, 0);
      this.#add('appended', step, group, index, term);
      this.#setLast(host, group, index);
    } else if (kind === 'logTruncated' && isCount(from)) {
      this.#add('truncated', step, group, from, 0);
      this.#setLast(host, group, Math.min(this.#lastOf(host, group), from - 1));
    } else if ((kind === 'committed' || kind === 'applied') && isCount(index))
      this.#add(kind, step, group, index, isCount(term) ? term : 0);
    else if (kind === 'snapshotRestored' && isCount(index)) {
      // At start the log was read before it, and stays.
      const change = from === 'leader' ? 'restored' : 'applied';
      this.#add(change, step, group, index, isCount(term) ? term : 0);
      if (change === 'restored') this.#setLast(host, group, index);
    } else if (kind === 'recovered') this.#recovered(observation, step, host, group);
  }

  #recovered(observation: Observation, step: number, host: number, group: number): void {
    const { base, baseTerm, terms } = observation as Record<string, unknown>;
    if (!isCount(base) || !isCount(baseTerm) || !Array.isArray(terms)) return;
    this.#add('restored', step, group, base, baseTerm);
    this.#setLast(host, group, base + terms.length);
    terms.forEach((term: unknown, i) => {
      if (isCount(term)) this.#add('appended', step, group, base + 1 + i, term);
    });
  }

  #lastOf(host: number, group: number): number {
    return this.#lasts[host]?.get(group) ?? 0;
  }

  #setLast(host: number, group: number, index: number): void {
    (this.#lasts[host] ??= new Map<number, number>()).set(group, index);
  }

  #add(change: LogChange, step: number, group: number, index: number, term: number): void {
    const columns = this.#columns;
    const code = logChanges.indexOf(change);
    const row = columns.step.length - 1;
    // What goes on where the row before it ended is one row.
    if (columns.step[row] === step && columns.group[row] === group && columns.change[row] === code) {
      const sameTerm = columns.term[row] === term && columns.index[row] === index - 1;
      if (change === 'appended' ? sameTerm : change === 'applied' || change === 'committed') {
        columns.index[row] = index;
        columns.term[row] = term;
        return;
      }
    }
    columns.step.push(step);
    columns.group.push(group);
    columns.change.push(code);
    columns.index.push(index);
    columns.term.push(term);
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
