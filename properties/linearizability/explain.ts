/** Says in words what a violation of linearizability is: the operation that cannot be placed, and what was possible instead. */
import type { Operation, RecordedOperation } from '../history.ts';
import type { Cause } from './cause.ts';
import { causeOf } from './cause.ts';
import { counted, forPeople } from './for-people.ts';
import { linearize } from './linearize.ts';
import type { AnyModel } from './model.ts';
import { describeOperation, describeState } from './model.ts';
import type { Reduced } from './reduce.ts';
import type { Times } from './times.ts';
import { lengthOf, timesFor } from './times.ts';

/** The longest beginning of a history that is linearizable: what was heard before the first return that cannot be placed. */
export interface LinearizablePrefix<Op = unknown, Value = unknown> {
  /** In an order that explains it: all that had completed, and what was open and took effect. */
  readonly operations: readonly Operation<Op, Value>[];
  /** After the last of them, in words. */
  readonly state: string;
}

/** A violation in words. */
export interface Explanation {
  readonly possible: readonly string[];
  readonly prefix: LinearizablePrefix | null;
  readonly reason: string;
  readonly message: string;
  readonly details: readonly string[];
}

/** States named in a sentence; of more, how many. */
const statesNamedMax = 4;
/** Operations named that may have written one value; of more, how many. */
const writersNamedMax = 3;
/** Operations listed, the last ones; of more, how many. */
const operationsListedMax = 24;
/** Writes that are listed for orientation, the last ones heard of before the failure. */
const surroundingMax = 4;
/** Steps of the model in looking for an order of what came before: a second or so. */
const stepsPerPrefixMax = 1_000_000;

/**
 * The sentences, and a line an operation: `✗ 4.012–4.020 s  process 3  get k7 → 41 (version 5)`. A cross marks the one that fits nowhere,
 * a dot those that by themselves make that so; the others, for orientation, are the last writes around it and the one whose
 * value the wrong answer shows.
 *
 * @param operations all of the component
 * @param refused those of the component that are recorded as failed
 */
export function explain(
  model: AnyModel,
  key: string | number | null,
  operations: readonly Operation[],
  refused: readonly Operation[],
  reduced: Reduced,
): Explanation {
  const { failed } = reduced;
  const possible = [...new Set(reduced.possible.map((state) => describeState(model, state, failed.op)))];
  const supposed = [
    ...new Set(reduced.supposed.map((state) => describeState(model, state, failed.op))),
  ].filter((state) => !possible.includes(state));
  const cause = causeOf(model, operations, refused, failed);
  const origins = originsOf(cause);
  const told = describeOperation(model, failed.op, failed.value);
  const where = key === null ? 'The history' : `The history of ${forPeople(String(key))}`;
  const matter = new Set(reduced.operations.map((o) => o.id));
  const surrounding = operations
    .filter((o) => o.invokedAt <= failed.completedAt && !matter.has(o.id))
    .filter((o) => model.readOnly?.(o.op, o.value) !== true)
    .sort((a, b) => heardAt(a) - heardAt(b) || a.id - b.id)
    .filter((o, i, all) => i >= all.length - surroundingMax || origins.includes(o));
  const sorted = [
    ...reduced.operations.filter((o) => o.invokedAt <= failed.completedAt),
    ...surrounding,
  ].sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  // Where many are left, the one that fits nowhere may have been invoked long before the last ones.
  const listed = sorted.filter((o, i) => i >= sorted.length - operationsListedMax || o.id === failed.id);
  const times = timesFor(
    [...listed, ...origins].flatMap((o) => [o.invokedUs, o.completedUs].filter((us) => us !== undefined)),
  );
  const when = failed.completedUs === undefined ? '' : ` at ${times.told(failed.completedUs)} ${times.unit}`;
  const message =
    `${where} is not linearizable: ${told} by process ${failed.process}${when} fits no order. ` +
    `${reduced.isAll ? 'Whatever the order of the others' : 'In every order of the others that was tried'}, it found ${either(possible, 'or')}${supposing(supposed, 'or')}.${causeSentence(model, cause, failed, times)}`;
  const reason = `${told}; possible ${possible.length > 1 ? 'were' : 'was'} ${either(possible, 'and')}${supposing(supposed, 'and')}${causeClause(model, cause, failed)}`;
  const width = Math.max(...listed.map((o) => interval(o, times).length));
  const details = listed.map((o) =>
    line(model, o, o.id === failed.id ? '✗' : matter.has(o.id) ? '•' : ' ', width, times),
  );
  if (listed.length < sorted.length)
    details.unshift(`… and ${counted(sorted.length - listed.length, 'earlier operation')}`);
  if (surrounding.length > 0)
    details.push('(✗ fits nowhere, • suffice to show it, the others: what else was written)');
  return { possible, prefix: prefixOf(model, operations, failed), reason, message, details };
}

/**
 * The history before the return of `failed`, put in order. What was open then may have taken effect, with the result that it was to have;
 * `failed` itself has not, or it could be placed. Of returns at one time with it nothing is known; they count as open.
 */
function prefixOf(
  model: AnyModel,
  operations: readonly Operation[],
  failed: Operation,
): LinearizablePrefix | null {
  const before = operations.filter((o) => o.id !== failed.id && o.invokedAt <= failed.completedAt);
  const isOpen = (o: Operation): boolean => o.outcome === 'ok' && o.completedAt >= failed.completedAt;
  const found = linearize(
    model,
    before.map((o) => (isOpen(o) ? { ...o, outcome: 'info', completedAt: Infinity } : o)),
    stepsPerPrefixMax,
  );
  if (found === null) return null;
  // As they were.
  const byId = new Map(before.map((o) => [o.id, o]));
  return {
    operations: found.order.map((o) => byId.get(o.id)!),
    state: describeState(model, found.state, failed.op),
  };
}

/** Who may have written what the answer shows, as far as they are named. */
function originsOf(cause: Cause | null): readonly Operation[] {
  if (cause === null) return [];
  if (cause.why !== 'written') return 'writer' in cause ? [cause.writer] : [];
  return cause.writers.length > writersNamedMax ? [] : cause.writers;
}

/** What else it would have found. */
function supposing(supposed: readonly string[], conjunction: 'and' | 'or'): string {
  if (supposed.length === 0) return '';
  const states = either(supposed, conjunction);
  return `, or ${states} if something under way or of unknown result had taken effect`;
}

/** `a, b, and c`: of more than a few how many. */
function either(possible: readonly string[], conjunction: 'and' | 'or'): string {
  const named = possible.slice(0, statesNamedMax);
  const more = possible.length - named.length;
  if (more > 0) named.push(`${conjunction === 'or' ? 'one of ' : ''}${more} more`);
  const last = named.pop() ?? 'nothing';
  const before =
    named.length === 0 ? '' : `${named.join(', ')}${named.length > 1 ? ',' : ''} ${conjunction} `;
  return `${before}${last}`;
}

/** Where the value comes from that the answer shows, and what became of it. */
function causeSentence(model: AnyModel, cause: Cause | null, failed: Operation, times: Times): string {
  if (cause === null) return '';
  switch (cause.why) {
    case 'never written':
      return cause.refused === null
        ? ' Nobody wrote what it shows.'
        : ` Nobody wrote what it shows but ${named(model, cause.refused)} by process ${cause.refused.process}, which is recorded as failed.`;
    case 'no longer the first state':
      return ` What it shows stood there before the first write; ${named(model, cause.by)} ended ${ago(cause.by, failed)}.`;
    case 'not yet written':
      return ` What it shows, process ${cause.writer.process} began to write only later${startOf(cause.writer, times)}.`;
    case 'written':
      return ` What it shows ${writtenBy(cause.writers, times)}.`;
    case 'taken':
      return ` What it shows ${writtenBy([cause.writer], times)}; it was taken by ${named(model, cause.by)} too.`;
    case 'overwritten':
      return ` What it shows ${writtenBy([cause.writer], times)}; it was overwritten by ${overwriting(model, cause, failed)}.`;
  }
}

/** When an operation was invoked, where that is known: ` at 0.020 s`. */
function startOf({ invokedUs }: Operation, times: Times): string {
  return invokedUs === undefined ? '' : ` at ${times.told(invokedUs)} ${times.unit}`;
}

/** Who wrote a value, or may have; of more than a few, how many. */
function writtenBy(writers: readonly Operation[], times: Times): string {
  const maybe = writers.some((o) => o.outcome === 'ok') ? 'was' : 'may have been';
  if (writers.length > writersNamedMax) return `${maybe} written by one of ${writers.length} operations`;
  const each = writers.map((o) =>
    o.outcome === 'ok'
      ? `process ${o.process}${startOf(o, times)}`
      : `process ${o.process}, which set out to${startOf(o, times)}`,
  );
  return `${maybe} written by ${either(each, 'or')}`;
}

/** The same, as the end of a sentence. */
function causeClause(model: AnyModel, cause: Cause | null, failed: Operation): string {
  if (cause === null) return '';
  const shown = forPeople(JSON.stringify(model.hindsight?.shows(failed.op, failed.value)) ?? '');
  switch (cause.why) {
    case 'never written':
      return cause.refused === null
        ? `; nobody wrote ${shown}`
        : `; only #${cause.refused.id} set out to write ${shown}, and it is recorded as failed`;
    case 'no longer the first state':
      return `; the first state was overwritten by ${named(model, cause.by)}, which ended ${ago(cause.by, failed)}`;
    case 'not yet written':
      return `; ${named(model, cause.writer)} was invoked only later`;
    case 'written':
      return `; ${shown} was written by ${
        cause.writers.length > writersNamedMax
          ? `one of ${cause.writers.length} operations`
          : either(
              cause.writers.map(({ id }) => `#${id}`),
              'or',
            )
      }`;
    case 'taken':
      return `; ${shown} was written once, by #${cause.writer.id}, and taken by ${named(model, cause.by)} too`;
    case 'overwritten':
      return `; ${shown} was overwritten by ${overwriting(model, cause, failed)}`;
  }
}

function overwriting(
  model: AnyModel,
  { by, shownBy }: Extract<Cause, { why: 'overwritten' }>,
  failed: Operation,
): string {
  return shownBy === null
    ? `${named(model, by)}, which ended ${ago(by, failed)}`
    : `${named(model, by)}, which ${named(model, shownBy)} had shown ${ago(shownBy, failed)}`;
}

/** What was asked, and under which number. */
function named(model: AnyModel, o: Operation): string {
  return `${describeOperation(model, o.op, undefined)} (#${o.id})`;
}

/** How long before `failed` was invoked the other one completed. */
function ago(earlier: Operation, failed: Operation): string {
  const from = earlier.completedUs;
  const to = failed.invokedUs;
  if (from === undefined || to === undefined || !Number.isFinite(from) || to < from)
    return 'before it was asked';
  return `${lengthOf(to - from)} before`;
}

/** When it was last heard of. */
function heardAt(o: Operation): number {
  return o.completedAt === Infinity ? o.invokedAt : o.completedAt;
}

function line(model: AnyModel, o: Operation, mark: string, width: number, times: Times): string {
  const told = describeOperation(model, o.op, o.value);
  const result = o.outcome === 'ok' ? '' : ' → unknown';
  return `${mark} ${interval(o, times).padEnd(width)}  process ${o.process}  ${told}${result}`;
}

function interval(o: Operation, { told, unit }: Times): string {
  if ('invokedUs' in o) {
    const { invokedUs, completedUs } = o as RecordedOperation;
    const from = told(invokedUs);
    return completedUs === Infinity || o.outcome !== 'ok'
      ? `from ${from} ${unit}`
      : `${from}–${told(completedUs)} ${unit}`;
  }
  return o.completedAt === Infinity ? `from ${o.invokedAt}` : `${o.invokedAt}–${o.completedAt}`;
}
