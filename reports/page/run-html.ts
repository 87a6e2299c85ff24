/** The page of a run as one HTML file. What scripts later redraw is in it already, so that it tells verdict, story and command without them. */
import { oneLine } from '../visible-text.ts';
import { frameHtml } from './frame.ts';
import type { DataBlock, PageAssets } from './frame.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { keysDialogHtml, legendHtml } from './legend-html.ts';
import { openingMoment } from './moment.ts';
import { objectHtml } from './object-html.ts';
import { placedHtml } from './placed-html.ts';
import type { RunPage } from './run-page.ts';
import { stateAt, stopBefore } from './state-at.ts';
import { stateHtml } from './state-html.ts';
import { storyHtml } from './story-html.ts';
import { barHtml, topHtml } from './top-html.ts';
import { inevitableHtml, whatIfHtml } from './what-if-html.ts';

/** What the file carries besides what is seen. */
export interface RunFile {
  readonly assets: PageAssets;
  /** The page's data, as `main.ts` reads it. */
  readonly data: Omit<DataBlock, 'id'>;
  /** The repro, for `stormglass replay`; null where the run cannot be replayed from a file. */
  readonly repro: string | null;
  /** Address of the campaign's page, relative to this file; null where there is none. */
  readonly campaign: string | null;
}

/** The whole file. It opens on the violation. */
export function runHtml(page: RunPage, { assets, data, repro, campaign }: RunFile): string {
  const { verdict, about } = page;
  return frameHtml({
    title: `${oneLine(verdict.property ?? 'held', 60)} · ${oneLine(about.scenario, 60)} seed ${about.seed} · Stormglass`,
    body: bodyHtml(page, campaign),
    data: [
      ...(repro === null ? [] : [{ id: 'repro', type: 'application/json', text: repro }]),
      { id: 'data', ...data },
    ],
    assets,
  });
}

function bodyHtml(page: RunPage, campaign: string | null): Html {
  const { event, step } = openingMoment(page);
  const state = stateAt(page, event, stopBefore(page, event, step));
  const story = page.story.length > 0;
  return html`${barHtml(page, campaign)}
    <main>
      <section id="top" aria-label="Verdict">${topHtml(page)}</section>
      <div class="below${story ? '' : ' no-story'}">
        ${
          story
            ? html`<section id="story" aria-labelledby="story-title">
                ${storyHtml(page, step)}${legendHtml()}
              </section>`
            : null
        }
        <div class="work">
          <div id="slice-head"></div>
          <div id="lanes"></div>
          <div class="state-row">
            <section id="state">${stateHtml(page, state, step)}</section>
            <section id="object">${objectHtml(page, state, null)}</section>
          </div>
          <div class="foot">
            <section id="linearizability">${placedHtml(page)}</section>
            <section id="whatif">${whatIfHtml(page)}</section>
            <section id="inevitable">${inevitableHtml(page)}</section>
          </div>
        </div>
      </div>
    </main>
    ${keysDialogHtml()}`;
}
