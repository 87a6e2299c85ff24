/** Texts of other people's histories among our own words: whatever they hold, they stay in their line, and leave the terminal alone. */

/** Characters of foreign text shown at most: its two ends. */
const shownMax = 400;
const beginMax = 240;
const endMax = 120;

/** Control characters, and those that reverse what follows. */
const hidden = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** The text with its control characters spelled out, and cut where it is long. */
export function forPeople(text: string): string {
  const cut =
    text.length <= shownMax
      ? text
      : `${text.slice(0, beginMax)} … ${text.slice(-endMax)} (${text.length} characters)`;
  return visible(cut);
}

/** The text with its control characters spelled out. */
export function visible(text: string): string {
  return text.replace(hidden, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `1 state`, `2 states`. */
export function counted(many: number, one: string): string {
  return `${many} ${one}${many === 1 ? '' : 's'}`;
}
