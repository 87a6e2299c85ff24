/** The page of a campaign as one HTML file. All of it stands in the file; scripts only copy commands and move a mark over the matrix. */
import type { CampaignTally } from '../tally.ts';
import { cut } from '../visible-text.ts';
import { campaignFiguresHtml, distributionsHtml, faultsHtml } from './campaign-figures-html.ts';
import { kindsHtml } from './campaign-kinds-html.ts';
import { matrixHtml } from './campaign-matrix-html.ts';
import { campaignPageOf } from './campaign-page-of.ts';
import type { CampaignPageOptions } from './campaign-page-of.ts';
import type { CampaignPage, CampaignVerdict, ShownTrouble } from './campaign-page.ts';
import { commandHtml } from './command-html.ts';
import { frameHtml } from './frame.ts';
import type { PageAssets } from './frame.ts';
import { nameText } from './name-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { heldMark, stormglassMark, undecidedMark, violationMark } from './marks-html.ts';

/** Rows from which on the matrix leaves room beside it for the faults, under the violations. */
const longMatrix = 18;
/** Columns from which on they stand closer; below which the matrix does not fill its width, so that marks stay near their names. */
const denseFrom = 26;
const sparseBelow = 14;

/**
 * The whole file.
 * @param assets the bundle `campaign`
 */
export function campaignHtml(
  tally: CampaignTally,
  { assets, ...options }: CampaignPageOptions & { readonly assets: PageAssets },
): string {
  const page = campaignPageOf(tally, options);
  return frameHtml({
    title: `${page.verdict.label} · campaign · Stormglass`,
    body: bodyHtml(page),
    data: [],
    assets,
  });
}

function bodyHtml(page: CampaignPage): Html {
  const { violations, undecided, matrix } = page;
  const kinds = violations.length + undecided.length > 0;
  const beside = faultsBeside(page, kinds);
  return html`${barHtml(page)}
    <main id="campaign">
      <section class="campaign-top" aria-label="Verdict">
        ${verdictHtml(page)}${commandHtml(page.command, 'command')}${countsHtml(page)}
      </section>
      ${troublesHtml(page)}
      ${
        matrix.rows.length === 0
          ? null
          : html`<div
              class="overview${columnsClass(matrix.violating.length)}${kinds || beside ? '' : ' alone'}"
            >
              ${matrixHtml(matrix)}
              ${kinds || beside ? html`<div class="aside">${kinds ? kindsHtml(page) : null}${beside ? faultsHtml(page.faults) : null}</div>` : null}
            </div>`
      }
      ${page.distributions.every(({ count }) => count === 0) ? null : distributionsHtml(page.distributions)}
      ${campaignFiguresHtml(page, !beside)}
      <p class="campaign-foot note">
        Times are virtual unless they say wall. p50, p95 and p99 come from fixed bins, from 100 µs to 10,000 s
        within 3.2 %; counts and max are exact. Lines of the plots: p50 solid, p95 dashed, p99 dotted.
      </p>
    </main>
    <div id="tip" class="tip" role="tooltip" hidden></div>
    <span id="said" class="unseen" role="status"></span>`;
}

function columnsClass(columns: number): string {
  return columns > denseFrom ? ' dense' : columns < sparseBelow ? ' sparse' : '';
}

/** Whether the faults stand beside the matrix: where it is long, or where nothing else is to stand there and they are not much longer. */
function faultsBeside({ faults, matrix }: CampaignPage, kinds: boolean): boolean {
  const rows = matrix.rows.length;
  return faults.length > 0 && (rows > longMatrix || (!kinds && faults.length <= rows + 6));
}

/** The bar: where this page stands, and which build it was. */
function barHtml({ about }: CampaignPage): Html {
  const { hash, commit, version, node } = about;
  const entries: readonly (readonly [string, string])[] = [
    ['hash', hash.replace(/(.{4})(?=.)/g, '$1·')],
    ['commit', nameText(commit.slice(0, 7))],
    ['stormglass', nameText(version)],
    ['node', nameText(node.replace(/^v/, ''))],
  ];
  return html`<header class="bar campaign-bar">
    <nav aria-label="Where this page stands">
      <ol>
        <li class="home">${stormglassMark()} Stormglass</li>
        <li aria-current="page">campaign</li>
      </ol>
    </nav>
    <dl class="builds">
      ${entries.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div> `,
      )}
    </dl>
  </header>`;
}

const tones: { readonly [S in CampaignVerdict['state']]: 'violated' | 'undecided' | 'held' } = {
  held: 'held',
  violated: 'violated',
  nondeterministic: 'violated',
  'internal-error': 'violated',
  undecided: 'undecided',
  'coverage-not-met': 'undecided',
  interrupted: 'undecided',
  empty: 'undecided',
};

function verdictHtml({ verdict }: CampaignPage): Html {
  const tone = tones[verdict.state];
  const mark = tone === 'violated' ? violationMark(16) : tone === 'held' ? heldMark(16) : undecidedMark(14);
  return html`<div class="campaign-verdict ${tone}">
    <p class="kind">${mark} <b>${verdict.label}</b></p>
    <h1>${verdict.sentence}</h1>
    ${verdict.notes.map((note) => html`<p class="verdict-note">${cut(note, 800)}</p>`)}
  </div>`;
}

function countsHtml({ counts }: CampaignPage): Html {
  return html`<ul class="counts" aria-label="Counts">
    ${counts.map(({ value, words, tone }) => html`<li class="${tone}"><b>${value}</b> ${words}</li> `)}
  </ul>`;
}

/** What makes the rest doubtful is told before it. */
function troublesHtml({ troubles, troublesLeft }: CampaignPage): Html | null {
  if (troubles.length === 0) return null;
  const one = ({ scenario, seed, what, message, command }: ShownTrouble, i: number): Html =>
    html`<li>
      <p>${violationMark(14)} <b>${nameText(scenario)}</b>, seed <code>${seed}</code>, ${what}</p>
      <p class="said-text">${message}</p>
      ${commandHtml(command, `trouble-${i}`)}
    </li>`;
  return html`<section class="troubles" aria-labelledby="troubles-title">
    <h2 id="troubles-title">Not to be trusted</h2>
    <ul>
      ${troubles.map(one)}
    </ul>
    ${troublesLeft === 0 ? null : html`<p class="note">${troublesLeft} more in <code>result.json</code>.</p>`}
  </section>`;
}
