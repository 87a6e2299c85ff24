/**
 * A stream of random numbers for one group's member of a host, derived from the host's own: what one group draws never shifts the draws of another.
 * Marsaglia's xorshift128 (J. Stat. Soft. 8(14), 2003), whose state comes from four draws of the host.
 */
import type { Random } from './ports.ts';

const wordBound = 0x8000_0000;

/** Takes four draws of `source` when it is made, and none afterwards. */
export class DerivedRandom implements Random {
  private x: number;
  private y: number;
  private z: number;
  private w: number;

  constructor(source: Random) {
    this.x = source.below(wordBound);
    this.y = source.below(wordBound);
    this.z = source.below(wordBound);
    // The state of zeros only is never left: a set bit keeps clear of it.
    this.w = source.below(wordBound) | 1;
  }

  below(bound: number): number {
    // The product may exceed 2^53 and be rounded, but never up to bound·2^32: its distance from there is at least `bound`.
    return Math.floor((this.next() * bound) / 4294967296);
  }

  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  private next(): number {
    const t = this.x ^ (this.x << 11);
    this.x = this.y;
    this.y = this.z;
    this.z = this.w;
    this.w ^= (this.w >>> 19) ^ t ^ (t >>> 8);
    return this.w >>> 0;
  }
}
