/**
 * Randomness: every purpose has a stream of its own, derived from the run's seed and an ASCII name such as `0/network/2>4` (group
 * first), so that a draw more in one part of a run never shifts the draws of another.
 *
 * The generator is seedrandom's xor128. Its own seeding from a string is linear over GF(2): names that differ in one letter would give
 * draws that differ by a constant for ever, and the spelling of a name would decide who wins a split vote. So the state comes from a
 * non-linear mixer of seed and name (multiplications modulo 2^32 between rotations, finished as MurmurHash3 finishes).
 */
import seedrandom from 'seedrandom';
import type { Random } from '../core/ports.ts';

/** Where a stream is: four 32-bit words, as JSON. */
export interface StreamState {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly w: number;
}

/** A stream of random integers. */
export class Stream implements Random {
  private next: () => number;
  private generator: seedrandom.StatefulPRNG<seedrandom.State.Xor128>;

  /** @param state not all words zero; see `streamOf` for one by name, `save` for one that was kept. */
  constructor(state: StreamState) {
    this.generator = generatorOf(state);
    this.next = this.generator.int32;
  }

  /** A signed 32-bit integer. */
  int32(): number {
    return this.next();
  }

  /** An unsigned 32-bit integer. */
  u32(): number {
    return this.next() >>> 0;
  }

  /** An integer in [0, bound); bound from 1 to 2^31. One draw. */
  below(bound: number): number {
    // The product may exceed 2^53 and be rounded, but never up to bound·2^32: its distance from there is at least `bound`.
    return Math.floor(((this.next() >>> 0) * bound) / 4294967296);
  }

  /** An integer in [min, max], both included. One draw. */
  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  /** The state, for a stream that goes on from here: `new Stream(stream.save())`. */
  save(): StreamState {
    const { x, y, z, w } = this.generator.state();
    return { x, y, z, w };
  }

  /** Goes on from another state, for whoever holds this stream. */
  restart(state: StreamState): void {
    this.generator = generatorOf(state);
    this.next = this.generator.int32;
  }
}

function generatorOf({ x, y, z, w }: StreamState): seedrandom.StatefulPRNG<seedrandom.State.Xor128> {
  return seedrandom.xor128('', { state: { x, y, z, w } });
}

/** MurmurHash3's finaliser: every bit of the input reaches every bit of the output. */
function finish(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The initial state of a named stream. */
export function stateOf(seed: number, name: string): StreamState {
  const low = (seed % 4294967296) | 0;
  const high = Math.floor(seed / 4294967296) | 0;
  let x = finish(low ^ 0x9e3779b9);
  let y = finish(high ^ 0x7f4a7c15 ^ x);
  let z = finish(x ^ Math.imul(y, 0x2545f491));
  let w = finish(y ^ Math.imul(z, 0x5851f42d));
  for (let i = 0; i < name.length; i += 1) {
    const c = name.charCodeAt(i) + 1;
    // Each word takes the letter multiplied by itself and by its neighbour: two names never stay a constant apart.
    x = Math.imul(x ^ c, 0x2c1b3c6d);
    x = ((x << 13) | (x >>> 19)) + y;
    y = Math.imul(y ^ x, 0x297a2d39);
    y = ((y << 17) | (y >>> 15)) + z;
    z = Math.imul(z ^ y, 0x85ebca6b);
    z = ((z << 11) | (z >>> 21)) + w;
    w = Math.imul(w ^ z, 0xc2b2ae35);
    w = ((w << 15) | (w >>> 17)) + x;
  }
  x = finish(x ^ name.length);
  y = finish(y ^ x);
  z = finish(z ^ y);
  w = finish(w ^ z);
  // xor128 never leaves the all-zero state: a set bit keeps clear of it.
  return { x: x | 0, y: y | 0, z: z | 0, w: w | 1 | 0 };
}

/**
 * The stream of a purpose.
 * @param seed an integer from 0 to 2^53 − 1
 * @param name ASCII; equal (seed, name) give equal streams, in any order of creation
 */
export function streamOf(seed: number, name: string): Stream {
  return new Stream(stateOf(seed, name));
}

/** The streams of one run, by name. All of them can be exchanged for others at once, in the hands of those who hold them. */
export class Streams {
  readonly #seed: number;
  readonly #open: { readonly name: string; readonly stream: Stream }[] = [];
  #salt: number | null = null;

  /** @param seed an integer from 0 to 2^53 − 1 */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The stream of a purpose, at its beginning: as `streamOf` gives it, and after `reseed` another one. */
  of(name: string): Stream {
    const stream = new Stream(this.#stateOf(name));
    this.#open.push({ name, stream });
    return stream;
  }

  /**
   * From here on every stream, those to come included, draws as its name, the seed and the salt have it. What was drawn stays.
   * @param salt an integer from 0 on: another one, other draws
   */
  reseed(salt: number): void {
    this.#salt = salt;
    for (const { name, stream } of this.#open) stream.restart(this.#stateOf(name));
  }

  #stateOf(name: string): StreamState {
    return stateOf(this.#seed, this.#salt === null ? name : `${name}/salt/${this.#salt}`);
  }
}
