/** The head of the lanes: what they show, the search, and the switch between the two scales. */
import { counted, exact } from '../../figures.ts';
import { shownOf } from '../causal-columns.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { findsEvent, laneFilter } from '../lane-filter.ts';
import type { RunPage } from '../run-page.ts';
import { focusLanes } from './keys.ts';
import './slice-head.css';
import { hasSlice } from './view.ts';
import type { View, ViewStore } from './view.ts';

/** What `#lanes` is told when all of a long slice was asked for. */
export const showAllEvent = 'stormglass:show-all';

/** What the head says of the lanes. */
export function sliceNote(page: RunPage, view: Pick<View, 'scale' | 'filter'>, all: boolean): string {
  const { slice, events } = page.timeline;
  const filter = laneFilter(page, view.filter);
  const searched = filter === null ? '' : ` · ${exact(foundOf(page, view, filter))} found`;
  if (view.scale === 'time') return `${counted(events.seq.length, 'event')}, at their times${searched}`;
  const { shown } = shownOf(page, all);
  const count =
    shown.length < slice.length
      ? `${exact(shown.length)} of ${counted(slice.length, 'event')}`
      : counted(slice.length, 'event');
  return `${count}, equally spaced; heartbeats hidden${searched}`;
}

function foundOf(
  page: RunPage,
  { scale }: Pick<View, 'scale'>,
  filter: NonNullable<ReturnType<typeof laneFilter>>,
): number {
  const { slice, events } = page.timeline;
  const finds = (event: number) => findsEvent(page, filter, event);
  if (scale === 'causal') return slice.filter(finds).length;
  let found = 0;
  for (let event = 0; event < events.seq.length; event += 1) if (finds(event)) found += 1;
  return found;
}

/** Which button shows the rest of a long slice; '' where all is shown. */
export function moreLabel(page: RunPage, all: boolean): string {
  const { earlier, later } = shownOf(page, all);
  if (earlier + later === 0) return '';
  return later === 0 ? `show ${exact(earlier)} earlier` : `show ${exact(earlier + later)} more`;
}

function headHtml(): Html {
  return html`<h2></h2>
    <span class="note" aria-live="polite"></span>
    <button type="button" class="more" hidden></button>
    <label class="find"
      ><span class="unseen">Find on the lanes</span
      ><input
        type="search"
        placeholder="node, key or kind"
        spellcheck="false"
        autocomplete="off"
        maxlength="120"
      /><kbd aria-hidden="true">/</kbd></label
    >
    <div class="scales" role="group" aria-label="Scale">
      <button type="button" data-scale="causal">Causal</button
      ><button type="button" data-scale="time">Real time</button>
    </div>`;
}

/** Puts the head into its place. */
export function mountSliceHead(root: HTMLElement, store: ViewStore): void {
  root.innerHTML = headHtml().text;
  const find = <E extends Element>(selector: string) => root.querySelector<E>(selector)!;
  const title = find<HTMLElement>('h2');
  const note = find<HTMLElement>('.note');
  const field = find<HTMLInputElement>('input');
  const more = find<HTMLButtonElement>('.more');
  let all = false;
  find<HTMLElement>('.scales').hidden = !hasSlice(store.page);
  const draw = () => {
    const { view, page } = store;
    title.textContent = view.scale === 'causal' ? 'Causal slice' : 'Real time';
    note.textContent = sliceNote(page, view, all);
    const label = view.scale === 'causal' ? moreLabel(page, all) : '';
    more.hidden = label === '';
    more.textContent = label;
    if (field.value !== view.filter) field.value = view.filter;
    for (const button of root.querySelectorAll<HTMLElement>('[data-scale]'))
      button.setAttribute('aria-pressed', String(button.dataset['scale'] === view.scale));
  };
  field.addEventListener('input', () => store.set({ filter: field.value }));
  more.addEventListener('click', () => {
    all = true;
    document.getElementById('lanes')?.dispatchEvent(new CustomEvent(showAllEvent));
    draw();
    focusLanes();
  });
  root.addEventListener('click', (event) => {
    const scale = event.target instanceof HTMLElement ? event.target.dataset['scale'] : undefined;
    if (scale === 'causal' || scale === 'time') store.set({ scale });
  });
  store.listen((view, before) => {
    if (view.scale !== before.scale || view.filter !== before.filter) draw();
  });
  draw();
}
