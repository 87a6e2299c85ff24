/**
 * State machine safety (paper, figure 3): if a server has applied a log entry at a given index to its state machine, no other
 * server will ever apply a different log entry for the same index. Entries alone are not enough: a machine that reads a clock turns the same entries into
 * different states. So the digests of state and reply after each index are compared as well, and those of snapshots.
 *
 * A commit index that reaches into a log that differs from what is committed is reported at once: those entries are about to be applied.
 */
import type { EntryKind } from '../../core/observe.ts';
import { float64With, int32With } from '../growing-table.ts';
import { LogBook } from '../log-book.ts';
import type { Property } from '../property.ts';

/** Entry kinds as integers from 1, for the table. */
function codeOf(kind: EntryKind): number {
  return kind === 'command' ? 1 : kind === 'noop' ? 2 : kind === 'configuration' ? 3 : 4;
}

/** One entry an index; one state and one reply an applied index. */
export const stateMachineSafety: Property = {
  id: 'state-machine-safety',
  sentence:
    'All nodes apply the same entry at an index, and have the same state and the same reply after it.',
  assumes: ['damage<=f'],
  needs: 'nothing',
  watch(context) {
    const book = LogBook.of(context);
    let highest = 0;
    // By index, as the first node that applied it saw it. A term of 0: not applied yet.
    let terms = new Int32Array(512);
    let kinds = new Int32Array(512);
    let digests = new Int32Array(512);
    let replies = new Int32Array(512);
    let nodes = new Int32Array(512);
    let times = new Float64Array(512);

    const first = (index: number): { at: number; node: number } => ({
      at: times[index] as number,
      node: nodes[index] as number,
    });
    const differs = (
      index: number,
      what: string,
      node: number,
      at: number,
      ours: string,
      theirs: string,
    ): void => {
      const before = first(index);
      const who = before.node === node ? `n${node} itself, earlier` : `n${before.node}`;
      context.fail(`${what} ${index}: n${node} has ${ours}, and ${who} had ${theirs}.`, [
        { ...before, text: `applied ${index}: ${theirs}` },
        { at, node, text: `at ${index}: ${ours}` },
      ]);
    };
    const hex = (digest: number): string => (digest >>> 0).toString(16).padStart(8, '0');
    /** Nothing is applied, or snapshotted, that nobody has declared committed; systems that declare nothing are not asked. */
    const beyondCommitted = (index: number, node: number, at: number, what: string): boolean => {
      const { committed } = book;
      if (committed.last === 0 || index <= committed.last) return false;
      context.fail(`n${node} ${what} ${index}, but nothing beyond ${committed.last} was committed.`, [
        {
          at: committed.atAt(committed.last),
          node: committed.byAt(committed.last),
          text: `committed ${committed.last}`,
        },
        { at, node, text: `${what} ${index}` },
      ]);
      return true;
    };
    const compareState = (index: number, digest: number, node: number, at: number): void => {
      if (index > highest || terms[index] === 0 || digests[index] === (digest | 0)) return;
      differs(
        index,
        'A snapshot differs from the state that was applied at',
        node,
        at,
        `state ${hex(digest)}`,
        `state ${hex(digests[index] as number)}`,
      );
    };

    return {
      on: {
        committed: (o, e) => {
          if (book.conflictAt === 0) return;
          const index = book.conflictAt;
          const log = book.log(e.node);
          const { committed } = book;
          if (index > committed.last) {
            context.fail(
              `n${e.node} raised its commit index to ${o.index}, but its log ends at ${log.last}.`,
              [{ at: e.at, node: e.node, text: `committed ${o.index}, last entry ${log.last}` }],
            );
            return;
          }
          const ours = index > log.last ? 'nothing' : `an entry of term ${log.termAt(index)}`;
          context.fail(
            `Two nodes hold different entries as committed at ${index}: n${e.node} has ${ours} there, n${committed.byAt(index)} had committed an entry of term ${committed.termAt(index)}.`,
            [
              {
                at: committed.atAt(index),
                node: committed.byAt(index),
                text: `committed ${index} (term ${committed.termAt(index)})`,
              },
              { at: e.at, node: e.node, text: `committed ${o.index}, with ${ours} at ${index}` },
            ],
          );
        },
        applied: (o, e) => {
          const index = o.index;
          if (index > book.committed.last && beyondCommitted(index, e.node, e.at, 'applied')) return;
          if (index >= terms.length) {
            terms = int32With(terms, index);
            kinds = int32With(kinds, index);
            digests = int32With(digests, index);
            replies = int32With(replies, index);
            nodes = int32With(nodes, index);
            times = float64With(times, index);
          }
          if (terms[index] === 0) {
            if (index > highest) highest = index;
            terms[index] = o.term;
            kinds[index] = codeOf(o.entry);
            digests[index] = o.digest;
            replies[index] = o.reply;
            nodes[index] = e.node;
            times[index] = e.at;
          } else if (terms[index] !== o.term || kinds[index] !== codeOf(o.entry)) {
            const theirs = `an entry of term ${terms[index] as number}`;
            differs(
              index,
              'Different entries were applied at',
              e.node,
              e.at,
              `an entry of term ${o.term} (${o.entry})`,
              theirs,
            );
          } else if (digests[index] !== (o.digest | 0)) {
            const theirs = `state ${hex(digests[index] as number)}`;
            differs(
              index,
              'The same entries led to different states at',
              e.node,
              e.at,
              `state ${hex(o.digest)}`,
              theirs,
            );
          } else if (replies[index] !== (o.reply | 0)) {
            const theirs = `reply ${hex(replies[index] as number)}`;
            differs(
              index,
              'The same entry was answered differently at',
              e.node,
              e.at,
              `reply ${hex(o.reply)}`,
              theirs,
            );
          }
        },
        snapshotTaken: (o, e) => {
          if (!beyondCommitted(o.index, e.node, e.at, 'took a snapshot of'))
            compareState(o.index, o.digest, e.node, e.at);
        },
        snapshotRestored: (o, e) => {
          if (!beyondCommitted(o.index, e.node, e.at, 'restored a snapshot of'))
            compareState(o.index, o.digest, e.node, e.at);
        },
      },
    };
  },
};
