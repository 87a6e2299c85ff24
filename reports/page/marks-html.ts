/** Small marks that several parts of a page share, drawn so that they read in grey: see `style.md`, "Marks". Size is in CSS pixels. */
import { html } from './html.ts';
import type { Html } from './html.ts';

/** The violation: a red diamond with a cross; everywhere the same. */
export function violationMark(size: number): Html {
  return html`<svg
    class="violation-mark"
    width="${size}"
    height="${size}"
    viewBox="0 0 16 16"
    aria-hidden="true"
  >
    <rect x="3" y="3" width="10" height="10" rx="1" transform="rotate(45 8 8)" />
    <path d="M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4" />
  </svg>`;
}

/** What held: a tick, in grey. */
export function heldMark(size: number): Html {
  return html`<svg class="held-mark" width="${size}" height="${size}" viewBox="0 0 16 16" aria-hidden="true">
    <path d="M3 8.5l3.4 3.4L13 4.6" />
  </svg>`;
}

/** What was not decided: a question mark in a dashed box, in amber. */
export function undecidedMark(size: number): Html {
  return html`<svg
    class="undecided-mark"
    width="${size}"
    height="${size}"
    viewBox="0 0 16 16"
    aria-hidden="true"
  >
    <rect x="1.5" y="1.5" width="13" height="13" rx="2" />
    <path d="M6 6.2a2 2 0 1 1 2.9 1.8c-.7.4-.9.7-.9 1.4M8 11.4v.4" />
  </svg>`;
}

/** The sign of the package: a storm glass. */
export function stormglassMark(): Html {
  return html`<svg class="logo" width="16" height="18" viewBox="0 0 16 18" aria-hidden="true">
    <path d="M5.5 1.5h5M6.5 1.5v5L2 13.6a2 2 0 0 0 1.7 2.9h8.6a2 2 0 0 0 1.7-2.9L9.5 6.5v-5M4 11.5h8" />
  </svg>`;
}

/** Two sheets, on buttons that copy. */
export function copyMark(): Html {
  return html`<svg class="copy-mark" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
    <rect x="4.5" y="4.5" width="8" height="8" rx="1.5" />
    <path d="M9.5 4.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
  </svg>`;
}

/** The numbered ring of a step of the story. */
export function ring(number: number, violation: boolean): Html {
  return html`<span class="ring${violation ? ' ring-violation' : ''}">${number}</span>`;
}
