/** What `stormglass check` says to people: the verdict, the evidence, what to type next. */
import { basename, dirname } from 'node:path';
import { formatTitles } from '../../properties/formats/history-event.ts';
import type { LinearizablePrefix } from '../../properties/linearizability/explain.ts';
import { columns, counted, exact, hanging } from '../../reports/figures.ts';
import type { Style } from '../../reports/style.ts';
import type { InputProblem } from '../input-error.ts';
import { shownName, standardInput } from './history-input.ts';
import type { JudgedHistory } from './judge-operations.ts';

/** A file that was judged, or what is wrong with it. */
export type FileOutcome = JudgedHistory | { readonly file: string; readonly problem: InputProblem };

/** What a history came to, in a word. */
export type HistoryVerdict = 'linearizable' | 'not-linearizable' | 'undecided' | 'bad-input';

export function verdictOfFile(outcome: FileOutcome): HistoryVerdict {
  if ('problem' in outcome) return 'bad-input';
  const { verdict } = outcome.result;
  return verdict === 'ok' ? 'linearizable' : verdict === 'violation' ? 'not-linearizable' : 'undecided';
}

/** One history in full. @param written the files that `--out` wrote */
export function tellHistory(judged: JudgedHistory, written: WrittenFiles | null, style: Style): string[] {
  const { file, result, model, counts, cut } = judged;
  const upTo = cut === null ? '' : ' so far';
  const size = `${counted(counts.total, 'operation')}${upTo} (${model})`;
  const name = shownName(file);
  const isLong = '✗ Not linearizable — , '.length + name.length + size.length > columns;
  const what = isLong ? `${name},\n  ${size}` : `${name}, ${size}`;
  const lines =
    result.verdict === 'ok'
      ? [`${style.good('✓ Linearizable')} — ${what}`]
      : result.verdict === 'undecided'
        ? [`${style.warn('? Undecided')} — ${what}`, '', ...hanging('  ', result.message)]
        : [
            `${style.bad('✗ Not linearizable')} — ${what}`,
            '',
            ...hanging('  ', result.message),
            ...(result.details.length === 0 ? [] : ['', ...result.details.map((line) => `    ${line}`)]),
          ];
  const next = whatNext(judged, written);
  return [...lines, '', ...facts(judged), ...(next.length === 0 ? [] : ['', ...next])];
}

/** Where `--out` wrote what it knows of a history. */
export interface WrittenFiles {
  readonly report: string;
  /** The operations that matter, as a history by themselves. */
  readonly history: string | null;
}

function facts({
  counts,
  format,
  model,
  modelFrom,
  modelFile,
  result,
  howFar,
  readMs,
  checkMs,
  streamed,
  cut,
}: JudgedHistory): string[] {
  const { ok, failed, unknown, processes, notJudged, names } = counts;
  const ended = `${exact(ok)} ok, ${exact(failed)} failed, ${exact(unknown)} of unknown result, by ${counted(processes, 'process', 'processes')}`;
  const others = notJudged === 0 ? '' : `; ${exact(notJudged)} of other kinds, not judged`;
  const from =
    modelFrom === 'guess'
      ? `guessed from ${names.join(', ')}`
      : modelFrom === 'file'
        ? 'named by the file'
        : modelFile === null
          ? 'as asked for'
          : `from ${modelFile}`;
  return [
    ...(result.verdict === 'violation' ? hanging('  why          ', `${result.reason}.`) : []),
    ...(result.verdict === 'violation' && result.prefix !== null
      ? hanging('  before it    ', beforeIt(result.prefix))
      : []),
    ...(howFar === null ? [] : hanging('  how far      ', howFar.summary)),
    ...hanging(
      '  operations   ',
      `${ended}${others}${ok === 0 ? '; none was answered, so that nothing could be wrong' : ''}`,
    ),
    ...(streamed === null || result.verdict === 'violation'
      ? []
      : hanging(
          '  decided      ',
          `${exact(streamed.decided)} of those that were answered, while they came`,
        )),
    ...(cut === null ? [] : hanging('  not read     ', whyCut[cut])),
    ...hanging('  read as      ', `${formatTitles[format]}; model ${model}, ${from}`),
    ...hanging(
      '  cost         ',
      readMs === 0
        ? `${counted(result.states, 'state')}; read and judged in ${wall(checkMs)} wall`
        : `${counted(result.states, 'state')}; read in ${wall(readMs)}, judged in ${wall(checkMs)} wall`,
    ),
  ];
}

const whyCut = {
  violation: 'what came after: whatever it is, the verdict stays',
  interrupted: 'what would have come after the interruption',
} as const;

/** The longest part that can be explained. */
function beforeIt({ operations, state }: LinearizablePrefix): string {
  const fit = operations.length === 1 ? 'fits' : 'fit';
  return `${counted(operations.length, 'operation')} ${fit} an order, which leaves ${state}`;
}

function whatNext(
  { file, result, modelFrom, model, modelFile, streamed }: JudgedHistory,
  written: WrittenFiles | null,
): string[] {
  const withModel = modelFrom === 'option' ? ` --model ${modelFile ?? model}` : '';
  const again = `npx stormglass check ${file}${withModel}`;
  const fed = file === standardInput ? ' < HISTORY' : '';
  const told =
    written === null
      ? []
      : [`  Written:      ${[written.report, written.history].filter((name) => name !== null).join(', ')}`];
  if (result.verdict === 'undecided') {
    const more = Math.min(Number.MAX_SAFE_INTEGER, Math.max(result.states, 1_000_000) * 10);
    return [...told, ...labelled('  Look further: ', `${again} --max-states ${more}${fed}`)];
  }
  if (result.verdict === 'ok') return told;
  // It was not kept: who can read it again can be told more.
  if (streamed !== null && file === standardInput) {
    return [...told, ...labelled('  Why:          ', `save it, then npx stormglass check FILE${withModel}`)];
  }
  return written?.history == null
    ? [...told, ...labelled('  What matters, as a history by itself: ', `${again} --out DIR${fed}`)]
    : [...told, ...labelled('  By itself:    ', `npx stormglass check ${written.history}${withModel}`)];
}

/** A command to copy stands in one line, its own where it is long. */
function labelled(label: string, command: string): string[] {
  return label.length + command.length <= columns ? [label + command] : [label.trimEnd(), `    ${command}`];
}

/** Several histories, a line each. */
export function tellTable(outcomes: readonly FileOutcome[], style: Style): string[] {
  // Of files in one folder, the folder is told once.
  const folders = new Set(outcomes.map(({ file }) => dirname(file)));
  const [folder = '.'] = folders;
  const isShared = folders.size === 1 && folder !== '.' && outcomes.length > 1;
  const nameOf = (file: string): string => (isShared ? basename(file) : shownName(file));
  const width = Math.max(...outcomes.map(({ file }) => nameOf(file).length));
  const rows = outcomes.map((outcome) => {
    const name = nameOf(outcome.file).padEnd(width);
    if ('problem' in outcome) return `  ${style.bad('!')} ${name}  ${outcome.problem.code}`;
    const { result, counts, model, checkMs } = outcome;
    const size = `${exact(counts.total).padStart(9)} ops  ${model}`;
    switch (result.verdict) {
      case 'ok':
        return `  ${style.good('✓')} ${name}  linearizable      ${size}, ${wall(checkMs)}`;
      case 'undecided':
        return `  ${style.warn('?')} ${name}  undecided         ${size}, ${wall(checkMs)}`;
      case 'violation':
        return `  ${style.bad('✗')} ${name}  not linearizable  ${size}, ${wall(checkMs)}`;
    }
  });
  return isShared ? [`in ${folder}`, '', ...rows] : rows;
}

/** What several came to, and the command that tells more of the first that is wrong. */
export function tellSummary(outcomes: readonly FileOutcome[], ms: number): string[] {
  const of = (verdict: HistoryVerdict): number =>
    outcomes.filter((one) => verdictOfFile(one) === verdict).length;
  const parts = [
    `${exact(of('linearizable'))} linearizable`,
    `${exact(of('not-linearizable'))} not`,
    ...(of('undecided') > 0 ? [`${exact(of('undecided'))} undecided`] : []),
    ...(of('bad-input') > 0 ? [`${exact(of('bad-input'))} not judged`] : []),
  ];
  const first = outcomes.find((one) => verdictOfFile(one) === 'not-linearizable');
  return [
    `${counted(outcomes.length, 'history', 'histories')}: ${parts.join(', ')}; ${wall(ms)} wall.`,
    ...(first === undefined ? [] : ['', `  Why:  npx stormglass check ${first.file}`]),
  ];
}

/** Wall milliseconds: `3.4 ms`, `12.3 s`. */
function wall(ms: number): string {
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return ms < 10_000 ? `${exact(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
