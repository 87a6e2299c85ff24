/** Leader append-only (paper, figure 3): a leader never overwrites or deletes entries in its log; it only appends new entries. */
import { LogBook } from '../log-book.ts';
import type { Property } from '../property.ts';

/** While it leads, a node only appends to its log. */
export const leaderAppendOnly: Property = {
  id: 'leader-append-only',
  sentence: 'A leader never overwrites or removes entries of its own log.',
  assumes: [],
  needs: 'nothing',
  watch(context) {
    const book = LogBook.of(context);
    /** The term that each node leads, 0 where it does not. */
    const leads = new Int32Array(context.hosts);
    const since = new Float64Array(context.hosts);
    const judge = (at: number, node: number): void => {
      const term = leads[node] as number;
      const { removedFrom: from, removedLast: last } = book;
      context.fail(
        `The leader n${node} of term ${term} removed ${from === last ? `entry ${from}` : `entries ${from} to ${last}`} from its own log.`,
        [
          { at: since[node] as number, node, text: `elected leader of term ${term}` },
          { at, node, text: `removed ${from}–${last}` },
        ],
      );
    };

    book.onRemoved((e) => {
      if ((leads[e.node] as number) > 0) judge(e.at, e.node);
    });
    return {
      on: {
        leaderElected: (o, e) => {
          leads[e.node] = o.term;
          since[e.node] = e.at;
        },
        steppedDown: (_, e) => {
          leads[e.node] = 0;
        },
        termChanged: (o, e) => {
          if (o.term !== leads[e.node]) leads[e.node] = 0;
        },
        crashed: (_, e) => {
          leads[e.node] = 0;
        },
        recovered: (_, e) => {
          leads[e.node] = 0;
        },
      },
    };
  },
};
