/** What the page shows just now. One cursor drives story, lanes, state and URL; parts read it here, change it here, and are told when it changed. */
import { eventOfStep } from '../moment.ts';
import type { RunPage } from '../run-page.ts';

/** What is shown. */
export interface View {
  /** Where the cursor is: a place in `timeline.events`. */
  readonly event: number;
  /** The step of the story at the cursor, from 1; 0 where the cursor is on none. */
  readonly step: number;
  readonly scale: 'causal' | 'time';
  /** Only the causal past of the cursor at full strength. */
  readonly past: boolean;
  /** What was typed into the search field: a node, a key, a kind. */
  readonly filter: string;
  /** What was clicked, see `selection.ts`; null: nothing. */
  readonly selected: string | null;
  /** Under the pointer, in the same words. */
  readonly hovered: string | null;
}

/** Whether there is a causal slice: a run that held has no conflict, and so no past of one; it is shown in real time alone. */
export function hasSlice({ timeline }: RunPage): boolean {
  return timeline.slice.length > 0;
}

/** Told of each change, with what it was before. */
export type Listener = (view: View, before: View) => void;

/** Holds the view of one page. */
export class ViewStore {
  readonly page: RunPage;
  #view: View;
  readonly #listeners: Listener[] = [];

  constructor(page: RunPage, view: View) {
    this.page = page;
    this.#view = view;
  }

  get view(): View {
    return this.#view;
  }

  /** Changes some of it, and tells all that listen where anything changed. A changed cursor finds its step, a changed step its event. */
  set(change: Partial<View>): void {
    const before = this.#view;
    const next = { ...before, ...change };
    if (change.event !== undefined && change.step === undefined)
      this.#view = { ...next, step: this.page.storyEvents.indexOf(change.event) + 1 };
    else if (change.step !== undefined && change.event === undefined)
      this.#view = { ...next, event: eventOfStep(this.page, change.step) };
    else this.#view = next;
    const changed = (Object.keys(before) as (keyof View)[]).some((key) => before[key] !== this.#view[key]);
    if (changed) for (const listener of this.#listeners) listener(this.#view, before);
  }

  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }
}
