/** The story of a violation as a list of numbered sentences, and for narrow pages as one sentence with a stepper. */
import { exact, hostName } from '../figures.ts';
import type { StoryStep } from '../story-step.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { ring } from './marks-html.ts';
import { eventOfStep, fragmentOf } from './moment.ts';
import { rich, tokenColours } from './rich-text.ts';
import type { TokenColours } from './rich-text.ts';
import type { RunPage } from './run-page.ts';
import { storyLinks } from './story-links.ts';
import type { StepLinks } from './story-links.ts';

/** Verbs that say little without the word after them: `was elected`, `stood still`. */
const openVerbs = new Set(['was', 'is', 'had', 'stood', 'ran', 'lost', 'stepped', 'heard', 'went']);

/** The whole story, with one step current (from 1); nothing where there is none. What only scripts can do is hidden until they run. */
export function storyHtml(page: RunPage, current: number): Html {
  if (page.story.length === 0) return html``;
  const colours = tokenColours(page);
  const links = storyLinks(page);
  const { story } = page;
  return html`<div class="story-head">
      <h2 id="story-title">Story</h2>
      <span class="note">${story.length} of ${exact(page.about.events)} events</span>
      <span class="keys" hidden data-scripts><kbd>↑</kbd><kbd>↓</kbd></span>
    </div>
    ${stepper(page, current)}
    <ol class="steps">
      ${story.map((step, i) => stepHtml(page, step, { links: links[i]!, colours, current: i + 1 === current }))}
    </ol>`;
}

interface StepParts {
  readonly links: StepLinks;
  readonly colours: TokenColours;
  readonly current: boolean;
}

function stepHtml(page: RunPage, step: StoryStep, { links, colours, current }: StepParts): Html {
  const last = step.number === page.story.length && page.verdict.state === 'violated';
  const classes = `${current ? ' current' : ''}${last ? ' violation' : ''}`;
  return html`<li class="step${classes}" data-step="${step.number}">
    <a class="told" href="${linkOf(page, step.number)}" ${current ? html`aria-current="step"` : null}>
      ${ring(step.number, last)}
      <time>${(step.at / 1e6).toFixed(3)}</time>
      <span class="sentence">${sentence(step, page.about.servers, colours)}</span>
    </a>
    <p class="trail">
      <span>event ${exact(step.seq)}</span
      >${linked(page, 'caused by', links.causes)}${linked(page, 'leads to', links.effects)}
    </p>
  </li>`;
}

/** `caused by 6, 9`, each number a link to its step. */
function linked(page: RunPage, words: string, steps: readonly number[]): Html | null {
  if (steps.length === 0) return null;
  const links = steps.map(
    (step, i) => html`${i === 0 ? '' : ', '}<a href="${linkOf(page, step)}" data-step="${step}">${step}</a>`,
  );
  return html` <span>${words} ${links}</span>`;
}

/** The sentence of a step, who did what in bold. */
export function sentence({ node, text }: StoryStep, servers: number, colours: TokenColours): Html {
  // Of a fault of the plan: `partition of n0, n1 began`.
  if (node === null) return html`<b>${rich(text, colours)}</b>`;
  const words = text.split(' ');
  const verb = openVerbs.has(words[0]!) ? 2 : 1;
  const head = words.slice(0, verb).join(' ');
  const rest = words.slice(verb).join(' ');
  return html`<b>${hostName(node, servers)} ${rich(head, colours)}</b
    >${rest === '' ? '' : ' '}${rich(rest, colours)}`;
}

/** Previous, a tick a step, next: for fingers, where the list has no room. Shown by scripts only. */
function stepper({ story, verdict }: RunPage, current: number): Html {
  const last = verdict.state === 'violated' ? story.length : 0;
  const ticks = story.map(
    ({ number }) =>
      html`<i
        class="${number === current ? 'current' : ''}${number === last ? ' violation' : ''}"
        data-step="${number}"
      ></i>`,
  );
  return html`<div class="stepper" hidden data-scripts>
    <button type="button" data-move="-1" aria-label="Previous step">←</button>
    <span class="ticks" aria-hidden="true">${ticks}</span>
    <output>${current} of ${story.length}</output>
    <button type="button" data-move="1" aria-label="Next step">→</button>
  </div>`;
}

/** The address of a step within the page. */
export function linkOf(page: RunPage, step: number): string {
  return `#${fragmentOf(page, { event: eventOfStep(page, step), step, selected: null })}`;
}
