/** Names of unknown origin where a page shows them. */
import { oneLine } from '../visible-text.ts';

/** Characters of a name; the whole stands in a tip, or in the command beside it. */
export const nameMax = 40;

/** A name in one line, cut at `nameMax` characters; something to see, and to hear, also where it is blank. */
export function nameText(name: string): string {
  const line = oneLine(name, nameMax);
  return line === '' ? '(no name)' : line;
}
