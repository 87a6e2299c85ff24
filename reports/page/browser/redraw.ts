/** HTML that is drawn again under the reader's hands: what was opened stays open, and the focus stays where it was. */

const focusable = 'a[href], button, summary, [tabindex]';

/** What each element was given last: what a browser reads back is not always what it was given. */
const drawn = new WeakMap<HTMLElement, string>();

/**
 * Replaces what an element holds, where it is another text than the last time. Whether it was.
 * @param next where the focus goes if what had it is gone
 */
export function redraw(root: HTMLElement, text: string, next: string = focusable): boolean {
  if (drawn.get(root) === text) return false;
  drawn.set(root, text);
  const { activeElement } = document;
  const focused = activeElement !== root && root.contains(activeElement) ? nameOf(activeElement!) : null;
  const open = new Set([...root.querySelectorAll('details[open]')].map(detailsName));
  root.innerHTML = text;
  for (const one of root.querySelectorAll('details')) if (open.has(detailsName(one))) one.open = true;
  if (focused === null) return true;
  const same = [...root.querySelectorAll<HTMLElement>(focusable)].find((one) => nameOf(one) === focused);
  (same ?? root.querySelector<HTMLElement>(next))?.focus({ preventScroll: true });
  return true;
}

/** What an element is called by, so that it is found among new ones: what it does when it is pressed, else what it is. */
function nameOf(element: Element): string {
  const does = element instanceof HTMLElement ? Object.entries(element.dataset) : [];
  return JSON.stringify([element.tagName, element.className, element.parentElement?.className, ...does]);
}

function detailsName({ className, parentElement }: Element): string {
  return `${parentElement?.className ?? ''} ${className}`;
}
