/** How many messages were sent in a stretch of time, of all there were: of the table one by one, outside of it by the bins that the run was summed up in. */
import type { Timeline } from './run-page.ts';
import { lowerBound } from './span-index.ts';

/** Counts messages of any stretch in a few steps. */
export class MessageDensity {
  readonly #sent: Float64Array;
  readonly #binUs: number;
  /** Sums up to each bin. */
  readonly #sums: Float64Array;

  constructor({ messages, density }: Timeline) {
    this.#sent = Float64Array.from(messages.sentUs).sort();
    this.#binUs = Math.max(1, density?.binUs ?? 1);
    const bins = density?.messages ?? [];
    this.#sums = new Float64Array(bins.length + 1);
    bins.forEach((count, i) => (this.#sums[i + 1] = this.#sums[i]! + count));
  }

  /** Messages from one instant up to, but not at, another; those of bins in the share of the bin that lies there. */
  count(fromUs: number, toUs: number): number {
    const table = lowerBound(this.#sent, toUs) - lowerBound(this.#sent, fromUs);
    return table + this.#summed(toUs) - this.#summed(fromUs);
  }

  #summed(us: number): number {
    const bins = this.#sums.length - 1;
    const place = Math.max(0, Math.min(bins, us / this.#binUs));
    const whole = Math.floor(place);
    const next = this.#sums[Math.min(bins, whole + 1)]!;
    return this.#sums[whole]! + (next - this.#sums[whole]!) * (place - whole);
  }
}
