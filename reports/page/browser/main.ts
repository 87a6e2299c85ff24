/** The page of a run in the browser: reads the data that the file carries, and gives each part its place and the one view that they share. */
import './base.css';
import './top.css';
import './story.css';
import { decodePage } from '../decode-page.ts';
import type { RunPage } from '../run-page.ts';
import { openingMoment } from '../moment.ts';
import { mountCopy } from './copy.ts';
import { mountKeys } from './keys.ts';
import { mountLanes } from './lanes.ts';
import { mountLinearizability, mountObject, mountState } from './panels.ts';
import { mountSliceHead } from './slice-head.ts';
import { mountStory } from './story.ts';
import { mountUrl } from './url.ts';
import { mountWhatIf } from './what-if.ts';
import { hasSlice, ViewStore } from './view.ts';
// After the styles of all parts: these change them.
import './contrast.css';
import './print.css';

/** Parts by the id of their place; a part whose place is not in the file stays away. */
const parts: readonly (readonly [string, (root: HTMLElement, store: ViewStore) => void])[] = [
  ['top', mountCopy],
  ['story', mountStory],
  ['slice-head', mountSliceHead],
  ['lanes', mountLanes],
  ['state', mountState],
  ['object', mountObject],
  ['linearizability', mountLinearizability],
  ['inevitable', mountWhatIf],
];

function open(page: RunPage): void {
  const { event, step, selected } = openingMoment(page);
  const store = new ViewStore(page, {
    event,
    step,
    selected,
    scale: hasSlice(page) ? 'causal' : 'time',
    past: false,
    filter: '',
    hovered: null,
  });
  for (const element of document.querySelectorAll<HTMLElement>('[data-scripts]')) element.hidden = false;
  document.documentElement.classList.add('scripts');
  // Before the parts: they draw first what the address asks for.
  mountUrl(store);
  for (const [id, mount] of parts) {
    const root = document.getElementById(id);
    if (root !== null) mount(root, store);
  }
  mountKeys(store);
  document.documentElement.dataset['ready'] = 'true';
}

// A browser that cannot inflate keeps what the file holds as HTML.
void decodePage(document.getElementById('data')!.textContent).then(open);
