/**
 * Log matching (paper, figure 3): if two logs contain an entry with the same index and term, then the logs are identical in
 * all entries up through the given index. Every (index, term) has one chain, whoever holds it; a log without a gap is part of that.
 */
import { int32With } from '../growing-table.ts';
import { LogBook } from '../log-book.ts';
import type { Property } from '../property.ts';

/** Below 2^53 with 2^21 terms an index. */
const termsPerIndex = 0x200000;

/** Same index and term: the same log up to there. */
export const logMatching: Property = {
  id: 'log-matching',
  sentence: 'Two logs that hold an entry of the same index and term are identical up to it.',
  assumes: ['damage<=f'],
  needs: 'nothing',
  watch(context) {
    const book = LogBook.of(context);
    // The first term seen at each index stands in tables; the few others, which conflicts leave behind, in a map.
    let terms = new Int32Array(512);
    let chains = new Int32Array(512);
    let owners = new Int32Array(512);
    const others = new Map<number, { readonly chain: number; readonly node: number }>();

    const mismatch = (index: number, term: number, at: number, node: number, other: number): void => {
      context.fail(
        `The logs of n${other} and n${node} do not match: both have entry ${index} of term ${term}, but what stands at or before it differs.`,
        [
          { at, node: other, text: `held ${index} (term ${term})` },
          { at, node, text: `holds ${index} (term ${term}) after other entries` },
        ],
      );
    };
    const see = (index: number, term: number, at: number, node: number): void => {
      const log = book.log(node);
      if (!log.anchored) return;
      const chain = log.chainAt(index);
      if (index >= terms.length) {
        terms = int32With(terms, index);
        chains = int32With(chains, index);
        owners = int32With(owners, index);
      }
      const first = terms[index] as number;
      if (first === term) {
        if (chains[index] !== chain) mismatch(index, term, at, node, owners[index] as number);
      } else if (first === 0) {
        terms[index] = term;
        chains[index] = chain;
        owners[index] = node;
      } else {
        const key = index * termsPerIndex + term;
        const other = others.get(key);
        if (other === undefined) others.set(key, { chain, node });
        else if (other.chain !== chain) mismatch(index, term, at, node, other.node);
      }
    };

    return {
      on: {
        entryAppended: (o, e) => {
          if (book.gapAfter >= 0)
            context.fail(
              `n${e.node}'s log has a gap: entry ${o.index} was appended although it ended at ${book.gapAfter}.`,
              [{ at: e.at, node: e.node, text: `appended ${o.index} after ${book.gapAfter}` }],
            );
          else see(o.index, o.term, e.at, e.node);
        },
        recovered: (_, e) => {
          // The chain at the last entry speaks for the whole log that was read back.
          const log = book.log(e.node);
          if (log.last > log.base) see(log.last, log.termAt(log.last), e.at, e.node);
        },
      },
    };
  },
};
