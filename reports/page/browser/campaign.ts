/** The page of a campaign in the browser: commands are copied, a mark follows through the matrix, and what is drawn says what it is. */
import './base.css';
import './campaign.css';
import './contrast.css';
import { copied, tell } from './copy.ts';

/** Room between what is pointed at and its tip, and between the tip and the edge, in pixels. */
const tipGap = 6;

/** Buttons that copy the text of the element that they name; `y` copies the first command. */
function mountCopies(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copies]')) {
    button.addEventListener('click', () => void copyOf(button));
  }
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'y' || event.ctrlKey || event.metaKey || event.altKey) return;
    const first = document.querySelector<HTMLButtonElement>('.campaign-top button[data-copies]');
    if (first !== null) void copyOf(first);
  });
}

async function copyOf(button: HTMLButtonElement): Promise<void> {
  const source = document.getElementById(button.dataset['copies'] ?? '');
  if (source === null) return;
  const done = await copied(source.textContent);
  if (!done) getSelection()?.selectAllChildren(source);
  tell(button, document.getElementById('said'), done);
}

/** Tips of what has one, under the pointer or the focus; Escape takes them away. */
function mountTips(): void {
  const tip = document.getElementById('tip');
  if (tip === null) return;
  const hide = (): void => {
    tip.hidden = true;
  };
  const show = (event: Event): void => {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null;
    if (target === null) return hide();
    tip.textContent = target.dataset['tip'] ?? '';
    tip.hidden = false;
    place(tip, target.getBoundingClientRect());
  };
  document.addEventListener('pointerover', show);
  document.addEventListener('focusin', show);
  document.addEventListener('focusout', hide);
  document.addEventListener('scroll', hide, { capture: true, passive: true });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide();
  });
}

/** Above what it belongs to, below where there is no room, within the window. */
function place(tip: HTMLElement, { left, top, bottom, width }: DOMRect): void {
  const { width: own, height } = tip.getBoundingClientRect();
  const room = document.documentElement.clientWidth - own - tipGap;
  const above = top - height - tipGap;
  tip.style.left = `${Math.max(tipGap, Math.min(room, left + width / 2 - own / 2))}px`;
  tip.style.top = `${above < tipGap ? bottom + tipGap : above}px`;
}

/** The cells of the matrix: one of them is in the order of the tabulator, arrows lead to the others. */
class MatrixCursor {
  readonly #rows: HTMLTableCellElement[][];
  readonly #heads: HTMLElement[];
  #marked: HTMLElement[] = [];

  constructor(table: HTMLTableElement) {
    this.#rows = [...table.querySelectorAll('tbody tr')].map((row) => [
      ...row.querySelectorAll<HTMLTableCellElement>('td.cell'),
    ]);
    this.#heads = [...table.querySelectorAll<HTMLElement>('thead th.upright')];
    const cells = this.#rows.flat();
    for (const cell of cells) target(cell).tabIndex = -1;
    const first = cells.find((cell) => cell.querySelector('a') !== null) ?? cells[0];
    if (first !== undefined) target(first).tabIndex = 0;
    table.addEventListener('keydown', (event) => this.#key(event));
    table.addEventListener('focusin', (event) => this.#mark(event.target));
    table.addEventListener('pointerover', (event) => this.#mark(event.target));
    table.addEventListener('pointerleave', () => this.#mark(document.activeElement));
    table.addEventListener('focusout', () => this.#mark(null));
  }

  #key(event: KeyboardEvent): void {
    const place = this.#placeOf(event.target);
    if (place === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = place;
    const last = (this.#rows[row]?.length ?? 1) - 1;
    const steps: { readonly [key: string]: readonly [number, number] } = {
      ArrowUp: [row - 1, column],
      ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1],
      ArrowRight: [row, column + 1],
      Home: [row, 0],
      End: [row, last],
    };
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    const to = step === undefined ? undefined : this.#rows[step[0]]?.[step[1]];
    if (step !== undefined) event.preventDefault();
    if (to === undefined) return;
    target(this.#rows[row]![column]!).tabIndex = -1;
    target(to).tabIndex = 0;
    target(to).focus();
  }

  /** The head of the column and the name of the row stand out; the styles mark the row itself. */
  #mark(at: EventTarget | Element | null): void {
    for (const one of this.#marked) one.classList.remove('marked');
    const place = this.#placeOf(at);
    if (place === null) {
      this.#marked = [];
      return;
    }
    const [row, column] = place;
    const name = this.#rows[row]![column]!.parentElement!.querySelector<HTMLElement>('th');
    const inColumn = this.#rows.flatMap((cells) => cells[column] ?? []);
    this.#marked = [...inColumn, ...[this.#heads[column], name].filter((one) => one != null)];
    for (const one of this.#marked) one.classList.add('marked');
  }

  #placeOf(at: EventTarget | null): readonly [row: number, column: number] | null {
    const cell = at instanceof Element ? at.closest('td.cell') : null;
    const row = this.#rows.findIndex((cells) => cells.includes(cell as HTMLTableCellElement));
    return row < 0 ? null : [row, this.#rows[row]!.indexOf(cell as HTMLTableCellElement)];
  }
}

/** What takes the focus of a cell: its link, where it has one. */
function target(cell: HTMLElement): HTMLElement {
  return cell.querySelector('a') ?? cell;
}

for (const element of document.querySelectorAll<HTMLElement>('[data-scripts]')) element.hidden = false;
mountCopies();
mountTips();
const table = document.querySelector<HTMLTableElement>('.matrix table');
if (table !== null) new MatrixCursor(table);
document.documentElement.dataset['ready'] = 'true';
