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
  if (!done) showRefused(text, button);
  tell(button, button.parentElement?.querySelector<HTMLElement>('.said') ?? null, done);
}

/** Says on a button and to who does not see it what became of a copy. */
export function tell(button: HTMLElement, said: HTMLElement | null, done: boolean): void {
  const label = button.querySelector('span');
  if (said !== null) said.textContent = done ? 'Copied.' : 'The browser refused; the text is selected.';
  const before = label?.textContent ?? '';
  if (label === null || !done || before === 'Copied') return;
  label.textContent = 'Copied';
  setTimeout(() => {
    label.textContent = before;
    if (said !== null) said.textContent = '';
  }, saidMs);
}

/** Selects the command where it stands; another text is shown first, as it stands nowhere. */
function showRefused(text: string, button: HTMLElement): void {
  const command = document.getElementById('command');
  if (button.dataset['copy'] === 'command' && command !== null) {
    getSelection()?.selectAllChildren(command);
    return;
  }
  const top = button.closest('.command');
  const field = top?.parentElement?.querySelector('textarea') ?? document.createElement('textarea');
  field.className = 'refused';
  field.readOnly = true;
  field.rows = 4;
  field.setAttribute('aria-label', button.textContent.trim());
  field.value = text;
  top?.after(field);
  field.focus();
  field.select();
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
