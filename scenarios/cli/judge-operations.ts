/** Gives a history that was read a model, and judges it as a whole. */
import { howFar } from '../../properties/consistency/how-far.ts';
import type { HowFar } from '../../properties/consistency/how-far.ts';
import type { HistoryReadOptions } from '../../properties/formats/history-reader.ts';
import type { ParsedHistory } from '../../properties/formats/parse-history.ts';
import type { Operation } from '../../properties/history.ts';
import { BadModel } from '../../properties/linearizability/bad-model.ts';
import { checkLinearizable } from '../../properties/linearizability/check.ts';
import type { CheckResult } from '../../properties/linearizability/check.ts';
import { visible } from '../../properties/linearizability/for-people.ts';
import type { AnyModel } from '../../properties/linearizability/model.ts';
import { InputError } from '../input-error.ts';
import { shownName } from './history-input.ts';
import { builtInModel } from './load-model.ts';
import type { LoadedModel } from './load-model.ts';

/** How files are read and judged. */
export interface JudgeOptions extends Pick<HistoryReadOptions, 'format' | 'keyed' | 'ignoreTimes'> {
  /** `null`: the one that each history names, or that is guessed. */
  readonly named: LoadedModel | null;
  readonly maxStates: number | undefined;
  /** Whether to look how far a history falls that is not linearizable. */
  readonly howFar: boolean;
  readonly onProgress: () => void;
}

/** What came of a file. */
export interface JudgedHistory {
  readonly file: string;
  readonly format: ParsedHistory['format'];
  readonly model: string;
  /** Who says so: the command line, the history itself, or nobody. */
  readonly modelFrom: 'option' | 'file' | 'guess';
  /** The user's file that the model came from. */
  readonly modelFile: string | null;
  readonly counts: OperationCounts;
  readonly result: CheckResult;
  /** What holds none the less; `null` where nobody asked, or nothing has to be asked. */
  readonly howFar: HowFar | null;
  /** It was judged while it came, and not kept: how many operations stand in a proved prefix of the history of their key. */
  readonly streamed: { readonly decided: number } | null;
  /** Why it was not read to its end; `null`: it was. */
  readonly cut: 'violation' | 'interrupted' | null;
  /** Wall milliseconds; what was judged while it came was read in the time of judging. */
  readonly readMs: number;
  readonly checkMs: number;
}

/** Operations by how they ended. */
export interface OperationCounts {
  readonly total: number;
  readonly ok: number;
  readonly failed: number;
  readonly unknown: number;
  readonly processes: number;
  /** Those of other kinds than the model's, which say nothing of it. */
  readonly notJudged: number;
  /** Whether any is of the model's kinds, those that failed too. */
  readonly isKnown: boolean;
  /** What was asked, by name. */
  readonly names: readonly string[];
}

/**
 * Judges a history.
 *
 * @param times what reading it took
 * @throws InputError WHICH_MODEL, UNFIT_MODEL, MODEL_THREW, UNKNOWN_MODEL, BAD_MODEL, BAD_OPERATION
 */
export function judgeOperations(
  file: string,
  history: ParsedHistory,
  options: JudgeOptions,
  { readMs, checkMs = 0 }: { readonly readMs: number; readonly checkMs?: number },
): JudgedHistory {
  const started = performance.now();
  const { model, file: modelFile } = options.named ?? { model: modelOf(history, file), file: null };
  const { maxStates, onProgress } = options;
  let result: CheckResult;
  let fallen: HowFar | null = null;
  let counts: OperationCounts;
  try {
    counts = count(history.operations, judgedBy(model, history.operations));
    checkFit(file, model, counts);
    result = checkLinearizable(model, history.operations, {
      ...(maxStates !== undefined && { maxStates }),
      onProgress,
    });
    if (options.howFar && result.verdict !== 'ok') {
      fallen = howFar(model, history.operations, { linearizable: result, onProgress });
    }
  } catch (error) {
    throw refused(error, file, modelFile);
  }
  return {
    ...{ file, format: history.format, model: model.name, modelFile, counts, result, howFar: fallen },
    modelFrom: options.named === null ? history.modelFrom! : 'option',
    ...{ streamed: null, cut: null },
    ...{ readMs, checkMs: checkMs + performance.now() - started },
  };
}

/** @throws InputError UNFIT_MODEL if the model knows none of the operations: what it says of nothing is no verdict */
export function checkFit(
  file: string,
  model: AnyModel,
  { isKnown, notJudged, ok, unknown, names }: OperationCounts,
): void {
  if (isKnown && (notJudged === 0 || notJudged < ok + unknown)) return;
  throw new InputError(
    'UNFIT_MODEL',
    `${shownName(file)}: the model ${model.name} knows none of its operations (${names.join(', ')}).`,
    ['try: … --model NAME, with another model'],
  );
}

function modelOf({ model, operations }: ParsedHistory, file: string): AnyModel {
  if (model !== null) return builtInModel(model);
  throw whichModel(file, namesOf(operations));
}

export function whichModel(file: string, names: readonly string[]): InputError {
  return new InputError(
    'WHICH_MODEL',
    `${shownName(file)} does not tell what object it is of: it asks ${names.join(', ')}.`,
    ['try: … --model NAME, or --model FILE.ts with a model of your own'],
  );
}

/** How many operations that did not fail are the model's, and whether any is. A model may write into them first what tells it that they are. */
function judgedBy(model: AnyModel, operations: readonly Operation[]): { judged: number; isKnown: boolean } {
  const ids = new Set<number>();
  let judged = 0;
  let isKnown = false;
  for (const { id, op, outcome } of model.prepare?.(operations) ?? operations) {
    if (model.handles?.(op) === false) continue;
    isKnown = true;
    if (outcome === 'fail') continue;
    judged += 1;
    // One operation may stand for several objects.
    if (model.prepare !== undefined) ids.add(id);
  }
  return { judged: model.prepare === undefined ? judged : ids.size, isKnown };
}

/** Names of operations that are told at most. */
export const namesMax = 8;

function namesOf(operations: readonly Operation[]): string[] {
  const names = new Set<string>();
  for (const { op } of operations) {
    if (names.size === namesMax) break;
    names.add(nameOfOperation(op));
  }
  return [...names];
}

/** What was asked, by name. */
export function nameOfOperation(op: unknown): string {
  const f: unknown = typeof op === 'object' && op !== null && 'f' in op ? op.f : op;
  return typeof f === 'string' ? visible(f.slice(0, 40)) : 'something without a name';
}

function count(
  operations: readonly Operation[],
  { judged, isKnown }: { readonly judged: number; readonly isKnown: boolean },
): OperationCounts {
  const ended = { ok: 0, fail: 0, info: 0 };
  const processes = new Set<number>();
  for (const { outcome, process } of operations) {
    ended[outcome] += 1;
    processes.add(process);
  }
  return {
    total: operations.length,
    ok: ended.ok,
    failed: ended.fail,
    unknown: ended.info,
    processes: processes.size,
    notJudged: Math.max(0, ended.ok + ended.info - judged),
    isKnown,
    names: namesOf(operations),
  };
}

/** What a model says of operations that it cannot judge is bad input, and so is whatever a user's model throws. */
export function refused(error: unknown, file: string, modelFile: string | null): unknown {
  if (error instanceof InputError) return error;
  const { code, message, next, stack } = error as Partial<Error> & { code?: unknown; next?: unknown };
  if (code === 'BAD_OPERATION') {
    return new InputError('BAD_OPERATION', `${shownName(file)}: ${message ?? ''}`, [`try: ${String(next)}`]);
  }
  if (error instanceof BadModel) {
    return new InputError('BAD_MODEL', `${modelFile ?? shownName(file)}: ${error.message}`, [
      'try: mend the model; the README shows one in ten lines, under "Somebody else\'s history"',
    ]);
  }
  if (modelFile === null) return error;
  const told = message ?? String(error);
  return new InputError(
    'MODEL_THREW',
    `${modelFile} threw while it judged ${shownName(file)}: ${told}`,
    ['try: mend the model; --debug shows where it threw'],
    stack ?? told,
  );
}
