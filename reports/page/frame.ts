/**
 * One HTML file with everything in it. The policy in its head lets nothing be fetched and no script run but the one that was put in: what a run
 * calls itself can never become code, even where an escape were forgotten. https://www.w3.org/TR/CSP3/
 */
import type { Html } from './html.ts';
import { escaped } from './html.ts';

/** What was bundled for the browser. */
export interface PageAssets {
  readonly script: string;
  /** Of `script`, in the words of a content security policy: `sha256-…`. */
  readonly scriptHash: string;
  readonly style: string;
}

/** Data that the file carries for scripts and for tools: text in an element of its own. */
export interface DataBlock {
  readonly id: string;
  /** `application/json`, or another that no browser takes for a script. */
  readonly type: string;
  readonly text: string;
}

/** What makes up a file. */
export interface PageFrame {
  readonly title: string;
  readonly body: Html;
  readonly data: readonly DataBlock[];
  readonly assets: PageAssets;
}

/** The whole file. */
export function frameHtml({ title, body, data, assets }: PageFrame): string {
  const policy = `default-src 'none'; script-src '${assets.scriptHash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
    // By which `stormglass replay` knows its own pages.
    '<meta name="generator" content="Stormglass">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    // Without it browsers ask the host for one.
    '<link rel="icon" href="data:,">',
    `<title>${escaped(title)}</title>`,
    `<style>${assets.style}</style>`,
    '</head>',
    '<body>',
    body.text,
    ...data.map(blockHtml),
    `<script>${assets.script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/**
 * A block of data. `<` is written as JSON writes it by number, so that no text ends the element or opens a comment in it:
 * https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements
 */
function blockHtml({ id, type, text }: DataBlock): string {
  return `<script type="${escaped(type)}" id="${escaped(id)}">${text.replaceAll('<', '\\u003c')}</script>`;
}
