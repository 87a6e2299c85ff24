/** What clients asked and heard in a run that was replayed, as a file: for `stormglass check`, for Porcupine, for Jepsen's checkers. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import { HistoryError } from '../../properties/formats/history-error.ts';
import { formatTitles, historyFormats } from '../../properties/formats/history-event.ts';
import type { HistoryFormat } from '../../properties/formats/history-event.ts';
import { guessModel } from '../../properties/formats/guess-model.ts';
import { registersAsKeyValue } from '../../properties/formats/register-as-kv.ts';
import { writeHistory } from '../../properties/formats/write-history.ts';
import type { Operation } from '../../properties/history.ts';
import { register } from '../../properties/linearizability/models/register.ts';
import type { RegisterOp } from '../../properties/linearizability/models/register.ts';
import { counted } from '../../reports/figures.ts';
import { InputError } from '../input-error.ts';
import type { Replayed } from '../replay.ts';
import type { RecordedHistory } from '../worker-messages.ts';
import type { Outlet } from './outlet.ts';

/** Where to write, and how. */
export interface HistoryTarget {
  readonly file: string;
  readonly format: HistoryFormat;
}

const byEnding: { readonly [ending: string]: HistoryFormat } = {
  '.jsonl': 'json-lines',
  '.json': 'json-lines',
  '.edn': 'jepsen-edn',
  '.txt': 'porcupine',
};
const written: readonly HistoryFormat[] = historyFormats.filter((format) => format !== 'jepsen-log');

/**
 * `--history FILE`, `--history-format F`.
 * @throws InputError BAD_HISTORY_FORMAT
 */
export function historyFile(file: string, named: string | undefined): HistoryTarget {
  const format = named ?? byEnding[extname(file)];
  if (format !== undefined && written.includes(format as HistoryFormat)) {
    return { file, format: format as HistoryFormat };
  }
  throw new InputError(
    'BAD_HISTORY_FORMAT',
    named === undefined
      ? `${file} does not tell its format by its ending: .jsonl, .edn or .txt (Porcupine).`
      : `--history-format takes ${written.join(', ')}; got "${named}".`,
    ['try: … --history run.jsonl'],
  );
}

/**
 * Writes it and says so.
 * @throws InputError HISTORY_NOT_RECORDED, NOT_WRITABLE, OUT_NOT_WRITABLE
 */
export function writeHistoryFile(
  { file, format }: HistoryTarget,
  { history }: Replayed,
  outlet: Outlet,
): void {
  if (history === undefined || history.operations.length === 0) {
    throw new InputError('HISTORY_NOT_RECORDED', 'no client asked anything in this run.', [
      'try: another scenario, or without --history',
    ]);
  }
  const operations = inFormat(history, format);
  const model = guessModel(operations);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, writeHistory(operations, format, model === null ? {} : { model }));
  } catch (error) {
    if (error instanceof HistoryError) {
      throw new InputError(error.code, `${error.message}.`, [`try: ${error.next}`]);
    }
    throw new InputError('OUT_NOT_WRITABLE', `${file}: ${(error as Error).message}.`, [
      'try: … --history FILE',
    ]);
  }
  const said = `${counted(operations.length, 'operation')} as ${formatTitles[format]}`;
  outlet.say(['', `Written: ${file}, ${said}`, ...howToJudge(file, operations, model !== null)]);
}

/** Which models of the package the operations are for. */
function howToJudge(file: string, operations: readonly Operation[], guessed: boolean): readonly string[] {
  const command = `npx stormglass check ${file}`;
  if (guessed) return [`  Judge it:  ${command}`];
  const has = (field: string): boolean =>
    operations.some(({ op }) => typeof op === 'object' && op !== null && field in op);
  const isRegister = operations.some(({ op }) => register.handles?.(op as RegisterOp) === true);
  return [
    ...(isRegister ? [`  Registers: ${command} --model register`] : []),
    ...(has('lock') ? [`  Locks:     ${command} --model lock, if its sessions last 30 s`] : []),
    ...(has('barrier') ? [`  Barriers:  ${command} --model barrier, if its sessions last 30 s`] : []),
  ];
}

/** Porcupine's text knows no versions, and nothing but registers. */
function inFormat({ operations, sessionEnds }: RecordedHistory, format: HistoryFormat): readonly Operation[] {
  if (format !== 'porcupine') return [...operations, ...sessionEnds];
  const known = registersAsKeyValue(operations);
  if (known.length > 0) return known;
  throw new InputError(
    'NOT_WRITABLE',
    "no operation of this run is one on a register, which is all that Porcupine's text can hold.",
    ['try: … --history run.jsonl, or run.edn'],
  );
}
