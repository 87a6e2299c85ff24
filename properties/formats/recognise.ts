/** Tells the format of a history from how it begins, or says what was seen. */
import { HistoryError, quoted } from './history-error.ts';
import type { HistoryFormat } from './history-event.ts';
import { isJepsenLog } from './jepsen-log.ts';

/** So much is looked at before a text is given up on, in characters: a log may have other lines first. */
export const recognisedWithin = 65_536;

const next = '--format jepsen-edn, jepsen-log, porcupine or json-lines, if it is one of these';

/**
 * @param head the beginning of a text, or all of it
 * @param ended whether that is all there is
 * @returns `null` while too little is there to tell
 * @throws HistoryError EMPTY_HISTORY, UNKNOWN_FORMAT
 */
export function recognise(head: string, ended: boolean): HistoryFormat | null {
  // What a comment of EDN says decides nothing.
  const text = head.replace(/^(?:\s+|;[^\n]*(?:\n|$))+/, '');
  const lines = text.split('\n');
  const first = lines[0]!.trimEnd();
  const enough = ended || lines.length > 1 || head.length >= recognisedWithin;
  if (text === '') {
    if (ended)
      throw new HistoryError(
        'EMPTY_HISTORY',
        null,
        'there is no event in it',
        'look whether anything was recorded',
      );
    if (head.length < recognisedWithin) return null;
    throw unknown(head.slice(0, 80), head);
  }
  if (!enough) return null;
  if (isJepsenLog(first)) return 'jepsen-log';
  const open = !ended && head.length < recognisedWithin;
  if (open && /^[[({]?\s*[{]?\s*$/.test(text)) return null;
  if (/^\{\s*("|\}|$)/.test(text)) return 'json-lines';
  if (/^[[(]?\s*(\{\s*:|#[A-Za-z][\w.]*\s*\{|[\])])/.test(text)) {
    // Porcupine's text has no comments.
    if (head.trimStart().startsWith(';')) return 'jepsen-edn';
    const end = text.indexOf('}');
    return end < 0 && open ? null : ednKind(end < 0 ? text : text.slice(0, end));
  }
  const [cut, complete] = [lines.at(-1)!, lines.slice(0, -1)];
  if ([...complete, ...(ended ? [cut] : [])].some(isJepsenLog)) return 'jepsen-log';
  if (open && !/^[[{(<]/.test(text)) return null;
  if (/^\[\s*("|\{\s*"|\[|\])/.test(text)) {
    throw new HistoryError(
      'UNKNOWN_FORMAT',
      { line: lineOf(head, text), column: 1 },
      `this is one JSON array: ${quoted(first)}`,
      "write one document a line: jq -c '.[]' FILE",
    );
  }
  throw unknown(first, head, lineOf(head, text));
}

/** Porcupine's maps have a key and no index or time. */
function ednKind(event: string): HistoryFormat {
  return /:f\s+:(get|put|append)\b/.test(event) && /:key\s/.test(event) && !/:(index|time)\s/.test(event)
    ? 'porcupine'
    : 'jepsen-edn';
}

function lineOf(head: string, text: string): number {
  return head.slice(0, head.length - text.length).split('\n').length;
}

function unknown(first: string, head: string, line = 1): HistoryError {
  const units = [...head.slice(0, 8)].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
  return new HistoryError(
    'UNKNOWN_FORMAT',
    { line, column: 1 },
    `this begins like no format that is read: ${quoted(first)} (first bytes ${units})`,
    next,
  );
}

/** What the first bytes of a file that is no text look like; `null` for text, as far as they tell. */
export function binaryKind(bytes: Uint8Array): string | null {
  const begins = (...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte);
  if (begins(0x1f, 0x8b)) return 'it is compressed by gzip';
  if (begins(0x28, 0xb5, 0x2f, 0xfd)) return 'it is compressed by zstd';
  if (begins(0x50, 0x4b, 0x03, 0x04)) return 'it is a zip archive';
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) return 'it is text in UTF-16';
  return null;
}
