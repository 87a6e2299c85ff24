/** A command to type, with a button that copies it; the button is shown where scripts run. */
import { cut } from '../visible-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { copyMark } from './marks-html.ts';

/** Characters of a command that are shown, and copied: no shell takes more from a paste without trouble. */
const commandMax = 4_000;

/** @param id of the element that holds the command, unique in the page */
export function commandHtml(command: string, id: string): Html {
  const shown = cut(command, commandMax);
  return html`<div class="command">
    <p class="prompt"><span aria-hidden="true">$ </span><code id="${id}" title="${shown}">${shown}</code></p>
    <button type="button" data-copies="${id}" aria-describedby="${id}" hidden data-scripts>
      ${copyMark()} <span>Copy</span>
    </button>
  </div>`;
}
