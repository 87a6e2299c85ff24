/** Which role a replica has, in which term, as its observations tell. */
import type { Observation } from '../core/observe.ts';

/** A role in a term. */
export interface RoleInTerm {
  readonly role: 'leader' | 'follower' | 'candidate' | 'pre-candidate';
  readonly term: number;
}

/**
 * The role that an observation tells of; null where it tells none. A rise of the term ends every reign and candidacy. A candidacy also ends without one, when
 * the leader of its term is heard; nothing is observed then, but what a leader sent is taken up, which candidates do not do.
 * @param before the role until then; null where none is known
 */
export function roleAfter(observation: Observation, before: RoleInTerm | null): RoleInTerm | null {
  const { kind, term, pre, leading } = observation as Readonly<Record<string, unknown>> & { kind: string };
  if (typeof term !== 'number') return null;
  switch (kind) {
    case 'leaderElected':
      return { role: 'leader', term };
    case 'campaigned':
      // A pre-candidate asks for the next term, and is still in its own.
      return pre === true ? { role: 'pre-candidate', term: term - 1 } : { role: 'candidate', term };
    case 'recovered':
    case 'termChanged':
    case 'steppedDown':
      return { role: 'follower', term };
    case 'entryAppended':
    case 'committed':
      if (before === null || leading !== false) return null;
      return before.role === 'candidate' || before.role === 'pre-candidate'
        ? { role: 'follower', term: before.term }
        : null;
    default:
      return null;
  }
}
