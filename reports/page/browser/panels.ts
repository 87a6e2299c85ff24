/** State, object and linearizability in the browser: what the file already holds, drawn again for where the cursor is. */
import './panels.css';
import './node-table.css';
import './object.css';
import './linearizability.css';
import { objectHtml } from '../object-html.ts';
import { placedHtml } from '../placed-html.ts';
import { selectionOf } from '../selection.ts';
import { stateAt, stopBefore } from '../state-at.ts';
import { stateHtml } from '../state-html.ts';
import { redraw } from './redraw.ts';
import type { ViewStore } from './view.ts';

/** The node table. It is drawn when the cursor moves; the log stays scrolled to its end, or to where somebody left it. */
export function mountState(root: HTMLElement, store: ViewStore): void {
  let group: number | undefined;
  // What the file holds stands at its beginning; nobody left it there.
  let first = true;
  const draw = (): void => {
    const { page, view } = store;
    const before = first ? null : scrolled(root);
    const state = stateAt(page, view.event, stopBefore(page, view.event, view.step), group);
    if (!redraw(root, stateHtml(page, state, view.step).text)) return;
    first = false;
    const scroll = root.querySelector<HTMLElement>('.state-scroll');
    if (scroll !== null) scroll.scrollLeft = before ?? scroll.scrollWidth;
  };
  draw();
  root.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-group]') : null;
    if (button === null) return;
    group = Number(button.dataset['group']);
    draw();
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
  const draw = (): void => {
    const { page, view } = store;
    if (view.selected !== null && /^[lbk]:/.test(view.selected)) chosen = view.selected;
    const state = stateAt(page, view.event, stopBefore(page, view.event, view.step));
    // The button that was pressed is gone: the keyboard goes on from the next one.
    redraw(root, objectHtml(page, state, chosen, group).text, '[data-select]');
  };
  draw();
  root.addEventListener('click', (event) => {
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-select]') : null;
    const selected = selectionOf(store.page, button?.dataset['select'] ?? '');
    if (selected === null) return;
    // Groups may have objects of one name.
    group = Number(button?.dataset['of']);
    if (selected === store.view.selected) draw();
    else store.set({ selected });
  });
  store.listen((view, before) => {
    if (view.event !== before.event || view.step !== before.step || view.selected !== before.selected) draw();
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
