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
 * The sentence, and a line an operation: `✗ process 3  get k7 → 41 (version 5)  4.012 s – 4.020 s`. A cross marks the one that
 * cannot be placed, a dot those that by themselves make that so; the others, for orientation, are the last writes around it.
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
  const told = describeOperation(model, failed.op, failed.value);
  const when = 'completedUs' in failed ? ` at ${seconds((failed as RecordedOperation).completedUs)}` : '';
  const where = key === null ? 'The history' : `The history of ${key}`;
  const message = `${where} is not linearizable: ${told} by process ${failed.process}${when} cannot be placed. ${possibleSentence(possible)}`;
  const matter = new Set(reduced.operations.map((o) => o.id));
  const surrounding = operations
    .filter((o) => o.invokedAt <= failed.completedAt && !matter.has(o.id))
    .filter((o) => model.readOnly?.(o.op, o.value) !== true)
    .sort((a, b) => heardAt(a) - heardAt(b) || a.id - b.id)
    .slice(-surroundingMax);
  const sorted = [...reduced.operations, ...surrounding].sort(
    (a, b) => a.invokedAt - b.invokedAt || a.id - b.id,
  );
  const listed = sorted.slice(-operationsListedMax);
  const details = listed.map((o) => line(model, o, o.id === failed.id ? '✗' : matter.has(o.id) ? '•' : ' '));
  if (listed.length < sorted.length)
    details.unshift(`… and ${sorted.length - listed.length} earlier operations`);
  return { possible, message, details };
}

function possibleSentence(possible: readonly string[]): string {
  const named = possible.slice(0, statesNamedMax);
  const more = possible.length - named.length;
  if (more > 0) named.push(`${more} more`);
  const last = named.pop() ?? 'none';
  return named.length === 0
    ? `Possible was only ${last}.`
    : `Possible were ${named.join(', ')}${named.length > 1 ? ',' : ''} and ${last}.`;
}

/** When it was last heard of. */
function heardAt(o: Operation): number {
  return o.completedAt === Infinity ? o.invokedAt : o.completedAt;
}

function line(model: AnyModel, o: Operation, mark: string): string {
  const told = describeOperation(model, o.op, o.value);
  const result = o.outcome === 'ok' ? '' : ' → unknown';
  return `${mark} process ${o.process}  ${told}${result}  ${interval(o)}`;
}

function interval(o: Operation): string {
  if ('invokedUs' in o) {
    const { invokedUs, completedUs } = o as RecordedOperation;
    return completedUs === Infinity
      ? `from ${seconds(invokedUs)}`
      : `${seconds(invokedUs)} – ${seconds(completedUs)}`;
  }
  return o.completedAt === Infinity ? `from ${o.invokedAt}` : `${o.invokedAt} – ${o.completedAt}`;
}

/** Microseconds as seconds with three digits. */
function seconds(us: number): string {
  return `${(us / 1_000_000).toFixed(3)} s`;
}
