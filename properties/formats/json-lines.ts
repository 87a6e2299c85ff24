/**
 * Histories as JSON Lines, one document a line:
 *
 * - at most one header, first: `{"history":1,"model":"cas-register"}`; the model may be left out;
 * - events in the order of real time: `{"type":"invoke","process":0,"f":"write","value":3}`, later `{"type":"ok","process":0}`. `type` is `invoke`, `ok`,
 *   `fail` or `info` (unknown). An invocation's other fields are what is asked, together with `f`; an end's `value` is what was answered.
 *   May be there: `timeUs` (microseconds, never falling), `id` (ascending; an end may repeat it);
 * - or whole operations, in any order: `{"id":0,"process":0,"op":{"f":"read"},"invokedAt":1,"completedAt":4,"outcome":"ok","value":3}`, with the fields of
 *   `Operation`; without `completedAt` it never completed (`info`).
 *
 * A file has events or operations, not both. Numbers are doubles: a whole number beyond 2^53 is refused, as two of them could look the same.
 */
import type { Operation } from '../history.ts';
import { HistoryError, quoted } from './history-error.ts';
import type { EventType, SaidEvent } from './history-event.ts';
import type { HistoryLimits } from './limits.ts';
import type { TextLine } from './text-lines.ts';

/** What a line may say. */
export type JsonLine =
  | { readonly says: 'header'; readonly model: string | null }
  | { readonly says: 'event'; readonly event: SaidEvent }
  | { readonly says: 'operation'; readonly operation: Operation };

type Fields = { readonly [name: string]: unknown };
type Bad = (what: string, next: string, code?: 'TIME_GOES_BACK') => HistoryError;

const types: readonly unknown[] = ['invoke', 'ok', 'fail', 'info'];
const outcomes: readonly unknown[] = ['ok', 'fail', 'info'];

/** @throws HistoryError BAD_JSON, CUT_HISTORY, MIXED_FORMATS, NESTED_TOO_DEEP, BAD_EVENT */
export function readJsonLine(line: TextLine, limits: HistoryLimits): JsonLine {
  const document = parse(line);
  const place = { line: line.line, column: 1 };
  const bad: Bad = (what, next, code) => new HistoryError(code ?? 'BAD_EVENT', place, what, next);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw bad(
      `each line is an object; this is ${quoted(line.text)}`,
      'write {"type":"invoke","process":0,"f":"read"}',
    );
  }
  checkValues(document, line, limits);
  const fields = document as Fields;
  if (Object.hasOwn(fields, 'history')) return header(fields, bad);
  if (Object.hasOwn(fields, 'invokedAt')) return { says: 'operation', operation: operationOf(fields, bad) };
  return { says: 'event', event: eventOf(fields, line, bad) };
}

function parse({ text, line, whole }: TextLine): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (/^\s*(\{\s*:|#jepsen|\[\s*\{\s*:)/.test(text)) {
      throw new HistoryError(
        'MIXED_FORMATS',
        { line, column: 1 },
        `the history began as JSON Lines, and this line is EDN: ${quoted(text)}`,
        'keep one format a file',
      );
    }
    const message = (error as Error).message;
    const position = /position (\d+)/.exec(message)?.[1];
    const column = position === undefined ? text.length + 1 : Number(position) + 1;
    const cut = !whole && column > text.trimEnd().length;
    throw new HistoryError(
      cut ? 'CUT_HISTORY' : 'BAD_JSON',
      { line, column },
      cut
        ? `the text ends inside this document: ${quoted(text)}`
        : `this is no JSON document: ${quoted(text.slice(Math.max(0, column - 21), column + 20))}`,
      cut ? 'remove the line, if the file was cut; or record again' : 'write one document a line',
    );
  }
}

/** Depth, and numbers that were rounded while they were read. */
function checkValues(document: object, { line, text }: TextLine, limits: HistoryLimits): void {
  let level: unknown[] = [document];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > limits.nesting) {
      throw new HistoryError(
        'NESTED_TOO_DEEP',
        { line, column: 1 },
        `brackets stand more than ${limits.nesting} deep in one line`,
        'leave out what is so deep: values of operations are small',
      );
    }
    const inner: unknown[] = [];
    for (const container of level) {
      for (const value of Object.values(container as object)) {
        if (typeof value === 'object' && value !== null) inner.push(value);
        else if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
          const digits = /-?\d{16,}/.exec(text);
          throw new HistoryError(
            'BAD_EVENT',
            { line, column: (digits?.index ?? 0) + 1 },
            `a whole number is beyond 2^53: ${digits?.[0] ?? String(value)}`,
            'write it as a text, in quotes',
          );
        }
      }
    }
    level = inner;
  }
}

function header({ history, model }: Fields, bad: Bad): JsonLine {
  if (history !== 1)
    throw bad(`version ${JSON.stringify(history)} of this format is not known`, 'write version 1');
  if (model !== undefined && typeof model !== 'string') {
    throw bad(`"model" is a name; got ${JSON.stringify(model)}`, 'leave it out, or name a model');
  }
  return { says: 'header', model: model ?? null };
}

function eventOf(fields: Fields, line: TextLine, bad: Bad): SaidEvent {
  const { type, process, id, f, timeUs, value, ...rest } = fields;
  if (!types.includes(type)) {
    throw bad(
      `"type" is invoke, ok, fail or info; got ${JSON.stringify(type) ?? 'none'}`,
      'write {"type":"invoke","process":0,"f":"read"}, or an operation with "invokedAt"',
    );
  }
  whole('process', process, bad);
  if (id !== undefined) whole('id', id, bad);
  if (timeUs !== undefined && typeof timeUs !== 'number') {
    throw bad(
      `"timeUs" is a number of microseconds; got ${JSON.stringify(timeUs)}`,
      'mend it, or leave it out',
    );
  }
  const invokes = type === 'invoke';
  if ((invokes || f !== undefined) && (typeof f !== 'string' || f === '')) {
    throw bad(`"f" names what is asked; got ${JSON.stringify(f) ?? 'none'}`, 'write "f":"read"');
  }
  return {
    type: type as EventType,
    process: process as number,
    f: (f as string | undefined) ?? '',
    value,
    place: { line: line.line, column: 1 },
    chars: line.text.length,
    ...(invokes && { op: value === undefined ? { f, ...rest } : { f, ...rest, value } }),
    ...(!invokes && { answer: { value } }),
    ...(id !== undefined && { id: id as number }),
    ...(timeUs !== undefined && { us: timeUs as number }),
  };
}

function whole(name: string, value: unknown, bad: Bad): void {
  if (Number.isSafeInteger(value)) return;
  throw bad(`"${name}" is a whole number; got ${JSON.stringify(value) ?? 'none'}`, 'mend it');
}

/** Fields of `Operation` (and of `RecordedOperation`) that are whole numbers where they are there. */
const wholeIfThere = ['place', 'appliedAt', 'session', 'node'] as const;

function operationOf(fields: Fields, bad: Bad): Operation {
  const { id, process, op, invokedAt, value, invokedUs } = fields;
  // JSON has no Infinity: JSON.stringify writes null.
  const completedAt = fields['completedAt'] ?? undefined;
  const completedUs = fields['completedUs'] ?? undefined;
  whole('id', id, bad);
  whole('process', process, bad);
  if (op === undefined) throw bad('the operation has no "op"', 'write what was asked: "op":{"f":"read"}');
  const outcome = fields['outcome'] ?? (completedAt === undefined ? 'info' : 'ok');
  if (!outcomes.includes(outcome)) {
    throw bad(`"outcome" is ok, fail or info; got ${JSON.stringify(outcome)}`, 'mend it');
  }
  for (const [name, time] of Object.entries({ invokedAt, completedAt, invokedUs, completedUs })) {
    if (time === undefined || typeof time === 'number') continue;
    throw bad(`"${name}" is a number; got ${JSON.stringify(time)}`, 'mend it, or leave it out where unknown');
  }
  if (outcome !== 'info' && completedAt === undefined) {
    throw bad(
      `an operation that ended ${outcome as string} has a "completedAt"`,
      'write when it ended, or "outcome":"info"',
    );
  }
  const ended = outcome === 'info' ? Infinity : (completedAt as number);
  if (ended < (invokedAt as number)) {
    throw bad(
      `operation ${id as number} completed at ${ended}, before it was invoked at ${invokedAt as number}`,
      'look whether the two fields are mixed up, or of two clocks',
      'TIME_GOES_BACK',
    );
  }
  const optional: { [name: string]: number } = {};
  for (const name of wholeIfThere) {
    if (fields[name] === undefined) continue;
    whole(name, fields[name], bad);
    optional[name] = fields[name] as number;
  }
  return {
    id: id as number,
    process: process as number,
    op,
    invokedAt: invokedAt as number,
    completedAt: ended,
    outcome: outcome as Operation['outcome'],
    value: outcome === 'ok' ? value : undefined,
    place: 0,
    ...optional,
    ...(invokedUs !== undefined && {
      invokedUs: invokedUs as number,
      completedUs: (completedUs as number | undefined) ?? Infinity,
    }),
  };
}
