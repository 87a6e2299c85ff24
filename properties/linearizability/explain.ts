/** Says in words what a violation of linearizability is: the operation that cannot be placed, and what was possible instead. */
import type { Operation, RecordedOperation } from '../history.ts';
import type { AnyModel } from './model.ts';
import { describeOperation, describeState } from './model.ts';
import type { Reduced } from './reduce.ts';

/** A violation in words. */
export interface Explanation {
  readonly possible: readonly string[];
  readonly message: string;
  readonly details: readonly string[];
}

/** States named in a sentence; of more, how many. */
const statesNamedMax = 4;
/** Operations listed, the last ones; of more, how many. */
const operationsListedMax = 24;
/** Writes that are listed for orientation, the last ones heard of before the failure. */
const surroundingMax = 4;

/**
 * The sentences, and a line an operation: `✗ 4.012–4.020 s  process 3  get k7 → 41 (version 5)`. A cross marks the one that fits nowhere,
 * a dot those that by themselves make that so; the others, for orientation, are the last writes around it and the one whose
 * value the wrong answer shows.
 *
 * @param operations all of the component
 */
export function explain(
  model: AnyModel,
  key: string | number | null,
  operations: readonly Operation[],
  reduced: Reduced,
): Explanation {
  const { failed } = reduced;
  const possible = [...new Set(reduced.possible.map((state) => describeState(model, state)))];
  const origin = originOf(model, operations, failed);
  const told = describeOperation(model, failed.op, failed.value);
  const when = 'completedUs' in failed ? ` at ${seconds((failed as RecordedOperation).completedUs)} s` : '';
  const where = key === null ? 'The history' : `The history of ${key}`;
  const message =
    `${where} is not linearizable: ${told} by process ${failed.process}${when} fits no order. ` +
    `${possibleSentence(possible)}${originSentence(origin, failed)}`;
  const matter = new Set(reduced.operations.map((o) => o.id));
  const surrounding = operations
    .filter((o) => o.invokedAt <= failed.completedAt && !matter.has(o.id))
    .filter((o) => model.readOnly?.(o.op, o.value) !== true)
    .sort((a, b) => heardAt(a) - heardAt(b) || a.id - b.id)
    .filter((o, i, all) => i >= all.length - surroundingMax || o === origin);
  const sorted = [
    ...reduced.operations.filter((o) => o.invokedAt <= failed.completedAt),
    ...surrounding,
  ].sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  // Where many are left, the one that fits nowhere may have been invoked long before the last ones.
  const listed = sorted.filter((o, i) => i >= sorted.length - operationsListedMax || o.id === failed.id);
  const width = Math.max(...listed.map((o) => interval(o).length));
  const details = listed.map((o) =>
    line(model, o, o.id === failed.id ? '✗' : matter.has(o.id) ? '•' : ' ', width),
  );
  if (listed.length < sorted.length)
    details.unshift(`… and ${sorted.length - listed.length} earlier operations`);
  if (surrounding.length > 0)
    details.push('(✗ fits nowhere, • suffice to show it, the others: what else was written)');
  return { possible, message, details };
}

function possibleSentence(possible: readonly string[]): string {
  const named = possible.slice(0, statesNamedMax);
  const more = possible.length - named.length;
  if (more > 0) named.push(`one of ${more} more`);
  const last = named.pop() ?? 'nothing';
  const before = named.length === 0 ? '' : `${named.join(', ')}${named.length > 1 ? ',' : ''} or `;
  return `Whatever the order of the others, it found ${before}${last}.`;
}

/** The operation that left what this one's answer shows; `null` if none is known to have, `undefined` if it shows nothing. */
function originOf(
  model: AnyModel,
  operations: readonly Operation[],
  failed: Operation,
): Operation | null | undefined {
  const rules = model.hindsight;
  const shown = rules?.shows(failed.op, failed.value);
  if (rules === undefined || shown === undefined) return undefined;
  const name = JSON.stringify(shown);
  const left = operations.filter((o) => o !== failed && JSON.stringify(rules.leaves(o.op)) === name);
  return left.length === 0 ? null : left.length === 1 ? left[0] : undefined;
}

function originSentence(origin: Operation | null | undefined, failed: Operation): string {
  if (origin === undefined) return '';
  if (origin === null) return ' Nobody wrote what it shows.';
  const by = `process ${origin.process}`;
  const from = 'invokedUs' in origin ? ` at ${seconds((origin as RecordedOperation).invokedUs)} s` : '';
  if (origin.invokedAt > failed.completedAt) return ` What it shows, ${by} began to write only later${from}.`;
  return origin.outcome === 'ok'
    ? ` What it shows was written by ${by}${from}.`
    : ` What it shows may have been written by ${by}, which set out to${from}.`;
}

/** When it was last heard of. */
function heardAt(o: Operation): number {
  return o.completedAt === Infinity ? o.invokedAt : o.completedAt;
}

function line(model: AnyModel, o: Operation, mark: string, width: number): string {
  const told = describeOperation(model, o.op, o.value);
  const result = o.outcome === 'ok' ? '' : ' → unknown';
  return `${mark} ${interval(o).padEnd(width)}  process ${o.process}  ${told}${result}`;
}

function interval(o: Operation): string {
  if ('invokedUs' in o) {
    const { invokedUs, completedUs } = o as RecordedOperation;
    const from = seconds(invokedUs);
    return completedUs === Infinity || o.outcome !== 'ok'
      ? `from ${from} s`
      : `${from}–${seconds(completedUs)} s`;
  }
  return o.completedAt === Infinity ? `from ${o.invokedAt}` : `${o.invokedAt}–${o.completedAt}`;
}

/** Microseconds as seconds with three digits. */
function seconds(us: number): string {
  return (us / 1_000_000).toFixed(3);
}
