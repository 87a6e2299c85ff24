/**
 * Which configurations to keep where there are too many. A *situation* is a state and what took effect; configurations of one situation
 * differ in which operations of unknown result they have used.
 */
import { fields, stateField, usedField } from './configuration.ts';
import type { Multisets } from './multisets.ts';
import type { RecordTable } from './record-table.ts';

/**
 * The best of some configurations, in their order: of each situation the best before the second best of any, where those are best that
 * have used the fewest operations of unknown result.
 *
 * @param candidates numbers of records of `all`
 */
export function bestOf(
  candidates: readonly number[],
  most: number,
  all: RecordTable,
  stride: number,
  used: Multisets,
): readonly number[] {
  const totals = new Map(candidates.map((c) => [c, used.total(all.data[c * stride + usedField]!)]));
  const turns = new Map<number, number>();
  for (const group of situationsOf(candidates, all, stride)) {
    group.sort((a, b) => totals.get(a)! - totals.get(b)! || a - b);
    group.forEach((c, turn) => turns.set(c, turn));
  }
  return [...candidates]
    .sort((a, b) => turns.get(a)! - turns.get(b)! || totals.get(a)! - totals.get(b)! || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
}

/** Of each situation one record, which has used only what all of them have, and so may do whatever one of them might. */
export function mergedBySituation(
  candidates: readonly number[],
  all: RecordTable,
  stride: number,
  used: Multisets,
): readonly Int32Array[] {
  return situationsOf(candidates, all, stride).map((group) => {
    const merged = all.data.slice(group[0]! * stride, (group[0]! + 1) * stride);
    for (const c of group) {
      merged[usedField] = used.intersection(merged[usedField]!, all.data[c * stride + usedField]!);
    }
    return merged;
  });
}

function situationsOf(candidates: readonly number[], all: RecordTable, stride: number): number[][] {
  const situations = new Map<string, number[]>();
  for (const c of candidates) {
    const start = c * stride;
    const masks = all.data.subarray(start + fields, start + stride);
    const name = `${all.data[start + stateField]} ${masks.join(' ')}`;
    const group = situations.get(name);
    if (group === undefined) situations.set(name, [c]);
    else group.push(c);
  }
  return [...situations.values()];
}
