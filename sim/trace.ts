/**
 * The trace hash: one rolling value over every event of a run, so that two runs that differ anywhere differ here. Each event feeds its time, number, host,
 * kind and a digest of its payload; what was applied and answered is fed as well, since a state that has gone wrong need not show in a
 * message soon. A checkpoint every 1,000 events says where two runs parted.
 *
 * Two lanes of 32 bits with different multipliers (integer multiplication costs next to nothing; BigInt would cost 90 ns an event); 24 bits of each
 * are shown, as 12 hex digits.
 */

/** Events between two checkpoints. */
export const CHECKPOINT_EVENTS = 1_000;

export class Trace {
  private first = 0x243f6a88;
  private second = 0x85a308d3 | 0;
  /** The hash after every 1,000 events, as hex. */
  readonly checkpoints: string[] = [];

  /** Feeds one 32-bit integer. */
  mix(value: number): void {
    const x = Math.imul(this.first ^ value, 0x9e3779b1);
    this.first = x ^ (x >>> 15);
    const y = Math.imul(this.second + value, 0xc2b2ae35);
    this.second = (y << 13) | (y >>> 19);
  }

  /** Feeds one event. `at` in microseconds, below 2^53. */
  event(at: number, seq: number, host: number, kind: number, digest: number): void {
    this.mix(at | 0);
    this.mix((at / 4294967296) | 0);
    this.mix(seq);
    this.mix((host << 8) | kind);
    this.mix(digest);
  }

  /** Keeps a checkpoint where event number `seq` asks for one. */
  checkpoint(seq: number): void {
    if (seq % CHECKPOINT_EVENTS === 0) this.checkpoints.push(this.hex());
  }

  /** The hash so far, as 12 hex digits. */
  hex(): string {
    let a = this.first ^ Math.imul(this.second, 0x2545f491);
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
    a ^= a >>> 13;
    let b = this.second ^ Math.imul(this.first, 0x5851f42d);
    b = Math.imul(b ^ (b >>> 16), 0xc2b2ae35);
    b ^= b >>> 13;
    return (
      ((a >>> 8) & 0xffffff).toString(16).padStart(6, '0') +
      ((b >>> 8) & 0xffffff).toString(16).padStart(6, '0')
    );
  }

  /** Whether another trace has come to the same value; cheaper than comparing texts. */
  equals(other: Trace): boolean {
    return this.first === other.first && this.second === other.second;
  }
}
