/**
 * Events in Jepsen's log: `INFO  jepsen.util - 4	:invoke	:read	nil`, as older versions print them, or
 * `… INFO [jepsen worker 1] jepsen.util: 4 :invoke :read nil`. Other lines of the log are passed over. In these logs (Jepsen's analysis of etcd, in the
 * reading of Porcupine and of ahorn/linearizability-checker) `:fail` of a cas says that it was compared and did not match: it took
 * place, and changed nothing. Of anything else it says that it had no effect.
 */
import { EdnForms } from './edn-forms.ts';
import { readEdnValue } from './edn-values.ts';
import { HistoryError, quoted } from './history-error.ts';
import type { EventType, SaidEvent } from './history-event.ts';
import type { HistoryLimits } from './limits.ts';
import { camelCase } from './meaning.ts';
import type { TextLine } from './text-lines.ts';

const marker = /jepsen\.util(?: -|:)\s+/;
const event = /^(-?\d+|:[\w-]+)\s+:(invoke|ok|fail|info)\s+:([\w-]+)(?:\s+(.*))?$/;
/** How another format would begin. */
const foreign = /^\s*(\{|\[\s*\{|#jepsen)/;

/** Whether a line of a log tells of an operation. */
export function isJepsenLog(line: string): boolean {
  const found = marker.exec(line);
  return found !== null && /^(-?\d+|:[\w-]+)\s+:\w+/.test(line.slice(found.index + found[0].length));
}

/** @returns `null` for a line that tells of no client's operation. @throws HistoryError BAD_LINE, BAD_EDN, CUT_HISTORY, MIXED_FORMATS */
export function readJepsenLog({ text, line, whole }: TextLine, limits: HistoryLimits): SaidEvent | null {
  const found = marker.exec(text);
  if (found === null) {
    if (!foreign.test(text)) return null;
    throw new HistoryError(
      'MIXED_FORMATS',
      { line, column: 1 },
      `the history began as Jepsen's log lines, and this line is of another format: ${quoted(text)}`,
      'keep one format a file',
    );
  }
  const from = found.index + found[0].length;
  const matched = event.exec(text.slice(from));
  // Jepsen logs other things under the same name.
  if (matched === null && whole && !isJepsenLog(text)) return null;
  if (matched === null) {
    throw new HistoryError(
      whole ? 'BAD_LINE' : 'CUT_HISTORY',
      { line, column: from + 1 },
      `an operation reads "4 :invoke :read nil"; this ${whole ? 'line' : 'last line, which has no end,'} reads ${quoted(text.slice(from))}`,
      whole ? 'mend the line' : 'remove the line, if the file was cut; or record again',
    );
  }
  const [, process, type, f, rest] = matched;
  if (process!.startsWith(':')) return null;
  const place = { line, column: from + 1 };
  const valueColumn = text.length - (rest?.length ?? 0) + 1;
  const value = rest === undefined ? undefined : oneValue(rest, line, valueColumn, limits);
  const said = { process: Number(process), f: camelCase(f!), place, chars: text.length };
  if (f === 'cas' && type === 'fail') return { ...said, type: 'ok', value, answer: { value: false } };
  return { ...said, type: type as EventType, value };
}

/** The first form of what a line ends with; an error message may follow it. */
function oneValue(text: string, line: number, column: number, limits: HistoryLimits): unknown {
  // A vector of its own is the bracket around all events for the scanner, so it gets another one around it.
  const forms = new EdnForms(limits);
  try {
    const [form] = [...forms.push(`[${text}]`), ...forms.end()];
    return form === undefined ? undefined : readEdnValue(form);
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    const at = column + (error.place?.column ?? 2) - 2;
    throw new HistoryError(error.code, { line, column: at }, error.what, error.next);
  }
}
