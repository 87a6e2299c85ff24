import { describe, expect, test } from 'vitest';
import type { Observation } from '../core/observe.ts';
import { roleAfter } from './roles.ts';
import type { RoleInTerm } from './roles.ts';

/** The role after these observations. */
function after(observations: readonly Observation[]): RoleInTerm | null {
  return observations.reduce<RoleInTerm | null>((role, one) => roleAfter(one, role) ?? role, null);
}

const campaigned = (term: number, pre: boolean): Observation => ({
  kind: 'campaigned',
  term,
  pre,
  byTransfer: false,
});
const committed = (leading: boolean): Observation => ({ kind: 'committed', index: 7, term: 1, leading });

describe('the role of a replica', () => {
  test('is that of a pre-candidate in its own term, while it asks for the next', () => {
    expect(after([campaigned(9, true)])).toEqual({ role: 'pre-candidate', term: 8 });
    expect(after([campaigned(9, true), campaigned(9, false)])).toEqual({ role: 'candidate', term: 9 });
  });

  test('is a follower again once what a leader sent is taken up, in the same term', () => {
    expect(after([campaigned(9, true), committed(false)])).toEqual({ role: 'follower', term: 8 });
    expect(after([campaigned(9, false), committed(false)])).toEqual({ role: 'follower', term: 9 });
  });

  test('stays what it is where it committed as leader, or where nothing is known', () => {
    expect(after([{ kind: 'leaderElected', term: 3, lastIndex: 1, lastTerm: 2 }, committed(true)])).toEqual({
      role: 'leader',
      term: 3,
    });
    expect(after([committed(false)])).toBeNull();
  });

  test('ends with a rise of the term', () => {
    expect(after([campaigned(9, false), { kind: 'termChanged', term: 10 }])).toEqual({
      role: 'follower',
      term: 10,
    });
  });
});
