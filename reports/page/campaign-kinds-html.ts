/** Violations and open searches, each once: how often, where, the sentence, and the command that shows it. */
import { exact } from '../figures.ts';
import { oneLine } from '../visible-text.ts';
import type { CampaignPage, ShownKind } from './campaign-page.ts';
import { shortCount } from './campaign-matrix-html.ts';
import { commandHtml } from './command-html.ts';
import { nameMax, nameText } from './name-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

/** Scenarios that are named beside a kind. */
const maxScenarios = 2;

/** The list; it is there only where something was violated, or is undecided. */
export function kindsHtml({ violations, undecided, kindsLeft }: CampaignPage): Html {
  const left =
    kindsLeft === 0
      ? null
      : html`<p class="note">
          ${exact(kindsLeft)} more by property and shape are in <code>result.json</code>.
        </p>`;
  return html`<section class="kinds" aria-labelledby="kinds-title">
    <h2 id="kinds-title">
      ${violations.length > 0 ? 'Violations' : 'Undecided'}
      <span class="note">each once, by property and shape</span>
    </h2>
    <ol>
      ${violations.map((one, i) => kindHtml(one, `violation-${i}`, true))}
      ${undecided.map((one, i) => kindHtml(one, `undecided-${i}`, false))}
    </ol>
    ${left}
  </section>`;
}

function kindHtml(kind: ShownKind, id: string, violated: boolean): Html {
  const { property, count, message, command, href, seed } = kind;
  const name = html`<code
    class="property"
    ${property.length > nameMax ? html`title="${oneLine(property, 400)}"` : null}
    >${nameText(property)}</code
  >`;
  const box = violated
    ? html`<span class="box violated">${shortCount(count)}<span class="unseen"> runs violated</span></span>`
    : html`<span class="box undecided"
        >${shortCount(count)}?<span class="unseen"> searches undecided</span></span
      >`;
  const page =
    href === null ? null : html`<a class="run-link" href="${href}">Why: the page of seed ${exact(seed)}</a>`;
  return html`<li id="${id}" tabindex="-1">
    <div class="kind-head">
      ${box}
      <h3>${name}</h3>
      <span class="where">${violated ? '' : 'undecided, '}${whereHtml(kind)}</span>
    </div>
    <p class="said-text">${message}</p>
    ${page} ${commandHtml(command, `${id}-command`)}
  </li>`;
}

/** `zombie-holder 14, lease-storm 3`; a lone scenario without its count, which the box says. */
function whereHtml({ scenarios }: ShownKind): string {
  if (scenarios.length === 1) return nameText(scenarios[0]!.scenario);
  const named = scenarios
    .slice(0, maxScenarios)
    .map(({ scenario, count }) => `${nameText(scenario)} ${exact(count)}`)
    .join(', ');
  const more = scenarios.length - maxScenarios;
  return more > 0 ? `${named}, ${more} more` : named;
}
