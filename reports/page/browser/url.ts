/** The moment that is shown, in the address: a link to it opens it, and moving the cursor writes it. */
import { fragmentOf, momentOf } from '../moment.ts';
import type { ViewStore } from './view.ts';

/** Opens what the address names, and keeps the address up with the cursor from then on. The history of the browser does not grow. */
export function mountUrl(store: ViewStore): void {
  const read = (): void => {
    const moment = momentOf(store.page, location.hash.slice(1));
    if (moment !== null) store.set(moment);
  };
  read();
  window.addEventListener('hashchange', read);
  store.listen((view, before) => {
    if (view.event === before.event && view.step === before.step && view.selected === before.selected) return;
    const fragment = `#${fragmentOf(store.page, view)}`;
    if (fragment === location.hash) return;
    try {
      history.replaceState(null, '', fragment);
    } catch {
      // Browsers refuse more than some hundred a minute; the address then stays behind for a while, nothing else does.
    }
  });
}
