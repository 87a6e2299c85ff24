/**
 * Leader completeness (paper, figure 3): if a log entry is committed in a given term, then that entry will be present in the logs of the
 * leaders for all higher-numbered terms. The term in which an entry was *committed* counts, not its own (figure 8).
 *
 * The loss itself is judged, not the rule of section 5.4.2 that prevents it: by counting replicas a leader commits entries of its own term only.
 */
import { LogBook } from '../log-book.ts';
import type { Property } from '../property.ts';

/** A new leader holds whatever was committed in earlier terms. */
export const leaderCompleteness: Property = {
  id: 'leader-completeness',
  sentence: 'A new leader holds every entry that was committed in an earlier term.',
  assumes: ['damage<=f'],
  needs: 'nothing',
  watch(context) {
    const book = LogBook.of(context);
    return {
      on: {
        leaderElected: (o, e) => {
          const { committed } = book;
          let index = committed.last;
          // What a later leader committed before the news of this election came says nothing about this one.
          while (index > 0 && committed.inTermAt(index) >= o.term) index -= 1;
          if (index === 0) return;
          const log = book.log(e.node);
          if (book.holdsCommitted(log, index)) return;
          const missing = book.agreedUpTo(log, index) + 1;
          const held =
            log.last < missing
              ? `its log ends at ${log.last}`
              : `its log has an entry of term ${log.termAt(missing)} there`;
          context.fail(
            `n${e.node} became leader of term ${o.term} without entry ${missing} (term ${committed.termAt(missing)}), which n${committed.byAt(missing)} had committed in term ${committed.inTermAt(missing)}: ${held}.`,
            [
              {
                at: committed.atAt(missing),
                node: committed.byAt(missing),
                text: `committed ${missing} (term ${committed.termAt(missing)}) in term ${committed.inTermAt(missing)}`,
              },
              {
                at: e.at,
                node: e.node,
                text: `elected leader of term ${o.term}, last entry ${o.lastIndex} (term ${o.lastTerm})`,
              },
            ],
          );
        },
      },
    };
  },
};
