/** The moment that is shown, in the address: a link to it opens it, and moving the cursor writes it. */
import { fragmentOf, momentOf, openingMoment } from '../moment.ts';
import type { ViewStore } from './view.ts';

/** Browsers refuse to write more than 100 addresses in half a minute: so many at once, then one in this many milliseconds. */
const atOnce = 20;
const everyMs = 400;

/** Opens what the address names, and keeps the address up with the cursor from then on. The history of the browser does not grow. */
export function mountUrl(store: ViewStore): void {
  const { page } = store;
  const read = (): void => {
    // An address without a moment is that of the page as it opens.
    const moment = location.hash === '' ? openingMoment(page) : momentOf(page, location.hash.slice(1));
    if (moment !== null) store.set(moment);
  };
  read();
  window.addEventListener('hashchange', read);
  const write = paced(() => {
    const fragment = `#${fragmentOf(page, store.view)}`;
    if (fragment === location.hash) return;
    try {
      history.replaceState(null, '', fragment);
    } catch {
      // Refused all the same: the address stays behind until the next move, nothing else does.
    }
  });
  store.listen((view, before) => {
    if (view.event === before.event && view.step === before.step && view.selected === before.selected) return;
    write();
  });
}

/** Does something at once while there are few; of many, as of a key that is held, the last one in time. */
function paced(act: () => void): () => void {
  let spare = atOnce;
  let since = performance.now();
  let waits = false;
  return () => {
    if (waits) return;
    const now = performance.now();
    spare = Math.min(atOnce, spare + (now - since) / everyMs);
    since = now;
    if (spare >= 1) {
      spare -= 1;
      act();
      return;
    }
    waits = true;
    setTimeout(() => {
      waits = false;
      spare = 0;
      since = performance.now();
      act();
    }, everyMs);
  };
}
