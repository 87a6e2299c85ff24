/**
 * Texts of unknown origin (names, values, messages of processes) for files that others parse: without characters that break them or show
 * something else than they are, and bounded.
 */
import { exact } from './figures.ts';

/**
 * Control characters but the line feed and the tab, halves of surrogate pairs, the two code points that are no characters of XML
 * (https://www.w3.org/TR/xml/#charsets), and marks that turn the direction of what stands beside them (Unicode TR 36, 2.10).
 */
const misleading =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]/gu;

/** The text with such characters written as JavaScript writes them: `\u001b`. Line ends become line feeds. */
export function visible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(misleading, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** At most `max` UTF-16 units of a text, and how long it was where it was longer; no pair of units is cut. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  const whole = last >= 0xd800 && last < 0xdc00 ? max - 1 : max;
  return `${text.slice(0, whole)}… (cut: ${exact(text.length)} characters)`;
}

/** A text in one line of at most `max` UTF-16 units, which ends in `…` where it is cut. */
export function oneLine(text: string, max: number): string {
  // A look at the beginning is enough, of a megabyte too.
  const looked = text.slice(0, 4 * max);
  const line = visible(looked).replace(/\s+/g, ' ').trim();
  if (line.length <= max && looked.length === text.length) return line;
  const last = line.charCodeAt(max - 2);
  return `${line.slice(0, last >= 0xd800 && last < 0xdc00 ? max - 2 : max - 1)}…`;
}
