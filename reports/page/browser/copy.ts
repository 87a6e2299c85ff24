/** Buttons that copy, and what they say afterwards. */
import type { ViewStore } from './view.ts';

/** How long a button says that it copied, in milliseconds. */
const saidMs = 1600;

/** Makes the buttons of the top copy the command, or the Vitest test. */
export function mountCopy(root: HTMLElement, { page }: ViewStore): void {
  const texts = new Map([
    ['command', page.about.command],
    ['test', page.about.vitestTest],
  ]);
  for (const button of root.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    const text = texts.get(button.dataset['copy'] ?? '') ?? '';
    if (text === '') button.hidden = true;
    button.addEventListener('click', () => void copyAndSay(text, button));
  }
}

async function copyAndSay(text: string, button: HTMLButtonElement): Promise<void> {
  const done = await copied(text);
  const status = button.parentElement?.querySelector<HTMLElement>('.said');
  const command = document.getElementById('command');
  if (!done && command !== null) getSelection()?.selectAllChildren(command);
  const label = button.querySelector('span');
  const before = label?.textContent ?? '';
  if (status) status.textContent = done ? 'Copied.' : 'The browser refused; the command is selected.';
  if (label === null || !done || before === 'Copied') return;
  label.textContent = 'Copied';
  setTimeout(() => {
    label.textContent = before;
    if (status) status.textContent = '';
  }, saidMs);
}

/** Copies a text; the older way where the newer is refused, as it is on pages from files in some browsers. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

function copiedBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  const focused = document.activeElement;
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return done;
}
