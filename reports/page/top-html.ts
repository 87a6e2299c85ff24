/** The top of the page of a run: what broke, in ten seconds. Bar, verdict, the two observations that do not fit, the command, which build it was. */
import { exact, hostName, instant } from '../figures.ts';
import { cut, oneLine } from '../visible-text.ts';
import { html } from './html.ts';
import type { Html, HtmlValue } from './html.ts';
import { copyMark, heldMark, ring, stormglassMark, undecidedMark, violationMark } from './marks-html.ts';
import { linkOf } from './story-html.ts';
import { rich, tokenColours } from './rich-text.ts';
import type { TokenColours } from './rich-text.ts';
import type { ConflictSide, RunPage } from './run-page.ts';

/** A first sentence that is longer is cut in the heading; the whole stands in the details. */
const sentenceMax = 240;
/** A heading from this length on is set smaller, so that the top keeps its height. */
const longSentence = 120;
/** Characters of a value in the biggest letters. */
const answerMax = 40;
/** From this length on a value is set smaller, so that it keeps to one line or two. */
const longAnswer = 18;
const reasonMax = 160;
const nameMax = 40;

/** The bar: where this page stands. `campaign`: the address of the campaign's page; null where there is none. */
export function barHtml({ about }: RunPage, campaign: string | null): Html {
  const above = campaign === null ? null : html`<li><a href="${campaign}">campaign</a></li>`;
  return html`<header class="bar">
    <nav aria-label="Where this page stands">
      <ol class="${campaign === null ? '' : 'long'}">
        <li class="home">${stormglassMark()} <span>Stormglass</span></li>
        ${above}
        <li>${shortName(about.scenario)}</li>
        <li aria-current="page">seed ${about.seed}</li>
      </ol>
    </nav>
  </header>`;
}

function shortName(name: string): Html {
  return html`<span title="${name.length > nameMax ? cut(name, 1000) : ''}">${oneLine(name, nameMax)}</span>`;
}

/** Verdict, pair, command, build: in this order, which is theirs where no style is allowed. */
export function topHtml(page: RunPage): Html {
  const colours = tokenColours(page);
  return html`${verdictHtml(page, colours)}${pairHtml(page, colours)}${commandHtml(page)}${buildHtml(page)}`;
}

function verdictHtml({ verdict, about }: RunPage, colours: TokenColours): Html {
  const { rule } = verdict;
  const heading = headingOf(verdict.sentence);
  const seeds =
    about.failingSeeds === null || about.failingSeeds < 2
      ? null
      : html`<span class="note">lowest of ${exact(about.failingSeeds)} seeds that fail so</span>`;
  return html`<div class="verdict ${verdict.state}">
    <p class="kind">${kindHtml(verdict)} ${seeds}</p>
    <h1 class="${heading.length > longSentence ? 'long' : ''}">${rich(heading, colours)}</h1>
    ${rule === null ? null : html`<p class="rule">The property: ${rule}</p>`} ${detailsHtml(verdict)}
  </div>`;
}

function kindHtml({ state, property }: RunPage['verdict']): Html {
  const name = property === null ? null : html` <code>${oneLine(property, nameMax)}</code>`;
  if (state === 'violated') return html`${violationMark(16)} <b>Violated</b>${name}`;
  if (state === 'undecided') return html`${undecidedMark(14)} <b>Undecided</b>${name}`;
  return html`${heldMark(14)} <b>Held</b>${name}`;
}

/** The first sentence, without its full stop: a finding may go on with what it could have been. */
function headingOf(sentence: string): string {
  const line = oneLine(sentence, 4 * sentenceMax);
  const [first] = line.split(/(?<=[^.]\.) (?=[A-Z◆"])/, 1);
  return oneLine(first!, sentenceMax).replace(/\.$/, '');
}

/** The rest that the finding says; and the whole of a sentence of which the heading has a part. */
function detailsHtml({ sentence, details }: RunPage['verdict']): Html | null {
  const more = headingOf(sentence).length + 1 < sentence.trimEnd().length;
  const lines = more ? [cut(sentence, 20_000), ...details] : details;
  if (lines.length === 0) return null;
  return html`<details class="finding">
    <summary>What was found, in full</summary>
    <div class="finding-text">${lines.map((line) => html`<p>${cut(line, 20_000)}</p>`)}</div>
  </details>`;
}

function pairHtml(page: RunPage, colours: TokenColours): Html | null {
  const { pair } = page;
  if (pair === null) return null;
  const { subject, who } = pair;
  const head =
    subject === null && who === null
      ? null
      : html`<p class="pair-head">
          <span class="subject">${subject === null ? null : rich(oneLine(subject, 80), colours)}</span>
          ${who === null ? null : html`<span class="who">${oneLine(who, 80)}</span>`}
        </p>`;
  return html`<div class="pair${head === null ? '' : ' headed'}">
    ${head}
    <div class="side expected">
      <h2>Expected</h2>
      ${sideHtml(page, pair.expected, colours)}
    </div>
    <div class="side observed">
      <h2>Observed</h2>
      ${sideHtml(page, pair.observed, colours)}
    </div>
  </div>`;
}

function sideHtml(page: RunPage, side: ConflictSide, colours: TokenColours): Html {
  const observed = side === page.pair?.observed;
  const answer = wordsUpTo(side.answer, answerMax);
  const whole = side.answer.length > answerMax || side.reason.length > reasonMax;
  return html`<p class="answer${answer.length > longAnswer ? ' long' : ''}">
      ${observed ? violationMark(18) : null}<code>${answer}</code>
    </p>
    <p class="reason">${rich(wordsUpTo(side.reason, reasonMax), colours)}</p>
    ${whole ? wholeSideHtml(side) : null}
    <p class="when">${whenHtml(page, side)}</p>`;
}

/** In one line; what is longer ends in `…` after a whole word, where it has any. */
function wordsUpTo(text: string, max: number): string {
  const line = oneLine(text, max);
  const space = text.length > max ? line.lastIndexOf(' ') : -1;
  return space < max / 2 ? line : `${line.slice(0, space)}…`;
}

function wholeSideHtml({ answer, reason }: ConflictSide): Html {
  return html`<details class="finding">
    <summary>In full</summary>
    <div class="finding-text">
      <p>${cut(answer, 20_000)}</p>
      <p>${cut(reason, 20_000)}</p>
    </div>
  </details>`;
}

/** `⑥ 13.353 s, entry 45`; the step's ring leads to it. */
function whenHtml(page: RunPage, { step, atUs, entry, node }: ConflictSide): Html {
  const violation = step === page.story.length && page.verdict.state === 'violated';
  const where =
    entry !== null
      ? `, entry ${exact(entry)}`
      : node === null
        ? ''
        : `, ${hostName(node, page.about.servers)}`;
  const text = html`${instant(atUs)}${where}`;
  if (step === null) return text;
  return html`<a href="${linkOf(page, step)}" data-step="${step}" aria-label="Step ${step}, ${text}"
    >${ring(step, violation)} <span>${text}</span></a
  >`;
}

/** What a button of `copy.ts` copies stands in the page or in its data: its name is in `data-copy`. */
function commandHtml({ about }: RunPage): Html {
  return html`<div class="command">
    <p class="prompt">
      <span aria-hidden="true">$ </span
      ><code id="command" tabindex="-1">${wordsHtml(cut(about.command, 2000))}</code>
    </p>
    <button type="button" data-copy="command" hidden data-scripts>${copyMark()} <span>Copy</span></button>
    <button type="button" data-copy="test" hidden data-scripts><span>As Vitest test</span></button>
    <span class="said" role="status"></span>
  </div>`;
}

/** A command that breaks between its words only: `zombie-` at a line's end reads as another name. */
function wordsHtml(command: string): HtmlValue {
  return command.split(' ').map((word, i) => html`${i === 0 ? '' : ' '}<span>${word}</span>`);
}

/** The hash as people compare it: three groups of four digits. */
function groupedHash(hash: string): string {
  return /^[0-9a-f]{12}$/.test(hash) ? hash.replace(/(.{4})(?=.)/g, '$1·') : oneLine(hash, 20);
}

function buildHtml({ about }: RunPage): Html {
  const { hash, commit, version, node } = about;
  const entries: readonly (readonly [string, string])[] = [
    ...(hash === null ? [] : [['hash', groupedHash(hash)] as const]),
    ['commit', oneLine(commit.slice(0, 7), nameMax)],
    ['stormglass', oneLine(version, nameMax)],
    ['node', oneLine(node.replace(/^v/, ''), nameMax)],
  ];
  return html`<dl class="build">
    ${entries.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
