/**
 * Texts of unknown origin in Markdown, as GitHub and GitLab render it. They stand in code only: there, nothing is a tag, a link, a mention of a
 * person, a reference to an issue, a formula or an emoji.
 */
import { oneLine, visible } from './visible-text.ts';

/** Characters of a name in a line or a cell. */
const maxName = 60;

/**
 * A name within a line, a heading or a cell of a table, cut at 60 characters. With a backtick, a pipe or a backslash in it (renderers differ on
 * how these escape one another) it is an element with every such character as a reference.
 */
export function codeName(text: string): string {
  const line = oneLine(text, maxName);
  if (line === '') return '—';
  if (!/[`|\\]/.test(line)) return `\`${line}\``;
  return `<code>${line.replace(/[!-/:-@[-`{-~]/g, (one) => `&#${one.charCodeAt(0)};`)}</code>`;
}

/** A block of code: as long a fence as no run of backticks inside is. Control characters are written visibly. */
export function fenced(language: string, lines: readonly string[]): string {
  const text = visible(lines.join('\n'));
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
