/** What a campaign measured and tried: distributions, faults, reaches, the slowest seeds. */
import { exact } from '../figures.ts';
import { oneLine } from '../visible-text.ts';
import { lengthOfTime, roughTime } from './length-of-time.ts';
import type {
  CampaignPage,
  Distribution,
  DistributionPlot,
  FaultTotal,
  ReachTotal,
  SlowRun,
} from './campaign-page.ts';
import { nameText } from './name-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

const sentenceMax = 120;
/** Size of a plot in its own units; it is stretched to its column. */
const plot = { width: 1000, height: 48 } as const;
/** How high the lines of the quantiles stand, of the plot's height. */
const lineHeights: { readonly [name: string]: number } = { p50: 1, p95: 0.55, p99: 0.38 };
/** Rows from which on a list stands in two columns where it has room. */
const longList = 14;

/** The distributions in a row. */
export function distributionsHtml(distributions: readonly Distribution[]): Html {
  return html`<div class="distributions">${distributions.map(distributionHtml)}</div>`;
}

function distributionHtml({ measure, title, count, of, sentence, plot: drawn }: Distribution): Html {
  return html`<section class="distribution" aria-labelledby="${measure}-title">
    <div class="distribution-head">
      <h2 id="${measure}-title" data-tip="${sentence}">${title}</h2>
      <span class="note">${exact(count)} ${of}</span>
    </div>
    <p class="unseen">${sentence}</p>
    ${drawn === null ? html`<p class="note nothing">None was measured.</p>` : plotHtml(drawn, title)}
  </section>`;
}

function plotHtml(drawn: DistributionPlot, title: string): Html {
  const { bars, highest, ticks, quantiles, maxUs, bound } = drawn;
  const step = plot.width / bars.length;
  const rects = bars.map(({ count }, i) => {
    if (count === 0) return null;
    // What is there is seen, however little it is.
    const height = Math.max(1.2, (count / highest) * (plot.height - 2));
    return html`<rect
      x="${px(i * step + step * 0.06)}"
      y="${px(plot.height - height)}"
      width="${px(step * 0.88)}"
      height="${px(height)}"
    />`;
  });
  const boundLine =
    bound === null
      ? null
      : html`<line
          class="bound"
          x1="${px(bound.x * plot.width)}"
          x2="${px(bound.x * plot.width)}"
          y1="0"
          y2="${plot.height}"
        />`;
  const lines = quantiles.map(({ name, x }) => {
    const at = px(x * plot.width);
    return html`<line
      class="${name}"
      x1="${at}"
      x2="${at}"
      y1="${px(plot.height * (1 - lineHeights[name]!))}"
      y2="${plot.height}"
    />`;
  });
  return html`<div class="plot">
      ${bound === null ? null : html`<span class="bound-name note">${bound.name} ${lengthOfTime(bound.us)}</span>`}
      <svg
        viewBox="0 0 ${plot.width} ${plot.height}"
        preserveAspectRatio="none"
        role="img"
        aria-label="${title}: histogram; the numbers stand below"
      >
        ${rects}${boundLine}${lines}
      </svg>
      <p class="ticks" aria-hidden="true">${ticks.map(({ us }) => html`<span>${roughTime(us)}</span>`)}</p>
    </div>
    <dl class="quantiles">
      ${quantiles.map(
        ({ name, us }) =>
          html`<div class="${name}">
            <dt>${name}</dt>
            <dd>${lengthOfTime(us)}</dd>
          </div>`,
      )}
      <div>
        <dt>max</dt>
        <dd>${lengthOfTime(maxUs)}</dd>
      </div>
    </dl>`;
}

const px = (value: number): string => String(Math.round(value * 100) / 100);

/** Faults, where they do not stand beside the matrix, reaches, slowest seeds. */
export function campaignFiguresHtml(
  { faults, reaches, slowest }: CampaignPage,
  withFaults: boolean,
): Html | null {
  const sections = [
    withFaults && faults.length > 0 ? faultsHtml(faults) : null,
    reaches.length === 0 ? null : reachesHtml(reaches),
    slowest.length === 0 ? null : slowestHtml(slowest),
  ].filter((one) => one !== null);
  if (sections.length === 0) return null;
  return html`<div class="figures${sections.length < 3 ? ' two' : ''}">${sections}</div>`;
}

/** Every fault class that a scenario enabled. */
export function faultsHtml(faults: readonly FaultTotal[]): Html {
  return html`<section class="faults" aria-labelledby="faults-title">
    <h2 id="faults-title">
      Faults fired <span class="note">every class that was enabled; bars on a log scale</span>
    </h2>
    <ul class="${faults.length > longList ? 'long' : ''}">
      ${faults.map(faultHtml)}
    </ul>
  </section>`;
}

function faultHtml({ name, fired, missed, length }: FaultTotal): Html {
  const shown = `${nameText(name)}${missed ? (fired === 0 ? ': never fired' : ': not in every scenario') : ''}`;
  return html`<li class="${missed ? 'unmet' : ''}">
    <span class="name">${missed ? unmetMark() : null}${shown}</span>
    <svg class="bar-of" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect width="${px(length * 100)}" height="6" />
    </svg>
    <span class="number">${exact(fired)}</span>
  </li>`;
}

/** What the scenarios were to reach. */
function reachesHtml(reaches: readonly ReachTotal[]): Html {
  return html`<section class="reaches" aria-labelledby="reaches-title">
    <h2 id="reaches-title">Reach <span class="note">how often it was observed, unmet first</span></h2>
    <ul class="${reaches.length > longList ? 'long' : ''}">
      ${reaches.map(reachHtml)}
    </ul>
  </section>`;
}

function reachHtml({ name, sentence, hits, missedIn }: ReachTotal): Html {
  const shown = oneLine((sentence ?? name).replace(/\.$/, ''), sentenceMax);
  const unmet = missedIn.length > 0;
  const where = hits === 0 ? 'unmet' : `unmet in ${nameText(missedIn.join(', '))}`;
  return html`<li class="${unmet ? 'unmet' : ''}" data-tip="${oneLine(name, sentenceMax)}">
    <span class="name">${unmet ? unmetMark() : null}${shown}${unmet ? `: ${where}` : ''}</span
    >${sentence === null ? null : html`<span class="unseen">(${nameText(name)})</span>`}
    <span class="number">${exact(hits)}</span>
  </li>`;
}

function unmetMark(): Html {
  return html`<svg class="unmet-mark" width="9" height="9" viewBox="0 0 9 9" aria-hidden="true">
    <circle cx="4.5" cy="4.5" r="3.6" />
  </svg>`;
}

function slowestHtml(slowest: readonly SlowRun[]): Html {
  return html`<section class="slowest" aria-labelledby="slowest-title">
    <h2 id="slowest-title">Slowest seeds <span class="note">by wall clock</span></h2>
    <table aria-labelledby="slowest-title">
      <thead>
        <tr>
          <th scope="col">scenario</th>
          <th scope="col">seed</th>
          <th scope="col">events</th>
          <th scope="col">time</th>
        </tr>
      </thead>
      <tbody>
        ${slowest.map(
          ({ scenario, seed, events, elapsedMs }) =>
            html`<tr>
              <td>${nameText(scenario)}</td>
              <td><code>${seed}</code></td>
              <td><code>${exact(events)}</code></td>
              <td><code>${lengthOfTime(elapsedMs * 1000)}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
