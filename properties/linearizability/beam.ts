/**
 * Which configurations to keep where there are too many. Those are kept that have used the fewest operations of unknown result, of each
 * state and mask the best before the second best of any. The others are blurred: of those with one state and mask, one is made that has
 * used only what all of them had, and so may do whatever one of them might.
 */
import { blurField, stateField, usedField } from './configuration.ts';
import type { Multisets } from './multisets.ts';
import type { RecordTable } from './record-table.ts';

/**
 * Copies at most `beam` sharp configurations, and at most as many blurred ones.
 *
 * @returns false if even blurred ones had to be left out
 */
export function keepWithin(
  beam: number,
  all: RecordTable,
  kept: RecordTable,
  stride: number,
  used: Multisets,
): boolean {
  const situations = new Map<string, number[]>();
  for (let c = 0; c < all.size; c += 1) {
    const start = c * stride;
    const name = `${all.data[start + stateField]} ${all.data.subarray(start + blurField + 1, start + stride).join(' ')}`;
    const group = situations.get(name);
    if (group === undefined) situations.set(name, [c]);
    else group.push(c);
  }
  const totals = Array.from({ length: all.size }, (_, c) => used.total(all.data[c * stride + usedField]!));
  const isSharp = (c: number): boolean => all.data[c * stride + blurField] === 0;
  const turns = new Map<number, number>();
  for (const group of situations.values()) {
    const sharp = group.filter(isSharp).sort((a, b) => totals[a]! - totals[b]! || a - b);
    sharp.forEach((c, turn) => turns.set(c, turn));
  }
  const order = [...turns.keys()].sort(
    (a, b) => turns.get(a)! - turns.get(b)! || totals[a]! - totals[b]! || a - b,
  );
  const chosen = new Set(order.slice(0, beam));
  for (const c of [...chosen].sort((a, b) => a - b)) kept.add(all.data, c * stride);
  const record = new Int32Array(stride);
  let blurred = 0;
  for (const group of situations.values()) {
    const rest = group.filter((c) => !chosen.has(c));
    if (rest.length === 0) continue;
    blurred += 1;
    if (blurred > beam) return false;
    record.set(all.data.subarray(rest[0]! * stride, (rest[0]! + 1) * stride));
    for (const c of rest) {
      record[usedField] = used.intersection(record[usedField]!, all.data[c * stride + usedField]!);
    }
    record[blurField] = 1;
    kept.add(record, 0);
  }
  return true;
}
