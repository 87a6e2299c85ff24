/** Progress of a campaign: a line that is redrawn on a terminal, a plain line every few seconds elsewhere. */
import { tellProgress, tellProgressPlainly } from '../../reports/terminal.ts';
import type { Outlet } from './outlet.ts';

const redrawEveryMs = 200;
const plainEveryMs = 5_000;

export class Progress {
  readonly #outlet: Outlet;
  readonly #names: readonly string[];
  readonly #perScenario: number;
  readonly #done: number[];
  readonly #timer: NodeJS.Timeout;
  readonly #began = performance.now();
  #virtualUs = 0;
  #violations = 0;

  constructor(outlet: Outlet, names: readonly string[], perScenario: number) {
    this.#outlet = outlet;
    this.#names = names;
    this.#perScenario = perScenario;
    this.#done = names.map(() => 0);
    this.#timer = setInterval(() => this.#show(), outlet.live ? redrawEveryMs : plainEveryMs);
  }

  seedDone(scenario: number, virtualUs: number, violated: boolean): void {
    this.#done[scenario] = (this.#done[scenario] ?? 0) + 1;
    this.#virtualUs += virtualUs;
    if (violated) this.#violations += 1;
  }

  end(): void {
    clearInterval(this.#timer);
    this.#outlet.redraw('');
  }

  #show(): void {
    const seconds = (performance.now() - this.#began) / 1000;
    const runs = this.#done.reduce((total, done) => total + done, 0);
    const at = this.#done.findIndex((done) => done < this.#perScenario);
    if (at < 0) return;
    const common = {
      scenario: this.#names[at] ?? '',
      seedsPerSecond: runs / seconds,
      violations: this.#violations,
    };
    if (this.#outlet.live) {
      const timesRealTime = this.#virtualUs / 1e6 / seconds;
      this.#outlet.redraw(
        tellProgress({ ...common, done: this.#done[at] ?? 0, planned: this.#perScenario, timesRealTime }),
      );
    } else {
      this.#outlet.say([
        tellProgressPlainly({ ...common, runs, planned: this.#perScenario * this.#names.length }),
      ]);
    }
  }
}
