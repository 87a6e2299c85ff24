/** Operations of unknown result: those that are alike are one action, with a number and a name. */
import type { Action } from './action.ts';
import { RecordTable } from './record-table.ts';

/** Filled anew each time. */
const pair = new Int32Array(2);

export class UnknownActions {
  /** By number, from the first on. */
  readonly all: Action[] = [];
  #byName = new Map<string | number, Action>();
  readonly #useSymmetry: boolean;
  readonly #tellsUse: boolean;
  /** Pairs of numbers: the first was used where the second had made that possible. */
  #leans: RecordTable | null = null;

  /** @param tellsUse whether `spreadUse` will be asked */
  constructor(useSymmetry: boolean, tellsUse: boolean) {
    this.#useSymmetry = useSymmetry;
    this.#tellsUse = tellsUse;
  }

  /**
   * The action that stands for all that are like this one: itself if there is none yet.
   *
   * @param name shared by those that are alike; not asked of plain ones
   */
  like(action: Action, name: () => string): Action {
    const key = action.isPlain && this.#useSymmetry ? plainName(action) : name();
    const known = this.#byName.get(key);
    if (known !== undefined) return known;
    action.slot = this.all.length;
    this.all.push(action);
    this.#byName.set(key, action);
    return action;
  }

  /** One was used where another had made that possible. */
  lean(enabled: number, enabler: number): void {
    if (!this.#tellsUse) return;
    pair[0] = enabled;
    pair[1] = enabler;
    (this.#leans ??= new RecordTable(2)).add(pair, 0);
  }

  /** Marks what made a useful operation possible as useful itself. */
  spreadUse(): void {
    if (this.#leans === null) return;
    const pairs = this.#leans.data;
    for (let changed = true; changed;) {
      changed = false;
      for (let i = 0; i < this.#leans.size; i += 1) {
        const enabled = this.all[pairs[2 * i]!]!;
        const enabler = this.all[pairs[2 * i + 1]!]!;
        if (enabled.isUseful && !enabler.isUseful) {
          enabler.isUseful = true;
          changed = true;
        }
      }
    }
  }

  /** States have other numbers now. @param now by old number: the new one, or −1 if it was forgotten */
  renumber(now: Int32Array): void {
    const names = new Map<string | number, Action>();
    for (const [name, action] of this.#byName) {
      // Those that are used up, and lead from or to what is forgotten, are not met again under their number.
      if (action.invoked === 0 && action.isPlain) continue;
      action.renumber(now);
      names.set(action.isPlain && this.#useSymmetry ? plainName(action) : name, action);
    }
    this.#byName = names;
  }
}

/** Of a plain action: the same for all that do the same. */
export function plainName({ from, to, isRead }: Action): number {
  return (from + 1) * 67_108_864 + (isRead ? 0 : to + 1);
}
