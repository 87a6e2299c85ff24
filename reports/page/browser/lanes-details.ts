/** The tooltip under the pointer, and the details of what was chosen, with links to what it came of and what came of it. */
import { oneLine } from '../../visible-text.ts';
import type { EventIndex } from '../causal-past.ts';
import { html } from '../html.ts';
import { markDetails, markLine, markOf } from '../mark-details.ts';
import type { ViewStore } from './view.ts';

/** A tooltip is one line of this many characters; details have the whole. */
const tipMax = 90;

/** Where a mark was drawn, px of the lanes' root. */
export interface MarkPlace {
  readonly x: number;
  readonly y: number;
}

/** Both boxes. */
export class LanesDetails {
  readonly #root: HTMLElement;
  readonly #store: ViewStore;
  readonly #index: EventIndex;
  readonly #tip: HTMLElement;
  readonly #box: HTMLElement;
  readonly #body: HTMLElement;

  constructor(root: HTMLElement, store: ViewStore, index: EventIndex) {
    this.#root = root;
    this.#store = store;
    this.#index = index;
    root.insertAdjacentHTML(
      'beforeend',
      html`<div class="lanes-tip" aria-hidden="true" hidden></div>
        <section class="lanes-details" aria-label="Details" hidden>
          <div class="body" aria-live="polite"></div>
          <button type="button" class="close" aria-label="Close details">✕</button>
        </section>`.text,
    );
    this.#tip = root.querySelector<HTMLElement>('.lanes-tip')!;
    this.#box = root.querySelector<HTMLElement>('.lanes-details')!;
    this.#body = this.#box.querySelector<HTMLElement>('.body')!;
    this.#box.addEventListener('click', (event) => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      const link = target?.dataset['event'];
      if (link !== undefined) store.set({ event: Number(link), selected: `e:${link}` });
      if (target?.classList.contains('close') === true) store.set({ selected: null });
    });
  }

  /** Shows what is under the pointer in a line; hides it where nothing is. */
  tip(hovered: string | null, place: MarkPlace): void {
    const mark = markOf(this.#store.page, hovered);
    this.#tip.hidden = mark === null || hovered === this.#store.view.selected;
    if (mark === null) return;
    this.#tip.textContent = oneLine(markLine(this.#store.page, mark), tipMax);
    this.#put(this.#tip, place, 14);
  }

  /** Shows what was chosen, beside where it was drawn. */
  details(selected: string | null, place: MarkPlace): void {
    const { page, view } = this.#store;
    const mark = markOf(page, selected);
    this.#box.hidden = mark === null;
    if (mark === null) return;
    this.#tip.hidden = true;
    const us = page.timeline.events.atUs[view.event] ?? page.verdict.atUs;
    const text = markDetails(page, this.#index, mark, us).text;
    if (this.#body.innerHTML !== text) this.#body.innerHTML = text;
    this.#put(this.#box, place, 18);
  }

  /** Below the place and to its right; within the root where it would leave it. */
  #put(box: HTMLElement, { x, y }: MarkPlace, below: number): void {
    const room = this.#root.clientWidth - box.offsetWidth - 16;
    box.style.left = `${Math.max(16, Math.min(x + 10, room))}px`;
    box.style.top = `${Math.max(0, y + below)}px`;
  }
}
