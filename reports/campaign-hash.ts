/**
 * The hash of a campaign: the sum of its seeds' trace hashes modulo their width (48 bits, 12 hex digits). A sum does not
 * depend on order, so any number of workers, and shards merged later, give the same one. It is added in two integer halves of
 * 24 bits, which a double holds exactly.
 */

/** The hash of a campaign without seeds. */
export const emptyHash = '000000000000';

const half = 0x1000000;

/**
 * Adds two hashes of 12 hex digits.
 * @throws Error where one is not 12 hex digits.
 */
export function addHashes(a: string, b: string): string {
  const low = lowHalf(a) + lowHalf(b);
  const high = highHalf(a) + highHalf(b) + (low >= half ? 1 : 0);
  return hex(high % half) + hex(low % half);
}

function highHalf(hash: string): number {
  if (!/^[0-9a-f]{12}$/.test(hash)) throw new Error(`a trace hash has 12 hex digits; got "${hash}"`);
  return Number.parseInt(hash.slice(0, 6), 16);
}

function lowHalf(hash: string): number {
  return Number.parseInt(hash.slice(6), 16);
}

function hex(value: number): string {
  return value.toString(16).padStart(6, '0');
}
