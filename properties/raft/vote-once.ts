/**
 * A server votes for at most one candidate in a term, first come first served (paper, section 5.2), and remembers it
 * across restarts (figure 2, persistent state). A vote that has left the node and is not in the recovered state could be given a second time:
 * that is judged at the recovery already.
 */
import type { Property } from '../property.ts';

interface Vote {
  readonly candidate: number;
  readonly at: number;
  readonly boot: number;
}

/** At most one vote a node and term, across restarts. */
export const voteOnce: Property = {
  id: 'vote-once',
  sentence: 'A node votes for at most one candidate in a term, also across restarts.',
  assumes: ['damage<=f'],
  needs: 'nothing',
  watch(context) {
    const votes: Map<number, Vote>[] = Array.from({ length: context.hosts }, () => new Map());
    const highest: number[] = Array.from({ length: context.hosts }, () => 0);

    return {
      on: {
        voted: (o, e) => {
          const own = votes[e.node];
          if (own === undefined) return;
          const earlier = own.get(o.term);
          if (earlier === undefined) {
            own.set(o.term, { candidate: o.candidate, at: e.at, boot: e.boot });
            if (o.term > (highest[e.node] as number)) highest[e.node] = o.term;
          } else if (earlier.candidate !== o.candidate) {
            const restarted = earlier.boot === e.boot ? '' : ', before it restarted';
            context.fail(
              `n${e.node} voted twice in term ${o.term}: for n${earlier.candidate}${restarted}, and then for n${o.candidate}.`,
              [
                { at: earlier.at, node: e.node, text: `voted for n${earlier.candidate} in term ${o.term}` },
                { at: e.at, node: e.node, text: `voted for n${o.candidate} in term ${o.term}` },
              ],
            );
          }
        },
        recovered: (o, e) => {
          const term = highest[e.node] as number;
          const vote = votes[e.node]?.get(term);
          if (vote === undefined || o.term > term) return;
          if (o.term === term && o.votedFor === vote.candidate) return;
          const state =
            o.term < term
              ? `term ${o.term}`
              : o.votedFor === null
                ? `term ${o.term} without a vote`
                : `term ${o.term} with a vote for n${o.votedFor}`;
          context.fail(
            `n${e.node} forgot its vote: it had voted for n${vote.candidate} in term ${term}, and recovered ${state}, so that it can vote again.`,
            [
              { at: vote.at, node: e.node, text: `voted for n${vote.candidate} in term ${term}` },
              { at: e.at, node: e.node, text: `recovered ${state}` },
            ],
          );
        },
      },
    };
  },
};
