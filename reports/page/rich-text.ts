/** How a plain sentence gets its marks on a page: fencing tokens become chips in their colour, values and assignments stand in the mono type. */
import { html } from './html.ts';
import type { Html, HtmlValue } from './html.ts';
import type { RunPage } from './run-page.ts';

/** By fencing token, which grant of its lock it was, from 0: that picks its colour. */
export type TokenColours = ReadonlyMap<number, number>;

/** The tokens that the locks of a run granted. Where two groups granted the same number, the first lock's colour stands. */
export function tokenColours({ timeline }: RunPage): TokenColours {
  const colours = new Map<number, number>();
  for (const { holdings } of timeline.locks)
    for (const { token, nth } of holdings) if (!colours.has(token)) colours.set(token, nth);
  return colours;
}

/** A token as its chip: `◆41`, always sign and number. One that no lock of the run granted has no colour. */
export function tokenChip(token: number, colours: TokenColours): Html {
  const nth = colours.get(token);
  const colour = nth === undefined ? '' : ` token-${nth % 3}`;
  return html`<span class="token${colour}">◆${token}</span>`;
}

/**
 * What is looked for, in this order: a text in quotes; `key = value`; a list of tokens, which begins with its noun; a token with its sign.
 * Values end at a space or at what ends a sentence. All parts are bounded or linear, so hostile texts cost no more than their length.
 */
const marked =
  /"(?:[^"\\\n]|\\.){0,200}"|(?<![\w.:-])[\w.:-]{1,40} = (?:"(?:[^"\\\n]|\\.){0,200}"|[^\s"]{0,39}[^\s".,;:])|\b[Tt]okens? (?:is |was |were )?\d{1,15}(?:(?:, | and | or )\d{1,15}\b)*|◆\d{1,15}/g;

/** A sentence with its marks. */
export function rich(text: string, colours: TokenColours): Html {
  const parts: HtmlValue[] = [];
  let from = 0;
  for (const match of text.matchAll(marked)) {
    parts.push(text.slice(from, match.index), mark(match[0], colours));
    from = match.index + match[0].length;
  }
  return html`${parts}${text.slice(from)}`;
}

function mark(found: string, colours: TokenColours): HtmlValue {
  if (found.startsWith('◆')) return tokenChip(Number(found.slice(1)), colours);
  if (!/^[Tt]okens? (?:is |was |were )?\d/.test(found)) return html`<code>${found}</code>`;
  return found.split(/(\d+)/).map((part) => (/^\d+$/.test(part) ? tokenChip(Number(part), colours) : part));
}
