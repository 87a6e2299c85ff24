/** The story steers: a click on a sentence, a ring or a tick moves the cursor, and the step at the cursor is marked. */
import type { View, ViewStore } from './view.ts';

/** Takes over the story that the file already holds. */
export function mountStory(root: HTMLElement, store: ViewStore): void {
  const { length } = store.page.story;
  // Rings of the pair lead to steps as well.
  document.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const target = event.target instanceof Element ? event.target.closest('a[href^="#t="]') : null;
    const step = Number(target?.closest<HTMLElement>('[data-step]')?.dataset['step'] ?? 0);
    if (target === null || step < 1) return;
    event.preventDefault();
    store.set({ step });
  });
  for (const button of root.querySelectorAll<HTMLButtonElement>('button[data-move]'))
    button.addEventListener('click', () => moveStep(store, Number(button.dataset['move'])));
  const show = ({ step }: View): void => {
    for (const one of root.querySelectorAll<HTMLElement>('.step, .ticks i')) {
      const current = Number(one.dataset['step']) === step;
      one.classList.toggle('current', current);
      const link = one.querySelector('.told');
      if (current) link?.setAttribute('aria-current', 'step');
      else link?.removeAttribute('aria-current');
    }
    const shown = root.querySelector('output');
    if (shown !== null) shown.textContent = step === 0 ? `between steps` : `${step} of ${length}`;
    for (const button of root.querySelectorAll<HTMLButtonElement>('button[data-move]'))
      // Not `disabled`: that would drop the focus of whoever walks by keyboard.
      button.setAttribute('aria-disabled', String(stepBeside(store, Number(button.dataset['move'])) === 0));
    // Between steps narrow pages keep the sentence of the last step before the cursor.
    const kept = step === 0 ? lastStepBefore(store) : step;
    for (const one of root.querySelectorAll<HTMLElement>('.step'))
      one.classList.toggle('kept', Number(one.dataset['step']) === kept);
  };
  show(store.view);
  store.listen((view, before) => {
    if (view.step !== before.step || view.event !== before.event) show(view);
  });
}

/** Moves the cursor to the next step (1) or the one before (-1); from between two steps to the nearer one in that direction. Where there is none, it stays. */
export function moveStep(store: ViewStore, by: number): void {
  const step = stepBeside(store, by);
  if (step > 0) store.set({ step });
}

/** The step in a direction; 0 where there is none. */
function stepBeside(store: ViewStore, by: number): number {
  const { step } = store.view;
  const next = step > 0 ? step + by : lastStepBefore(store) + Math.max(0, by);
  return next > store.page.story.length ? 0 : Math.max(0, next);
}

/** The last step at or before the cursor; 0 where there is none. */
function lastStepBefore({ page, view }: ViewStore): number {
  const at = page.timeline.events.atUs[view.event] ?? 0;
  return page.story.findLastIndex((one) => one.at <= at) + 1;
}
