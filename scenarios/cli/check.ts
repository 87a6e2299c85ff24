/** `stormglass check`: whether recorded histories are linearizable, whoever recorded them, in the formats of `properties/formats`. */
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HistoryError } from '../../properties/formats/history-error.ts';
import { historyFormats } from '../../properties/formats/history-event.ts';
import type { HistoryFormat } from '../../properties/formats/history-event.ts';
import { writeHistory } from '../../properties/formats/write-history.ts';
import { counted } from '../../reports/figures.ts';
import { tellBadInput } from '../../reports/terminal.ts';
import { exitCodes } from '../../reports/verdict.ts';
import { buildIdentity } from '../build-identity.ts';
import { InputError } from '../input-error.ts';
import { wholeNumber } from './arguments.ts';
import { tellHistory, tellSummary, tellTable, verdictOfFile } from './check-words.ts';
import type { FileOutcome, HistoryVerdict, WrittenFiles } from './check-words.ts';
import { isRegularFile, namedFiles, shownName, standardInput } from './history-input.ts';
import { judgeFile, judgeStream } from './judge-file.ts';
import type { JudgedHistory, JudgeOptions } from './judge-operations.ts';
import { loadModel } from './load-model.ts';
import { Outlet } from './outlet.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** What was typed. */
export interface CheckArguments {
  readonly files: readonly string[];
  readonly model: string | undefined;
  readonly format: string | undefined;
  readonly maxStates: string | undefined;
  readonly keyed: boolean | undefined;
  readonly ignoreTimes: boolean;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly color: boolean | undefined;
}

/** Bad input is no verdict, so it has no place among the verdicts of campaigns. */
const badInput = 2;
/** Exit codes, the worst last: a history that was not judged outweighs one that is wrong. */
const codes: readonly (readonly [HistoryVerdict, number])[] = [
  ['bad-input', badInput],
  ['not-linearizable', exitCodes.violated],
  ['undecided', exitCodes.undecided],
];
/** Wall milliseconds between two signs of life. */
const signEveryMs = 3_000;

/**
 * Judges and tells.
 * @returns 0 all linearizable, 1 some are not, 2 some could not be judged, 4 some are undecided
 * @throws InputError for bad options, and, unless a document was asked for, of a single file for what is wrong with it
 */
export async function check(args: CheckArguments): Promise<number> {
  const outlet = new Outlet(args.color, args.json);
  const started = performance.now();
  const options = await optionsOf(args);
  const outcomes: FileOutcome[] = [];
  const files = namedFiles(args.files);
  for (const file of files) {
    const onProgress = signsOfLife(file, outlet);
    try {
      outcomes.push(await judge(file, { ...options, howFar: files.length === 1 }, onProgress));
    } catch (error) {
      if (!(error instanceof InputError) || (files.length === 1 && !args.json)) throw error;
      outcomes.push({ file, problem: error.problem });
    } finally {
      outlet.redraw('');
    }
  }
  const written = outcomes.map((outcome) =>
    args.out === undefined || 'problem' in outcome ? null : writeFiles(args.out, outcome),
  );
  if (args.json) {
    outlet.document(documentOf(outcomes));
    // People's words, beside the document.
    const [only] = outcomes;
    if (outcomes.length === 1 && only !== undefined && 'problem' in only)
      outlet.say(tellBadInput(only.problem, outlet.style));
  } else tell(outcomes, written, performance.now() - started, outlet);
  const verdicts = outcomes.map(verdictOfFile);
  const isInterrupted = outcomes.some((one) => !('problem' in one) && one.cut === 'interrupted');
  const held = isInterrupted ? exitCodes.interrupted : exitCodes.held;
  return codes.find(([verdict]) => verdicts.includes(verdict))?.[1] ?? held;
}

/** A file as a whole; what can be read only once, while it comes. */
async function judge(
  file: string,
  options: Omit<JudgeOptions, 'onProgress'>,
  onProgress: (operations?: number) => void,
): Promise<JudgedHistory> {
  const judging = { ...options, onProgress: () => onProgress() };
  if (file !== standardInput && isRegularFile(file)) return judgeFile(file, judging);
  if (file === standardInput && process.stdin.isTTY) {
    process.stderr.write('  … reading a history from the terminal; Ctrl-D ends it\n');
  }
  const source = file === standardInput ? process.stdin : createReadStream(file);
  try {
    return await judgeStream(file, source as AsyncIterable<Uint8Array>, judging, onProgress, stopOnSignal());
  } finally {
    source.destroy();
  }
}

async function optionsOf(args: CheckArguments): Promise<Omit<JudgeOptions, 'onProgress' | 'howFar'>> {
  const { format, maxStates, model, keyed, ignoreTimes } = args;
  if (format !== undefined && !historyFormats.includes(format as HistoryFormat)) {
    throw new InputError('BAD_FORMAT', `--format takes ${historyFormats.join(', ')}; got "${format}".`, [
      'try: leave it out: the format is recognised',
    ]);
  }
  const largest = Number.MAX_SAFE_INTEGER;
  const example = 'npx stormglass check FILE --max-states 40000000';
  return {
    named: model === undefined ? null : await loadModel(model),
    maxStates:
      maxStates === undefined
        ? undefined
        : wholeNumber(maxStates, '--max-states', 'BAD_MAX_STATES', largest, example),
    ignoreTimes,
    ...(format !== undefined && { format: format as HistoryFormat }),
    ...(keyed !== undefined && { keyed }),
  };
}

/** A line that is redrawn on a terminal; elsewhere one every few seconds, beside the report. */
function signsOfLife(file: string, outlet: Outlet): (operations?: number) => void {
  const started = performance.now();
  let last = started;
  return (operations) => {
    const now = performance.now();
    if (now - last < (outlet.live ? 200 : signEveryMs)) return;
    last = now;
    const read = operations === undefined ? '' : `${counted(operations, 'operation')}, `;
    const line = `  … ${shownName(file)}, ${read}${((now - started) / 1000).toFixed(0)} s wall`;
    if (outlet.live) outlet.redraw(line);
    else process.stderr.write(`${line}\n`);
  };
}

function tell(
  outcomes: readonly FileOutcome[],
  written: readonly (WrittenFiles | null)[],
  ms: number,
  outlet: Outlet,
): void {
  const [only] = outcomes;
  if (outcomes.length === 1 && only !== undefined && !('problem' in only)) {
    outlet.say(tellHistory(only, written[0] ?? null, outlet.style));
    return;
  }
  const problems = outcomes.flatMap((one) =>
    'problem' in one ? ['', ...tellBadInput(one.problem, outlet.style)] : [],
  );
  outlet.say([...tellTable(outcomes, outlet.style), ...problems, '', ...tellSummary(outcomes, ms)]);
}

/** The JSON document of `--json`; times that never came are null. */
function documentOf(outcomes: readonly FileOutcome[]): object {
  const verdicts = outcomes.map(verdictOfFile);
  const worst = codes.find(([verdict]) => verdicts.includes(verdict))?.[0] ?? 'linearizable';
  return { schema: 1, ...buildIdentity(), verdict: worst, histories: outcomes.map(entryOf) };
}

function entryOf(outcome: FileOutcome): object {
  const verdict = verdictOfFile(outcome);
  if ('problem' in outcome) {
    const { code, message, next } = outcome.problem;
    return { file: outcome.file, verdict, error: { code, message, next } };
  }
  const { file, format, model, modelFrom, modelFile, counts, result, howFar, readMs, checkMs } = outcome;
  const { streamed, cut } = outcome;
  const { names: _, isKnown: _known, ...operations } = counts;
  return {
    ...{ file, verdict, format, model: { name: model, from: modelFrom, file: modelFile }, operations },
    ...{
      ...(streamed !== null && { streamed }),
      ...(cut !== null && { cut }),
      states: result.states,
      readMs: Math.round(readMs * 1000) / 1000,
      checkMs: Math.round(checkMs * 1000) / 1000,
    },
    ...(result.verdict === 'undecided' && { message: result.message }),
    ...(result.verdict === 'violation' && {
      violation: {
        ...{ message: result.message, reason: result.reason, key: result.key, possible: result.possible },
        ...{ operation: result.operation, history: result.history, details: result.details },
        prefix: result.prefix,
      },
    }),
    ...(howFar !== null && {
      howFar: {
        summary: howFar.summary,
        sequential: howFar.sequential,
        sessionGuarantees: howFar.sessionGuarantees,
      },
    }),
  };
}

/**
 * Writes what is known of a history, and of a violation the operations that matter.
 * @throws InputError OUT_NOT_WRITABLE
 */
function writeFiles(folder: string, judged: JudgedHistory): WrittenFiles {
  const { file, result, model, modelFile } = judged;
  const name = file === standardInput ? 'standard-input' : basename(file);
  const report = join(folder, `${name}.check.json`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(report, `${JSON.stringify(documentOf([judged]), null, 2)}\n`);
    if (result.verdict !== 'violation') return { report, history: null };
    const history = join(folder, `${name}.smaller.jsonl`);
    const named = modelFile === null ? { model } : {};
    writeFileSync(history, writeHistory(result.history, 'json-lines', named));
    return { report, history };
  } catch (error) {
    // An operation of a user's model may hold what no file can.
    if (error instanceof HistoryError) return { report, history: null };
    throw new InputError('OUT_NOT_WRITABLE', `${folder}: ${(error as Error).message}.`, ['try: … --out DIR']);
  }
}
