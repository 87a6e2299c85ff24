/** The keys of the page: one table, asked once for each key that is pressed. */
import { moveStep } from './story.ts';
import { hasSlice } from './view.ts';
import type { ViewStore } from './view.ts';

/** What `#lanes` is told when a key asks it to zoom: in (1), out (-1), all (0). */
export const zoomEvent = 'stormglass:zoom';

/** Answers to keys; true where the key was taken. */
type Answer = (store: ViewStore) => boolean;

const answers: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['ArrowUp', (store) => stepped(store, -1)],
  ['k', (store) => stepped(store, -1)],
  ['ArrowDown', (store) => stepped(store, 1)],
  ['j', (store) => stepped(store, 1)],
  ['ArrowLeft', (store) => eventMoved(store, -1)],
  ['ArrowRight', (store) => eventMoved(store, 1)],
  ['Home', (store) => toStep(store, 1)],
  ['End', (store) => toStep(store, store.page.story.length)],
  ['Enter', (store) => changed(store, { selected: `e:${store.view.event}` })],
  ['c', (store) => changed(store, { past: !store.view.past })],
  [
    't',
    (store) =>
      changed(store, { scale: store.view.scale === 'time' && hasSlice(store.page) ? 'causal' : 'time' }),
  ],
  ['+', () => zoomed(1)],
  ['=', () => zoomed(1)],
  ['-', () => zoomed(-1)],
  ['−', () => zoomed(-1)],
  ['0', () => zoomed(0)],
  ['/', find],
  ['Escape', back],
  ['y', () => pressed('button[data-copy="command"]')],
  ['?', showKeys],
]);

/** Keys that a link or a button with the focus answers itself. */
const ownKeys = new Set(['Enter', ' ']);
/** Keys that scroll, down or across. */
const scrollKeys: ReadonlyMap<string, 'down' | 'across'> = new Map([
  ['ArrowUp', 'down'],
  ['ArrowDown', 'down'],
  ['Home', 'down'],
  ['End', 'down'],
  ['ArrowLeft', 'across'],
  ['ArrowRight', 'across'],
]);

/** Listens to keys on the whole page. Keys with Ctrl, Alt or ⌘ are the browser's; those of fields are the field's, but for Escape. */
export function mountKeys(store: ViewStore): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    // Shift and an arrow select text.
    if (event.shiftKey && scrollKeys.has(event.key)) return;
    if (document.querySelector('dialog[open]') !== null) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('input, textarea, select, [contenteditable]') && event.key !== 'Escape') return;
    if (ownKeys.has(event.key) && target?.closest('a, button, summary')) return;
    if (target !== null && scrolls(target, event.key)) return;
    // A letter is meant with the lock of capitals on, too.
    const key = event.shiftKey || event.key.length > 1 ? event.key : event.key.toLowerCase();
    if (answers.get(key)?.(store) === true) event.preventDefault();
  });
}

/** Whether a key scrolls what has the focus: without a mouse nothing else does. The lanes follow the cursor, and so scroll by the same keys. */
function scrolls(target: Element, key: string): boolean {
  const way = scrollKeys.get(key);
  if (way === undefined || target.matches('.lanes-scroll')) return false;
  const { overflowX, overflowY } = getComputedStyle(target);
  return way === 'down'
    ? /auto|scroll/.test(overflowY) && target.scrollHeight > target.clientHeight
    : /auto|scroll/.test(overflowX) && target.scrollWidth > target.clientWidth;
}

function changed(store: ViewStore, change: Parameters<ViewStore['set']>[0]): boolean {
  store.set(change);
  return true;
}

function stepped(store: ViewStore, by: number): boolean {
  if (store.page.story.length === 0) return false;
  moveStep(store, by);
  return true;
}

function toStep(store: ViewStore, step: number): boolean {
  return store.page.story.length > 0 && changed(store, { step });
}

/** To the next event that is drawn: of the causal slice, or in real time of all. */
function eventMoved(store: ViewStore, by: number): boolean {
  const { slice, events } = store.page.timeline;
  const { event, scale } = store.view;
  if (scale === 'time' || slice.length === 0)
    return changed(store, { event: Math.min(events.seq.length - 1, Math.max(0, event + by)) });
  const next = by > 0 ? slice.find((one) => one > event) : slice.findLast((one) => one < event);
  return changed(store, { event: next ?? event });
}

function zoomed(by: number): boolean {
  const lanes = document.getElementById('lanes');
  return lanes?.dispatchEvent(new CustomEvent(zoomEvent, { detail: by })) ?? false;
}

function find(): boolean {
  const field = document.querySelector<HTMLInputElement>('#slice-head input');
  // A narrow page has none.
  if (field === null || field.getClientRects().length === 0) return false;
  field.focus();
  field.select();
  return true;
}

/** Gives the lanes the focus: whoever comes out of something that closes goes on there. */
export function focusLanes(): void {
  const lanes = document.querySelector<HTMLElement>('.lanes-scroll');
  if (lanes === null) (document.activeElement as HTMLElement | null)?.blur();
  else lanes.focus({ preventScroll: true });
}

/** One thing back: out of the field, what is selected, what was searched, the causal past alone. */
function back(store: ViewStore): boolean {
  const { selected, filter, past } = store.view;
  if (document.activeElement instanceof HTMLInputElement) {
    focusLanes();
    return true;
  }
  if (selected !== null) return changed(store, { selected: null });
  if (filter !== '') return changed(store, { filter: '' });
  return past && changed(store, { past: false });
}

function pressed(selector: string): boolean {
  const button = document.querySelector<HTMLButtonElement>(selector);
  button?.click();
  return button !== null;
}

function showKeys(): boolean {
  const dialog = document.querySelector<HTMLDialogElement>('dialog#keys');
  dialog?.showModal();
  return dialog !== null;
}
