/** What happened to the servers' logs, by event of the page, and what their entries are about. */
import { logChanges } from '../run-record.ts';
import type { RunRecord } from '../run-record.ts';
import type { Drawn } from './drawn-steps.ts';
import type { EntryAskers } from './entry-askers.ts';
import type { LogTable } from './run-page.ts';
import { shortValue } from '../observation-words.ts';
import { textOf } from './transitions.ts';
import type { Transition } from './transitions.ts';

const [appended, truncated, committed, , restored] = logChanges.keys();

/** Of entries that came at once so many, the last ones, have labels: no more are ever looked at together. */
const labelled = 16;

interface Columns {
  readonly event: number[];
  readonly host: number[];
  readonly group: number[];
  readonly change: number[];
  readonly index: number[];
  readonly term: number[];
}

/** What became of one log between two events. */
interface Pending {
  readonly host: number;
  readonly group: number;
  rows: { readonly change: number; index: number; readonly term: number }[];
  commit: { readonly index: number; readonly term: number } | null;
}

/** Where a page's labels come from. */
export interface EntrySources {
  readonly transitions: readonly Transition[];
  readonly askers: EntryAskers;
  readonly violating: { readonly group: number; readonly index: number };
}

/** The table. */
export function logTable(record: RunRecord, drawn: Drawn, sources: EntrySources): LogTable {
  const columns: Columns = { event: [], host: [], group: [], change: [], index: [], term: [] };
  const { steps, log } = record;
  let pending = new Map<string, Pending>();
  let place = 0;
  for (const row of inOrder(log.step)) {
    const step = log.step[row]!;
    const before = place;
    while (place < drawn.steps.length && drawn.steps[place]! < step) place += 1;
    if (place !== before) pending = flush(columns, before, pending);
    if (place === drawn.steps.length) break;
    const host = steps.host[step]!;
    const group = log.group[row]!;
    const key = `${host} ${group}`;
    const one = pending.get(key) ?? { host, group, rows: [], commit: null };
    pending.set(key, one);
    note(one, log.change[row]!, log.index[row]!, log.term[row]!);
  }
  if (place < drawn.steps.length) flush(columns, place, pending);
  const { group, index } = sources.violating;
  return { ...columns, labels: labelsOf(record, columns, sources), violating: index, violatingGroup: group };
}

/** Rows by their step: those of one event stand in the order of their hosts' turns. */
function inOrder(step: readonly number[]): readonly number[] {
  const rows = [...step.keys()];
  return step.every((one, row) => row === 0 || step[row - 1]! <= one)
    ? rows
    : rows.sort((a, b) => step[a]! - step[b]! || a - b);
}

function note(one: Pending, change: number, index: number, term: number): void {
  const last = one.rows.at(-1);
  if (change === committed) one.commit = { index, term };
  else if (change === restored) {
    one.rows = [{ change, index, term }];
    one.commit = null;
  } else if (change === truncated) one.rows.push({ change, index, term });
  else if (change === appended) {
    if (last?.change === appended && last.term === term && last.index === index - 1) last.index = index;
    else one.rows.push({ change, index, term });
  }
}

function flush(columns: Columns, event: number, pending: ReadonlyMap<string, Pending>): Map<string, Pending> {
  for (const { host, group, rows, commit } of pending.values()) {
    const all = commit === null ? rows : [...rows, { change: committed!, ...commit }];
    for (const { change, index, term } of all) {
      columns.event.push(event);
      columns.host.push(host);
      columns.group.push(group);
      columns.change.push(change);
      columns.index.push(index);
      columns.term.push(term);
    }
  }
  return new Map();
}

/** The entries that the matrix may show: those that came with an event of the page. */
function labelsOf(record: RunRecord, columns: Columns, sources: EntrySources): { [key: string]: string } {
  const wanted = new Set<string>();
  columns.change.forEach((change, row) => {
    if (change !== appended) return;
    const index = columns.index[row]!;
    for (let one = Math.max(1, index - labelled + 1); one <= index; one += 1)
      wanted.add(`${columns.group[row]!}:${one}`);
  });
  if (sources.violating.index > 0) wanted.add(`${sources.violating.group}:${sources.violating.index}`);
  const kinds = entryKinds(record);
  const told = new Map<string, string>();
  for (const { group, index, observation } of sources.transitions) {
    const key = `${group}:${index}`;
    const word = transitionWord(observation.kind, textOf(observation, 'reason'));
    // A lock that is freed may be granted in the same entry: that is what it led to.
    if (word !== null) told.set(key, told.get(key) ?? word);
  }
  const labels = Object.create(null) as { [key: string]: string };
  for (const key of wanted) {
    const [group, index] = key.split(':').map(Number) as [number, number];
    const label = told.get(key) ?? operationWord(sources.askers, group, index) ?? kinds.get(key);
    if (label !== undefined) labels[key] = label;
  }
  return labels;
}

function operationWord(askers: EntryAskers, group: number, index: number): string | null {
  const op = askers.operationOf(group, index)?.op as { f?: unknown; value?: unknown } | null | undefined;
  if (op === null || op === undefined) return null;
  if (typeof op.f !== 'string') return shortValue(op);
  return op.f.startsWith('put') && op.value !== undefined
    ? shortValue(JSON.stringify(op.value))
    : shortValue(op.f);
}

/** Entries that no client asked for: `noop`, `configuration`. */
function entryKinds({ observations }: RunRecord): Map<string, string> {
  const found = new Map<string, string>();
  for (const { group, observation } of observations) {
    if (observation.kind !== 'entryAppended') continue;
    const { index, entry } = observation as { index?: unknown; entry?: unknown };
    if (typeof entry === 'string' && entry !== 'command')
      found.set(`${group}:${String(index)}`, shortValue(entry));
  }
  return found;
}

const words: ReadonlyMap<string, string> = new Map([
  ['sessionOpened', 'open'],
  ['sessionEnded', 'end'],
  ['lockQueued', 'queue'],
  ['lockGranted', 'grant'],
  ['lockReentered', 'reenter'],
  ['lockRenewed', 'renew'],
  ['lockWaitEnded', 'wait over'],
  ['barrierCreated', 'create'],
  ['barrierDestroyed', 'destroy'],
  ['barrierJoined', 'register'],
  ['barrierLeft', 'leave'],
  ['barrierArrived', 'arrive'],
  ['barrierBroken', 'break'],
  ['barrierMoved', 'move'],
]);

/** A transition in a word; null where the operation says more. */
function transitionWord(kind: string, reason: string): string | null {
  if (kind === 'lockFreed')
    return reason === 'expired' ? 'expire' : reason === 'released' ? 'release' : 'free';
  return words.get(kind) ?? null;
}
