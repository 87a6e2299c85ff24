/**
 * How state and messages become 32 bits. Non-linear mixing of 32-bit words (the finaliser of MurmurHash3, Appleby 2011), integer
 * arithmetic only, so that every machine computes the same. Not for adversaries: for telling two runs or two replicas apart.
 */

const twoTo32 = 4_294_967_296;

/** Mixes the lower 32 bits of an integer into a hash. */
export function mixWord(hash: number, word: number): number {
  let h = Math.imul(hash ^ word, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Mixes an integer of up to 53 bits and its sign. */
export function mixInteger(hash: number, value: number): number {
  const h = mixWord(hash + 0x9e3779b1, value);
  return value >= 0 && value < twoTo32 ? h : mixWord(h, Math.floor(value / twoTo32));
}

/** Mixes a text, by its UTF-16 code units and its length. */
export function mixText(hash: number, text: string): number {
  let h = hash ^ text.length;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return mixWord(h, text.length);
}
