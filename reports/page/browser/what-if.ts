/** The foot's plot of reseeded runs: a bar leads to its instant, and the bar of the last instant at or before the cursor is marked. */
import './what-if.css';
import type { ViewStore } from './view.ts';

/** Takes over the plot and the table that the file already holds. `root`: `#inevitable`. */
export function mountWhatIf(root: HTMLElement, store: ViewStore): void {
  const { whatIf, timeline } = store.page;
  const instants = whatIf?.reseeded?.instants ?? [];
  if (instants.length === 0) return;
  for (const one of root.querySelectorAll<SVGElement>('[data-href]'))
    one.addEventListener('click', () => {
      location.hash = one.dataset['href'] ?? '';
    });
  const show = (): void => {
    const seq = timeline.events.seq[store.view.event] ?? 0;
    const current = String(instants.findLastIndex((one) => one.seq <= seq));
    for (const one of root.querySelectorAll<HTMLElement | SVGElement>('[data-instant]'))
      one.classList.toggle('current', one.dataset['instant'] === current);
  };
  show();
  store.listen((view, before) => {
    if (view.event !== before.event) show();
  });
}
