/** The tooltip under the pointer, and the details of what was chosen, with links to what it came of and what came of it. */
import { oneLine } from '../../visible-text.ts';
import type { EventIndex } from '../causal-past.ts';
import { html } from '../html.ts';
import { markDetails, markLine } from '../mark-details.ts';
import { markOf } from '../selection.ts';
import { focusLanes } from './keys.ts';
import { redraw } from './redraw.ts';
import type { ViewStore } from './view.ts';

/** A tooltip is one line of this many characters; details have the whole. */
const tipMax = 90;

/** Where a mark was drawn, px of the lanes' root. */
export interface MarkPlace {
  readonly x: number;
  readonly y: number;
}

/** One box, with how wide it is: measured when its text changed, as a frame that measures has to lay out the page first. */
interface Box {
  readonly element: HTMLElement;
  text: string;
  width: number;
}

/** Both boxes. */
export class LanesDetails {
  readonly #store: ViewStore;
  readonly #index: EventIndex;
  readonly #tip: Box;
  readonly #details: Box;
  #rootWidth = 0;

  constructor(root: HTMLElement, store: ViewStore, index: EventIndex) {
    this.#store = store;
    this.#index = index;
    root.insertAdjacentHTML(
      'beforeend',
      html`<div class="lanes-tip" aria-hidden="true" hidden></div>
        <section class="lanes-details" aria-label="Details" aria-live="polite" hidden></section>`.text,
    );
    const box = (name: string) => ({ element: root.querySelector<HTMLElement>(name)!, text: '', width: 0 });
    this.#tip = box('.lanes-tip');
    this.#details = box('.lanes-details');
    this.#details.element.addEventListener('click', (event) => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      const link = target?.dataset['event'];
      if (link !== undefined) store.set({ event: Number(link), selected: `e:${link}` });
      if (target?.classList.contains('close') === true) store.set({ selected: null });
    });
  }

  /** Tells how wide the lanes' root is, px. */
  resize(rootWidth: number): void {
    this.#rootWidth = rootWidth;
  }

  /** Shows what is under the pointer in a line; hides it where nothing is. */
  tip(hovered: string | null, place: MarkPlace): void {
    const mark = markOf(this.#store.page, hovered);
    const { element } = this.#tip;
    element.hidden = mark === null || hovered === this.#store.view.selected;
    if (mark === null || element.hidden) return;
    const text = oneLine(markLine(this.#store.page, mark), tipMax);
    if (this.#tip.text !== text) element.textContent = text;
    this.#put(this.#tip, text, place, 14);
  }

  /** Shows what was chosen, beside where it was drawn. */
  details(selected: string | null, place: MarkPlace): void {
    const { page, view } = this.#store;
    const mark = markOf(page, selected);
    const { element } = this.#details;
    if (mark === null && element.contains(document.activeElement)) focusLanes();
    element.hidden = mark === null;
    if (mark === null) return;
    this.#tip.element.hidden = true;
    const us = page.timeline.events.atUs[view.event] ?? page.verdict.atUs;
    const { text } = html`<div class="body">${markDetails(page, this.#index, mark, us)}</div>
      <button type="button" class="close" aria-label="Close details">✕</button>`;
    // A link that was pressed is gone; the keyboard goes on from the first one there is now.
    redraw(element, text, 'button');
    this.#put(this.#details, text, place, 18);
  }

  /** Below the place and to its right; within the root where it would leave it. */
  #put(box: Box, text: string, { x, y }: MarkPlace, below: number): void {
    if (box.text !== text) {
      box.text = text;
      box.width = box.element.offsetWidth;
    }
    const room = this.#rootWidth - box.width - 16;
    box.element.style.left = `${Math.max(16, Math.min(x + 10, room))}px`;
    box.element.style.top = `${Math.max(0, y + below)}px`;
  }
}
