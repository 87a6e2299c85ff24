/** What the keys do and what the marks mean: a short legend under the story, and the dialog of all keys. */
import { html } from './html.ts';
import type { Html } from './html.ts';

/** All keys, with what they do. The first six stand under the story. */
export const keyMeanings: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ['↑', '↓'], does: 'step' },
  { keys: ['←', '→'], does: 'event' },
  { keys: ['t'], does: 'real time' },
  { keys: ['c'], does: 'causal past' },
  { keys: ['/'], does: 'find' },
  { keys: ['?'], does: 'all keys' },
  { keys: ['j', 'k'], does: 'step, as ↓ ↑' },
  { keys: ['Home'], does: 'first step' },
  { keys: ['End'], does: 'the violation' },
  { keys: ['Enter'], does: 'details of the event at the cursor' },
  { keys: ['+', '−', '0'], does: 'zoom in, out, all (real time)' },
  { keys: ['Esc'], does: 'back' },
  { keys: ['y'], does: 'copy the command' },
];

function keyHtml({ keys, does }: (typeof keyMeanings)[number]): Html {
  return html`<span class="key">${keys.map((key) => html`<kbd>${key}</kbd>`)} ${does}</span>`;
}

/** Keys, which only scripts answer, and marks of the lanes. */
export function legendHtml(): Html {
  return html`<div class="legend" hidden data-scripts>
    <p>${keyMeanings.slice(0, 6).map(keyHtml)}</p>
    <p>
      <span>${mark('ok', html`<rect x="1" y="2" width="26" height="10" rx="2" class="mark-op" />`)} ok</span>
      <span
        >${mark('fail', html`<rect x="1" y="2" width="26" height="10" rx="2" class="mark-edge" /><path d="M17 4.500l5 5M22 4.500l-5 5" class="mark-ink" />`)}
        fail</span
      >
      <span
        >${mark('unknown', html`<path d="M27 2H3a2 2 0 0 0-2 2v6a2 2 0 0 0 2 2h24" class="mark-edge mark-dashed" /><text x="12" y="10.500">?</text>`)}
        unknown</span
      >
      <span
        >${mark('paused', html`<rect x="1" y="2" width="26" height="10" class="mark-edge" /><path d="M4 12l6-10M10 12l6-10M16 12l6-10M22 12l5-8" class="mark-thin" />`)}
        paused</span
      >
      <span
        >${mark('wall', html`<path d="M1 3v8M27 3v8" class="mark-ink" /><path d="M3 11l4-8M8 11l4-8M13 11l4-8M18 11l4-8M22 11l4-8" class="mark-thick" />`)}
        wall</span
      >
      <span
        >${mark('lost', html`<path d="M1 7h13" class="mark-ink mark-dashed" /><circle cx="20" cy="7" r="5" class="mark-ink" /><path d="M18 5l4 4M22 5l-4 4" class="mark-ink" />`)}
        lost</span
      >
      <span
        >${mark('point', html`<path d="M14 2l5 5-5 5-5-5z" class="mark-fill" />`)} linearization point</span
      >
    </p>
  </div>`;
}

function mark(name: string, drawn: Html): Html {
  return html`<svg class="mark mark-${name}" width="28" height="14" viewBox="0 0 28 14" aria-hidden="true">
    ${drawn}
  </svg>`;
}

/** The dialog of all keys. */
export function keysDialogHtml(): Html {
  return html`<dialog id="keys" aria-labelledby="keys-title">
    <h2 id="keys-title">Keys</h2>
    <dl>
      ${keyMeanings
        .filter(({ keys }) => keys[0] !== '?')
        .map(
          ({ keys, does }) =>
            html`<div>
              <dt>${keys.map((key) => html`<kbd>${key}</kbd>`)}</dt>
              <dd>${does}</dd>
            </div>`,
        )}
    </dl>
    <form method="dialog"><button class="button">Close</button></form>
  </dialog>`;
}
