/** State, object and linearizability in the browser: what the file already holds, drawn again for where the cursor is. */
import './panels.css';
import { objectHtml } from '../object-html.ts';
import { placedHtml } from '../placed-html.ts';
import { stateAt } from '../state-at.ts';
import { stateHtml } from '../state-html.ts';
import type { ViewStore } from './view.ts';

/** The node table. It is drawn when the cursor moves; the log stays scrolled to its end, or to where somebody left it. */
export function mountState(root: HTMLElement, store: ViewStore): void {
  let group: number | undefined;
  let drawn = '';
  const draw = (): void => {
    const state = stateAt(store.page, store.view.event, undefined, group);
    const { text } = stateHtml(store.page, state, store.view.step);
    if (text === drawn) return;
    // What the file holds stands at its beginning; nobody left it there.
    const before = drawn === '' ? null : scrolled(root);
    drawn = text;
    root.innerHTML = text;
    const scroll = root.querySelector<HTMLElement>('.state-scroll');
    if (scroll !== null) scroll.scrollLeft = before ?? scroll.scrollWidth;
  };
  draw();
  root.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-group]') : null;
    if (button === null) return;
    group = Number(button.dataset['group']);
    draw();
    root.querySelector<HTMLElement>(`[data-group="${group}"]`)?.focus({ preventScroll: true });
  });
  store.listen((view, before) => {
    if (view.event !== before.event || view.step !== before.step) draw();
  });
}

/** How far the log was scrolled; null where it stood at its end, and shall stay there. */
function scrolled(root: HTMLElement): number | null {
  const scroll = root.querySelector<HTMLElement>('.state-scroll');
  if (scroll === null || scroll.scrollLeft + scroll.clientWidth >= scroll.scrollWidth - 2) return null;
  return scroll.scrollLeft;
}

/** The object: the one that was selected anywhere on the page, until another is; its buttons select too. */
export function mountObject(root: HTMLElement, store: ViewStore): void {
  let chosen: string | null = null;
  let group: number | undefined;
  const isObject = (selected: string | null): boolean => selected !== null && /^[lbk]:/.test(selected);
  const draw = (): void => {
    if (isObject(store.view.selected)) chosen = store.view.selected;
    const open = root.querySelector('.others details')?.hasAttribute('open') === true;
    const focused = document.activeElement?.closest<HTMLElement>('[data-select]') ?? null;
    const within = focused !== null && root.contains(focused);
    root.innerHTML = objectHtml(store.page, stateAt(store.page, store.view.event), chosen, group).text;
    if (open) root.querySelector('.others details')?.setAttribute('open', '');
    // The button that was pressed is gone: the keyboard goes on from the next one.
    if (within) root.querySelector<HTMLElement>('[data-select]')?.focus({ preventScroll: true });
  };
  draw();
  root.addEventListener('click', (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-select]') : null;
    const selected = button?.dataset['select'];
    if (selected === undefined) return;
    // Groups may have objects of one name.
    group = Number(button?.dataset['of']);
    if (selected === store.view.selected) draw();
    else store.set({ selected });
  });
  store.listen((view, before) => {
    if (view.event !== before.event || view.selected !== before.selected) draw();
  });
}

/** The order is the same wherever the cursor stands. Opened, it shows its end: there is what has no place. */
export function mountLinearizability(root: HTMLElement, store: ViewStore): void {
  if (root.childElementCount === 0) root.innerHTML = placedHtml(store.page).text;
  const details = root.querySelector<HTMLDetailsElement>('details.placed');
  details?.addEventListener('toggle', () => {
    if (!details.open) return;
    for (const scroll of details.querySelectorAll<HTMLElement>('.placed-scroll')) {
      if (scroll.querySelector('.placed-lanes') === null) scroll.scrollTop = scroll.scrollHeight;
      else scroll.scrollLeft = scroll.scrollWidth;
    }
  });
}
