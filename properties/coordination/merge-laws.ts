/**
 * Each merge that was seen, made again in every order (or, of many values, in every rotation and backwards), in other groupings, and with values repeated: the result is the
 * same, or the function is none that replicas may use.
 */
import type { Property } from '../property.ts';
import { LogOrder } from './log-order.ts';

/** A value that is merged. */
export type MergeValue = number | string;
/** Functions by name, as the system was configured with. */
export type Merges = { readonly [name: string]: (a: MergeValue, b: MergeValue) => MergeValue };

/** Orders to try: all of up to four values, else rotations and the reverse. */
function ordersOf(values: readonly MergeValue[]): readonly (readonly MergeValue[])[] {
  if (values.length <= 4) return permutations(values);
  const rotations = values.map((_, i) => [...values.slice(i), ...values.slice(0, i)]);
  return [...rotations, [...values].reverse()];
}

function permutations(values: readonly MergeValue[]): readonly (readonly MergeValue[])[] {
  if (values.length <= 1) return [values];
  return values.flatMap((value, i) =>
    permutations([...values.slice(0, i), ...values.slice(i + 1)]).map((rest) => [value, ...rest]),
  );
}

/** Folded from the right: another grouping than `reduce`. */
function fromTheRight(
  values: readonly MergeValue[],
  merge: (a: MergeValue, b: MergeValue) => MergeValue,
): MergeValue {
  return values.slice(0, -1).reduceRight<MergeValue>((merged, value) => merge(value, merged), values.at(-1)!);
}

/** @param merges the functions that keys of the system are merged by */
export function mergeLaws(merges: Merges): Property {
  return {
    id: 'merge-laws',
    sentence:
      'Whatever values are merged, and in whatever order, grouping and repetition, the result is the same.',
    assumes: [],
    needs: 'nothing',
    watch(context) {
      const order = new LogOrder();
      return {
        on: {
          siblingsWritten(o, e) {
            const merge = merges[o.merge];
            if (o.merged.length === 0 || merge === undefined || !order.isFirst(o.index, e)) return;
            const seen = JSON.stringify(o.value);
            for (const values of ordersOf(o.merged)) {
              const ways: [string, MergeValue][] = [
                ['in another order', values.reduce((a, b) => merge(a, b))],
                ['in another grouping', fromTheRight(values, merge)],
                ['with a value twice', [...values, values[0]!].reduce((a, b) => merge(a, b))],
              ];
              const other = ways.find(([, value]) => JSON.stringify(value) !== seen);
              if (other === undefined) continue;
              context.fail(
                `Merging ${JSON.stringify(o.merged)} of key ${o.key} by "${o.merge}" gave ${seen}; ${other[0]}, ${JSON.stringify(values)}, it gives ${JSON.stringify(other[1])}.`,
                [
                  {
                    at: e.at,
                    node: e.node,
                    text: `merged ${o.merged.length} values of ${o.key} at ${o.index}`,
                  },
                ],
              );
              return;
            }
          },
        },
      };
    },
  };
}
