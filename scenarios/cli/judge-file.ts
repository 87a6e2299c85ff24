/** One recorded history from a file: read, given a model, judged. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { howFar } from '../../properties/consistency/how-far.ts';
import type { HowFar } from '../../properties/consistency/how-far.ts';
import { HistoryError } from '../../properties/formats/history-error.ts';
import type { HistoryReadOptions } from '../../properties/formats/history-reader.ts';
import { parseHistory } from '../../properties/formats/parse-history.ts';
import type { ParsedHistory } from '../../properties/formats/parse-history.ts';
import type { Operation } from '../../properties/history.ts';
import { BadModel } from '../../properties/linearizability/bad-model.ts';
import type { AnyModel } from '../../properties/linearizability/model.ts';
import { checkLinearizable } from '../../properties/linearizability/check.ts';
import type { CheckResult } from '../../properties/linearizability/check.ts';
import { InputError } from '../input-error.ts';
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
  /** Wall milliseconds. */
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
  /** What was asked, by name. */
  readonly names: readonly string[];
}

/** Bytes that are read at once. */
const chunkBytes = 1 << 16;

/**
 * Reads and judges.
 * @throws InputError HISTORY_NOT_FOUND, HISTORY_NOT_READABLE, WHICH_MODEL, UNFIT_MODEL, MODEL_THREW, UNKNOWN_MODEL, and the codes of `HistoryError`
 */
export function judgeFile(file: string, options: JudgeOptions): JudgedHistory {
  const started = performance.now();
  const history = read(file, options);
  const readAt = performance.now();
  const { model, file: modelFile } = options.named ?? { model: modelOf(history, file), file: null };
  const { maxStates, onProgress } = options;
  let result: CheckResult;
  let fallen: HowFar | null = null;
  let counts: OperationCounts;
  try {
    counts = count(history.operations, judgedBy(model, history.operations));
    if (counts.notJudged > 0 && counts.notJudged === counts.ok + counts.unknown) {
      throw new InputError(
        'UNFIT_MODEL',
        `${file}: the model ${model.name} knows none of its operations (${counts.names.join(', ')}).`,
        ['try: … --model NAME, with another model'],
      );
    }
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
    readMs: readAt - started,
    checkMs: performance.now() - readAt,
  };
}

function read(file: string, { format, keyed, ignoreTimes }: JudgeOptions): ParsedHistory {
  try {
    return parseHistory(bytesOf(file), {
      name: file,
      ...(format !== undefined && { format }),
      ...(keyed !== undefined && { keyed }),
      ...(ignoreTimes !== undefined && { ignoreTimes }),
    });
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    throw new InputError(error.code, `${error.message}.`, [`try: ${error.next}`]);
  }
}

/** The file part by part: its size does not matter. */
function* bytesOf(file: string): Iterable<Uint8Array> {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new InputError(
      missing ? 'HISTORY_NOT_FOUND' : 'HISTORY_NOT_READABLE',
      missing ? `there is no file ${file}.` : `${file} cannot be read: ${(error as Error).message}.`,
      ['try: npx stormglass check FILE, with the path of a recorded history'],
    );
  }
  try {
    if (fstatSync(descriptor).isDirectory()) {
      throw new InputError('HISTORY_NOT_READABLE', `${file} is a folder.`, [
        `try: npx stormglass check ${file.replace(/\/+$/, '')}/*`,
      ]);
    }
    const buffer = new Uint8Array(chunkBytes);
    for (let size = readSync(descriptor, buffer); size > 0; size = readSync(descriptor, buffer)) {
      yield buffer.subarray(0, size);
    }
  } finally {
    closeSync(descriptor);
  }
}

function modelOf({ model, operations }: ParsedHistory, file: string): AnyModel {
  if (model !== null) return builtInModel(model);
  throw new InputError(
    'WHICH_MODEL',
    `${file} does not tell what object it is of: it asks ${namesOf(operations).join(', ')}.`,
    ['try: … --model NAME, or --model FILE.ts with a model of your own'],
  );
}

/** How many operations that did not fail are the model's. A model may write into them first what tells it that they are. */
function judgedBy(model: AnyModel, operations: readonly Operation[]): number {
  const ids = new Set<number>();
  let judged = 0;
  for (const { id, op, outcome } of model.prepare?.(operations) ?? operations) {
    if (outcome === 'fail' || model.handles?.(op) === false) continue;
    judged += 1;
    // One operation may stand for several objects.
    if (model.prepare !== undefined) ids.add(id);
  }
  return model.prepare === undefined ? judged : ids.size;
}

/** Names of operations that are told at most. */
const namesMax = 8;

function namesOf(operations: readonly Operation[]): string[] {
  const names = new Set<string>();
  for (const { op } of operations) {
    if (names.size === namesMax) break;
    const f: unknown = typeof op === 'object' && op !== null && 'f' in op ? op.f : op;
    names.add(typeof f === 'string' ? f.slice(0, 40) : 'something without a name');
  }
  return [...names];
}

function count(operations: readonly Operation[], judged: number): OperationCounts {
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
    names: namesOf(operations),
  };
}

/** What a model says of operations that it cannot judge is bad input, and so is whatever a user's model throws. */
function refused(error: unknown, file: string, modelFile: string | null): unknown {
  if (error instanceof InputError) return error;
  const { code, message, next, stack } = error as Partial<Error> & { code?: unknown; next?: unknown };
  if (code === 'BAD_OPERATION') {
    return new InputError('BAD_OPERATION', `${file}: ${message ?? ''}`, [`try: ${String(next)}`]);
  }
  if (error instanceof BadModel) {
    return new InputError('BAD_MODEL', `${modelFile ?? file}: ${error.message}`, [
      'try: mend the model; the README shows one in ten lines, under "Somebody else\'s history"',
    ]);
  }
  if (modelFile === null) return error;
  const told = message ?? String(error);
  return new InputError(
    'MODEL_THREW',
    `${modelFile} threw while it judged ${file}: ${told}`,
    ['try: mend the model; --debug shows where it threw'],
    stack ?? told,
  );
}
