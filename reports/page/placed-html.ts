/**
 * Linearizability in the foot of a page: in two sentences how much of the history fits one order, and what does not; opened, the order itself with
 * the model's state after each operation, and the smaller history that is wrong by itself, as lanes.
 */
import { counted, exact, hostName, instant } from '../figures.ts';
import { oneLine } from '../visible-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { placedLanesHtml } from './placed-lanes.ts';
import type { PlacedHistory, PlacedOperation, RunPage } from './run-page.ts';
import { shortHtml } from './whole-text.ts';

/** Letters of an operation, and of the reason, in the two sentences. */
const operationMax = 44;
const reasonMax = 84;
/** Letters of an operation and of a state in the order. */
const textMax = 90;

/** The whole part. Nothing where the run was not judged by a model. */
export function placedHtml({ linearizability: placed, about }: RunPage): Html {
  if (placed === null) return html``;
  const { servers } = about;
  const heading = html`<h2>Linearizability</h2>`;
  if (placed.placed.length === 0 && placed.history.length === 0)
    return html`${heading}
      <p class="placed-short">${shortForm(placed)}</p>`;
  return html`<details class="placed">
    <summary>
      <span class="placed-head">${heading}<span class="placed-more">the order</span></span>
      <span class="placed-short">${shortForm(placed)}</span>
    </summary>
    <div class="placed-long">${smallerHtml(placed, servers)}${orderHtml(placed, servers)}</div>
  </details>`;
}

/** How much fits, and what has no place. */
function shortForm(placed: PlacedHistory): Html {
  const { verdict, fit, operations, unplaced, reason } = placed;
  const on = onKey(placed);
  if (verdict === 'undecided') return html`Undecided. ${oneLine(reason, 160)}`;
  const [odd] = unplaced;
  if (verdict === 'ok' || odd === undefined)
    return html`All ${counted(operations, 'operation')}${on} that were asked up to then fit one order of the
    ${placed.model} model.`;
  const fits =
    fit === 0
      ? html`No order fits the ${counted(operations, 'operation')}${on}.`
      : html`${exact(fit)} of ${counted(fit + 1, 'operation')}${on} fit one order.`;
  return html`${fits} <code>${oneLine(odd.text, operationMax)}</code> has no place: ${reasonShort(reason)}`;
}

function onKey({ key }: PlacedHistory): Html | null {
  return key === null ? null : html` on ${shortHtml(key, 24)}`;
}

/** The first clause, what was possible; of a long one what ends at a comma. The rest stands where all of it is told. */
function reasonShort(reason: string): string {
  const line = oneLine(reason, 4 * reasonMax);
  const clause = line.slice(0, /; |, or /.exec(line)?.index ?? line.length).replace(/[.…]+$/, '');
  if (clause.length <= reasonMax) return `${clause}.`;
  const comma = clause.lastIndexOf(', ', reasonMax);
  return `${comma > 0 ? clause.slice(0, comma) : oneLine(clause, reasonMax).slice(0, -1)} …`;
}

/** The operations that are not linearizable by themselves, as lanes. */
function smallerHtml(placed: PlacedHistory, servers: number): Html | null {
  const { history, smaller, operations, unplaced, reason } = placed;
  const [odd] = unplaced;
  if (history.length === 0 || odd === undefined) return null;
  const cut = history.length < smaller ? html`, the last ${exact(history.length)} are drawn` : null;
  return html`<section>
    <h3>The smaller history</h3>
    <p class="note">
      ${counted(smaller, 'operation')} of the ${exact(operations)}${onKey(placed)} suffice to show it${cut}.
      Equally spaced; numbers say the place in the order.
    </p>
    ${placedLanesHtml(placed, servers)}
    <p class="placed-reason">
      <code>${shortHtml(odd.text, 160)}</code> by ${whoHtml(odd, servers)} has no place:
      ${oneLine(reason, 900)}.
    </p>
  </section>`;
}

/** The longest linearizable prefix, an operation a line, and the one that cannot follow. */
function orderHtml(placed: PlacedHistory, servers: number): Html | null {
  const { fit, unplaced } = placed;
  const listed = placed.placed;
  if (listed.length === 0) return null;
  const first = fit - listed.length;
  return html`<section>
    <h3 id="order-title">${unplaced.length > 0 ? 'The longest part that fits one order' : 'The order'}</h3>
    <p class="note">
      ${counted(fit, 'operation')}${first > 0 ? html`, the last ${exact(listed.length)} are listed` : null};
      with the state of the ${placed.model} model after each.
    </p>
    <div class="placed-scroll" role="region" aria-labelledby="order-title" tabindex="0">
      <table class="placed-table">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">who</th>
            <th scope="col">asked</th>
            <th scope="col">ended</th>
            <th scope="col">operation</th>
            <th scope="col">state after it</th>
          </tr>
        </thead>
        <tbody>
          ${listed.map((one, i) => lineHtml(one, exact(first + i + 1), servers))}${unplaced.map((one) =>
            lineHtml(one, '✕', servers),
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function lineHtml(one: PlacedOperation, place: string, servers: number): Html {
  const odd = place === '✕';
  return html`<tr class="${odd ? 'odd' : ''}">
    <td>${place}</td>
    <td>${whoHtml(one, servers)}</td>
    <td>${one.process < 0 ? '–' : instant(one.fromUs)}</td>
    <td>${one.toUs < 0 ? 'unknown' : instant(one.toUs)}</td>
    <td><code>${shortHtml(one.text, textMax)}</code></td>
    <td><code>${odd ? 'no place' : shortHtml(one.state, textMax)}</code></td>
  </tr>`;
}

/** Whose it was: the client; ends of sessions were nobody's. */
export function whoHtml({ host, process }: PlacedOperation, servers: number): Html {
  if (process < 0) return html`a session's end`;
  return html`${host < 0 ? `process ${process}` : hostName(host, servers)}`;
}
