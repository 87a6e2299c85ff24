/**
 * Histories as tests: `expectLinearizable(history, kv)`. Under any runner: it passes, or it throws an error whose message reads as
 * fast-check's do: what failed after how much, the counterexample made small, what is wrong with it, how to see more.
 */
import type { Operation } from '../properties/history.ts';
import { checkLinearizable } from '../properties/linearizability/check.ts';
import type {
  CheckOptions,
  CheckResult,
  NotLinearizable,
  Undecided,
} from '../properties/linearizability/check.ts';
import { describeOperation } from '../properties/linearizability/model.ts';
import type { AnyModel, Model } from '../properties/linearizability/model.ts';
import { counted, exact } from '../reports/figures.ts';

/** How to judge, and how much to say. */
export interface ExpectLinearizableOptions extends CheckOptions {
  /** How many operations must have been answered for the verdict to count (default 1): a history in which nothing happened is always linearizable. */
  readonly minAnswered?: number;
  /** Lists with a violation every operation on its key, the last 1,000 of them, rather than those that matter alone. Default: no. */
  readonly verbose?: boolean;
}

/** A history, or whatever records one. */
export type JudgedHistory<Op = unknown, Value = unknown> =
  readonly Operation<Op, Value>[] | { operations(): readonly Operation<Op, Value>[] };

/**
 * Thrown by `expectLinearizable`. `NOT_LINEARIZABLE`: no order explains the history. `UNDECIDED`: the budget was spent before an answer
 * was found. `TOO_FEW_ANSWERS`: the history is linearizable, but hardly anything happened in it.
 */
export class LinearizabilityError extends Error {
  readonly code: 'NOT_LINEARIZABLE' | 'UNDECIDED' | 'TOO_FEW_ANSWERS';
  /** What the checker found, as data. */
  readonly result: CheckResult;
  constructor(code: LinearizabilityError['code'], message: string, result: CheckResult) {
    super(message);
    this.name = 'LinearizabilityError';
    this.code = code;
    this.result = result;
  }
}

/** Lines of a verbose listing, at most. */
const listedMax = 1_000;
/** Operations named in a sentence, at most. */
const namedMax = 4;
/** By how much the budget is to be raised where it did not suffice. */
const raise = 10;

/**
 * Passes if the history is linearizable with respect to the model. The message of a violation also names operations recorded as failed
 * that would explain all of it if they had been done.
 *
 * @param history of `recordHistory`, or operations in any order; those still under way count as unknown
 * @throws LinearizabilityError if it is not, if that was not decided within `maxStates`, or if fewer than `minAnswered` operations of
 * the model were answered
 * @throws RangeError if `maxStates` or `minAnswered` is no whole number within its bounds
 * @throws Error as `checkLinearizable` does, for what is no history
 */
export function expectLinearizable<State, Op, Value>(
  history: JudgedHistory<Op, Value>,
  model: Model<State, Op, Value>,
  options: ExpectLinearizableOptions = {},
): void {
  const { minAnswered = 1, verbose = false, ...checking } = options;
  if (!Number.isSafeInteger(minAnswered) || minAnswered < 0) {
    throw new RangeError(`minAnswered is a whole number of at least 0; got ${String(minAnswered)}.`);
  }
  const all = 'operations' in history ? history.operations() : history;
  const judged = all.filter((o) => model.handles?.(o.op) ?? true) as readonly Operation[];
  const result = checkLinearizable(model, all, checking) as CheckResult;
  if (result.verdict === 'violation') {
    const doubted = failuresInDoubt(model, all, checking);
    const message = tellViolation(model, judged, result, doubted, verbose);
    throw new LinearizabilityError('NOT_LINEARIZABLE', message, result);
  }
  if (result.verdict === 'undecided') {
    const spent = Math.max(result.states, options.maxStates ?? 0);
    throw new LinearizabilityError('UNDECIDED', tellUndecided(model, judged, result, spent), result);
  }
  const answered = judged.filter((o) => o.outcome === 'ok').length;
  if (answered < minAnswered) {
    const message = tellTooFew(model, judged, answered, minAnswered);
    throw new LinearizabilityError('TOO_FEW_ANSWERS', message, result);
  }
}

/**
 * Failures without which the violation would be none: the commonest mistake in recording is to call an operation failed that nobody
 * knows the end of. Those that may have had an effect, if the history is linearizable with them taken as unknown; else none.
 */
function failuresInDoubt(
  model: AnyModel,
  all: readonly Operation[],
  checking: CheckOptions,
): readonly Operation[] {
  const suspected = (o: Operation): boolean =>
    o.outcome === 'fail' && model.handles?.(o.op) !== false && model.readOnly?.(o.op, undefined) !== true;
  const suspects = all.filter(suspected);
  if (suspects.length === 0) return [];
  const unknown = all.map((o): Operation =>
    suspected(o) ? { ...o, outcome: 'info', completedAt: Infinity, value: undefined } : o,
  );
  return checkLinearizable(model, unknown, checking).verdict === 'ok' ? suspects : [];
}

/**
 * @param judged the operations of the model
 * @param doubted of them, those that failed and with which all would be explained
 */
function tellViolation(
  model: AnyModel,
  judged: readonly Operation[],
  result: NotLinearizable,
  doubted: readonly Operation[],
  verbose: boolean,
): string {
  const { operation, key, history } = result;
  const before = judged.filter((o) => o.outcome !== 'fail' && o.invokedAt <= operation.completedAt).length;
  const where = key === null ? '' : `key: ${JSON.stringify(key)}, `;
  return [
    `Property failed after ${counted(before, 'operation')}: linearizable-${model.name}`,
    `{ ${where}operation: ${operation.id}, process: ${operation.process}, ${summary(judged)} }`,
    `Counterexample: ${counted(history.length, 'operation')}`,
    ...result.details.map((line) => `  ${line}`),
    `Got error: ${result.message}`,
    '',
    ...(doubted.length === 0 ? [] : [tellDoubt(model, doubted)]),
    ...(verbose ? listing(model, judged, result) : [verboseHint]),
  ].join('\n');
}

function tellDoubt(model: AnyModel, doubted: readonly Operation[]): string {
  const named = doubted
    .slice(0, namedMax)
    .map((o) => `#${o.id} ${describeOperation(model, o.op, undefined)} by process ${o.process}`);
  const more = doubted.length - named.length;
  if (more > 0) named.push(`${exact(more)} more`);
  return (
    `Hint: taken as unknown rather than failed, ${counted(doubted.length, 'operation')} would explain all of it. ` +
    `Was it certain that nothing was done? ${named.join('; ')}`
  );
}

const verboseHint =
  'Hint: expectLinearizable(history, model, { verbose: true }) lists every operation on the key; the error holds the finding as data in `result`.';

function tellUndecided(
  model: AnyModel,
  judged: readonly Operation[],
  result: Undecided,
  spent: number,
): string {
  return [
    `Property undecided after ${counted(spent, 'state')}: linearizable-${model.name}`,
    `{ ${summary(judged)} }`,
    result.message,
    '',
    `Hint: raise the budget, expectLinearizable(history, model, { maxStates: ${spent * raise} }), or make the history easier: ` +
      'fewer operations of unknown result, distinct values, more keys.',
  ].join('\n');
}

function tellTooFew(model: AnyModel, judged: readonly Operation[], answered: number, least: number): string {
  return [
    `Too little was judged: ${counted(answered, 'answered operation')} of ${model.name}, at least ${exact(least)} expected`,
    `{ ${summary(judged)} }`,
    '',
    'Hint: a history in which nothing was answered is linearizable whatever the system does. Let it run longer, see why its ' +
      'operations end unanswered, or state with minAnswered how many are enough.',
  ].join('\n');
}

function summary(judged: readonly Operation[]): string {
  const ended = (outcome: string): number => judged.filter((o) => o.outcome === outcome).length;
  return `operations: ${judged.length}, ok: ${ended('ok')}, failed: ${ended('fail')}, unknown: ${ended('info')}`;
}

/** Every operation on the key of the violation: `✗ #12  process 3  24–31  get x → 1`, in order of invocation. */
function listing(model: AnyModel, judged: readonly Operation[], result: NotLinearizable): string[] {
  const { key, operation, history } = result;
  const matter = new Set(history.map((o) => o.id));
  const onKey = judged
    .filter((o) => key === null || model.key?.(o.op) === key || matter.has(o.id))
    .sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  const listed = onKey.slice(-listedMax);
  const rows = listed.map((o) => {
    const end = o.outcome === 'info' ? 'unknown' : o.outcome === 'fail' ? 'failed' : '';
    const mark = o.id === operation.id ? '✗' : matter.has(o.id) ? '•' : ' ';
    const span = `${o.invokedAt}–${o.completedAt === Infinity ? '' : o.completedAt}`;
    const told = describeOperation(model, o.op, o.outcome === 'ok' ? o.value : undefined);
    return `  ${mark} #${o.id}  process ${o.process}  ${span}  ${told}${end === '' ? '' : ` → ${end}`}`;
  });
  const where = key === null ? 'All operations' : `All operations on ${JSON.stringify(key)}`;
  const cut = onKey.length - listed.length;
  return [
    `${where}, in order of invocation, from–to in the order in which they were seen:`,
    ...(cut > 0 ? [`  … and ${counted(cut, 'earlier operation')}`] : []),
    ...rows,
  ];
}
