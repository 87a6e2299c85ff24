/**
 * Election safety (paper, figure 3): at most one leader can be elected in a term. What makes it so is that a leader has the votes of
 * a majority in that very term; where votes are observed at all, they are counted too, so that a
 * vote of another term shows at the first election that it decides, not at the first that it decides wrongly.
 */
import type { Property } from '../property.ts';

interface Election {
  readonly node: number;
  readonly at: number;
}

/** At most one leader a term, elected by a majority of votes of that term. */
export const electionSafety: Property = {
  id: 'election-safety',
  sentence: 'At most one leader is elected in a term, by the votes of a majority in that term.',
  assumes: [],
  needs: 'nothing',
  watch(context) {
    const leaders = new Map<number, Election>();
    /** By voter: whom it voted for, by term. */
    const votes: Map<number, number>[] = Array.from({ length: context.hosts }, () => new Map());
    /** A system that never says who voted is judged by its leaders alone. */
    let votesAreTold = false;
    const needed = (context.servers.length >>> 1) + 1;
    const votersFor = (term: number, candidate: number): number[] =>
      context.servers.filter((server) => votes[server]?.get(term) === candidate);

    return {
      on: {
        voted: (o, e) => {
          votesAreTold = true;
          votes[e.node]?.set(o.term, o.candidate);
        },
        leaderElected: (o, e) => {
          const other = leaders.get(o.term);
          if (other !== undefined && other.node !== e.node) {
            context.fail(
              `Two leaders in term ${o.term}: n${other.node} was elected, and then n${e.node} too.`,
              [
                { at: other.at, node: other.node, text: `elected leader of term ${o.term}` },
                { at: e.at, node: e.node, text: `elected leader of term ${o.term}` },
              ],
            );
            return;
          }
          if (other === undefined) leaders.set(o.term, { node: e.node, at: e.at });
          if (!votesAreTold) return;
          const voters = votersFor(o.term, e.node);
          if (voters.length >= needed) return;
          context.fail(
            `n${e.node} became leader of term ${o.term} without a majority: in that term ${named(voters)} voted for it, and ${needed} of ${context.servers.length} votes are needed.`,
            [{ at: e.at, node: e.node, text: `elected leader of term ${o.term}, votes {${named(voters)}}` }],
          );
        },
      },
    };
  },
};

function named(nodes: readonly number[]): string {
  return nodes.length === 0 ? 'nobody' : nodes.map((node) => `n${node}`).join(', ');
}
