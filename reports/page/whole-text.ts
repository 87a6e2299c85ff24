/** Texts of unknown length among marks: the beginning where there is little room, the whole for whoever asks. */
import { exact } from '../figures.ts';
import { cut, oneLine } from '../visible-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** Characters that a mark shows. */
export const markMax = 40;
/** Characters that are shown when the whole is asked for, and in a tooltip. */
const wholeMax = 10_000;
const titleMax = 400;

/** A text in one line of at most 40 characters, with more of it as a tooltip. For places that are drawn many times. */
export function shortHtml(text: string, max = markMax): Html {
  const line = oneLine(text, max);
  return line === text ? html`${line}` : html`<span title="${cut(text, titleMax)}">${line}</span>`;
}

/** The same for a name, with something to see also where it is blank. */
export function nameHtml(name: string, max = markMax): Html {
  return oneLine(name, max) === '' ? html`<span class="note">(no name)</span>` : shortHtml(name, max);
}

/** A text in one line of at most 40 characters; where that is not all, it opens to the whole (of very long ones, to the first 10,000). */
export function wholeHtml(text: string): Html {
  const line = oneLine(text, markMax);
  if (line === text) return html`<code>${line}</code>`;
  return html`<details class="whole">
    <summary><code>${line}</code> <span class="note">${exact(text.length)} characters</span></summary>
    <pre tabindex="0">${cut(text, wholeMax)}</pre>
  </details>`;
}
