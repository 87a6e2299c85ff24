/** The matrix of a campaign as a table: it reads in order without styles, and each cell says in words what it draws. */
import { counted, exact } from '../figures.ts';
import { oneLine } from '../visible-text.ts';
import type { CampaignMatrix, MatrixCell, MatrixColumn, MatrixRow } from './campaign-page.ts';
import { nameMax, nameText } from './name-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

const tipMax = 400;

/** The matrix with its legend. */
export function matrixHtml(matrix: CampaignMatrix): Html {
  const { families, rows } = matrix;
  const starts = familyStarts(matrix);
  return html`<div class="matrix">
    <div class="matrix-head">
      <h2 id="matrix-title">Scenario by property</h2>
      ${legendHtml(matrix)}
    </div>
    <div class="matrix-scroll" role="region" aria-labelledby="matrix-title" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col" class="corner">scenario</th>
            ${families.flatMap(({ columns }) => columns).map((column, i) => headHtml(column, starts.has(i)))}
            <th scope="col" class="sum first">seeds</th>
            <th scope="col" class="sum"><abbr title="runs that violated a property">viol.</abbr></th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => rowHtml(row, starts))}
        </tbody>
        <tfoot>
          ${totalsHtml(matrix, starts)}
        </tfoot>
      </table>
    </div>
  </div>`;
}

/** Columns with which a family begins, but the first: a gap is left before them. */
function familyStarts({ families }: CampaignMatrix): ReadonlySet<number> {
  const starts = new Set<number>();
  let column = 0;
  for (const family of families) {
    if (column > 0) starts.add(column);
    column += family.columns.length;
  }
  return starts;
}

/** What each mark means, of those that are there: where all held, nothing is red. */
function legendHtml({ rows }: CampaignMatrix): Html {
  const there = new Set(rows.flatMap(({ cells }) => cells.map(({ state }) => state)));
  const entry = (state: MatrixCell['state'], item: Html): Html | null => (there.has(state) ? item : null);
  return html`<ul class="matrix-legend" aria-label="Legend">
    ${entry('held', html`<li><span class="dot" aria-hidden="true"></span> held</li>`)}
    ${entry('violated', html`<li><span class="box violated" aria-hidden="true">14</span> violated, runs</li>`)}
    ${entry('undecided', html`<li><span class="box undecided" aria-hidden="true">4?</span> undecided</li>`)}
    ${entry('switched-off', html`<li><span class="box switched-off" aria-hidden="true">41</span> switched off</li>`)}
    ${entry('not-run', html`<li><span class="not-run" aria-hidden="true">–</span> nothing was run</li>`)}
    ${entry('not-checked', html`<li>blank: not checked</li>`)}
  </ul>`;
}

function headHtml({ name, properties, violated }: MatrixColumn, gap: boolean): Html {
  const classes = `upright${gap ? ' gap' : ''}${violated ? ' violated' : ''}`;
  const whole =
    properties.length > 1 || name.length > nameMax ? oneLine(properties.join(', '), tipMax) : null;
  return html`<th scope="col" class="${classes}" ${whole === null ? null : html`data-tip="${whole}"`}>
    <span><span>${nameText(name)}</span></span>
  </th>`;
}

function rowHtml(row: MatrixRow, starts: ReadonlySet<number>): Html {
  const { scenario, cells, runs, violatingRuns } = row;
  const whole = scenario.length > nameMax ? html`data-tip="${oneLine(scenario, tipMax)}"` : null;
  return html`<tr class="${violatingRuns > 0 ? 'violated' : ''}">
    <th scope="row" ${whole}>${nameText(scenario)}</th>
    ${cells.map((cell, i) => cellHtml(cell, starts.has(i)))}
    <td class="sum first">${exact(runs)}</td>
    <td class="sum${violatingRuns > 0 ? ' violated' : ''}">${exact(violatingRuns)}</td>
  </tr>`;
}

function cellHtml(cell: MatrixCell, gap: boolean): Html {
  const classes = `cell${gap ? ' gap' : ''}`;
  if (cell.state === 'not-checked') return html`<td class="${classes}"></td>`;
  return html`<td class="${classes}" data-tip="${cell.tip}">${markHtml(cell)}</td>`;
}

/** What is drawn, and in words for who hears the page; a violation leads to where it is told. */
function markHtml({ state, count, kind }: MatrixCell): Html {
  switch (state) {
    case 'held':
      return html`<span class="dot"></span><span class="unseen">held</span>`;
    case 'violated': {
      const box = html`${shortCount(count)}<span class="unseen">
          violated, in ${counted(count, 'run')}</span
        >`;
      return kind < 0
        ? html`<span class="box violated">${box}</span>`
        : html`<a class="box violated" href="#violation-${kind}">${box}</a>`;
    }
    case 'undecided': {
      const box = html`${shortCount(count)}?<span class="unseen"> undecided</span>`;
      return kind < 0
        ? html`<span class="box undecided">${box}</span>`
        : html`<a class="box undecided" href="#undecided-${kind}">${box}</a>`;
    }
    case 'switched-off':
      return html`<span class="box switched-off"
        >${shortCount(count)}<span class="unseen"> switched off</span></span
      >`;
    case 'not-run':
      return html`<span class="not-run" aria-hidden="true">–</span
        ><span class="unseen">nothing was run</span>`;
    case 'not-checked':
      return html``;
  }
}

/** A count in three characters: `388`, `12k`, `2M`; the whole is in the tip. */
export function shortCount(count: number): string {
  if (count < 1_000) return String(count);
  return count < 999_500 ? `${Math.round(count / 1_000)}k` : `${Math.round(count / 1_000_000)}M`;
}

function totalsHtml(matrix: CampaignMatrix, starts: ReadonlySet<number>): Html {
  const { violating, runs, violatingRuns } = matrix;
  return html`<tr>
    <th scope="row">runs violating</th>
    ${violating.map(
      (count, i) =>
        html`<td class="cell total${starts.has(i) ? ' gap' : ''}${count > 0 ? ' violated' : ''}">
          ${
            count > 0
              ? shortCount(count)
              : html`<span aria-hidden="true">·</span><span class="unseen">0</span>`
          }
        </td>`,
    )}
    <td class="sum first">${exact(runs)}</td>
    <td class="sum${violatingRuns > 0 ? ' violated' : ''}">${exact(violatingRuns)}</td>
  </tr>`;
}
