import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isVoter, majorityOf, quorumIndexOf, voteResult, votersOf } from './quorum.ts';
import type { Configuration } from './quorum.ts';

const voters = fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 });
const configuration = fc.record({
  incoming: voters,
  outgoing: fc.oneof(fc.constant<number[]>([]), voters),
  learners: fc.constant<number[]>([]),
});
const match = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 7, maxLength: 7 });

/** By definition: the greatest index that more than half of each half has reached. */
function slowQuorumIndex({ incoming, outgoing }: Configuration, values: readonly number[]): number {
  for (let index = 20; index > 0; index -= 1) {
    const held = (half: readonly number[]) =>
      half.length === 0 || half.filter((v) => (values[v] ?? 0) >= index).length >= majorityOf(half.length);
    if (held(incoming) && held(outgoing)) return index;
  }
  return 0;
}

describe('quorum algebra', () => {
  test('the quorum index is the greatest that a majority of each half has reached', () => {
    fc.assert(
      fc.property(configuration, match, (c, values) => {
        expect(quorumIndexOf(c, values)).toBe(slowQuorumIndex(c, values));
      }),
    );
  });

  test('two quorums of a configuration share a voter', () => {
    fc.assert(
      fc.property(configuration, fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), (c, side) => {
        const other = side.map((yes) => !yes);
        expect(voteResult(c, side) === 'won' && voteResult(c, other) === 'won').toBe(false);
      }),
    );
  });

  test('a vote is lost exactly when the missing answers cannot win it any more', () => {
    const answers = fc.array(fc.constantFrom(true, false, undefined), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(configuration, answers, (c, votes) => {
        const best = votes.map((vote) => vote ?? true);
        expect(voteResult(c, votes) === 'lost').toBe(voteResult(c, best) !== 'won');
      }),
    );
  });

  test('learners are no voters', () => {
    const c: Configuration = { incoming: [0, 1, 2], outgoing: [2, 3], learners: [4] };
    expect(votersOf(c)).toEqual([0, 1, 2, 3]);
    expect(isVoter(c, 4)).toBe(false);
    expect(isVoter(c, 3)).toBe(true);
  });
});
