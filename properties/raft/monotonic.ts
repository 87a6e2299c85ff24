/**
 * What only grows: a node's term (paper, section 5.1), its commit index and what it applied (figure 2, volatile state), within a boot; and what a leader
 * knows of a follower's log (matchIndex, there), which a refusal takes nothing from.
 *
 * Across restarts commit and applied begin again. The term does not; but a term that a node had only in memory may be forgotten: no message carried
 * it. What must not be forgotten is a term that left the node, in a vote or with a leadership.
 */
import type { Property } from '../property.ts';

/** Term, commit index and applied index never go back. */
export const monotonic: Property = {
  id: 'monotonic',
  sentence:
    'Within a boot, term, commit and applied index never go back, nor does what a leader knows of a follower; a term that left a node survives its restart.',
  assumes: ['damage<=f'],
  needs: 'nothing',
  watch(context) {
    const boots = new Int32Array(context.hosts);
    const terms = new Int32Array(context.hosts);
    const termsOut = new Int32Array(context.hosts);
    const commits = new Int32Array(context.hosts);
    const applieds = new Int32Array(context.hosts);

    const boot = (node: number, number: number): void => {
      if (boots[node] === number) return;
      boots[node] = number;
      terms[node] = 0;
      commits[node] = 0;
      applieds[node] = 0;
    };
    const back = (what: string, from: number, to: number, at: number, node: number): void => {
      context.fail(`n${node}'s ${what} went back from ${from} to ${to}.`, [
        { at, node, text: `${what} ${to} after ${from}` },
      ]);
    };
    const leave = (node: number, term: number): void => {
      if (term > (termsOut[node] as number)) termsOut[node] = term;
    };

    return {
      on: {
        recovered: (o, e) => {
          boot(e.node, e.boot);
          const out = termsOut[e.node] as number;
          if (o.term < out) back('term', out, o.term, e.at, e.node);
          // An entry is never of a later term than its node: what it recovered contradicts itself.
          const entryTerm = o.terms.length > 0 ? (o.terms[o.terms.length - 1] as number) : o.baseTerm;
          if (o.term < entryTerm) back('term', entryTerm, o.term, e.at, e.node);
          terms[e.node] = o.term;
        },
        termChanged: (o, e) => {
          boot(e.node, e.boot);
          const term = terms[e.node] as number;
          if (o.term < term) back('term', term, o.term, e.at, e.node);
          terms[e.node] = o.term;
        },
        voted: (o, e) => {
          leave(e.node, o.term);
        },
        leaderElected: (o, e) => {
          leave(e.node, o.term);
        },
        committed: (o, e) => {
          boot(e.node, e.boot);
          const commit = commits[e.node] as number;
          if (o.index < commit) back('commit index', commit, o.index, e.at, e.node);
          commits[e.node] = o.index;
        },
        applied: (o, e) => {
          boot(e.node, e.boot);
          const applied = applieds[e.node] as number;
          if (o.index <= applied) back('applied index', applied, o.index, e.at, e.node);
          applieds[e.node] = o.index;
        },
        appendRefused: (o, e) => {
          if (o.match < o.known) back(`knowledge of n${o.by}'s log`, o.known, o.match, e.at, e.node);
        },
        snapshotRestored: (o, e) => {
          boot(e.node, e.boot);
          const applied = applieds[e.node] as number;
          if (o.index < applied) back('applied index', applied, o.index, e.at, e.node);
          applieds[e.node] = o.index;
          if (o.index > (commits[e.node] as number)) commits[e.node] = o.index;
        },
      },
    };
  },
};
