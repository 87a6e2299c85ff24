import { expect, test } from 'vitest';
import type { Observation } from '../core/observe.ts';
import type { Random } from '../core/ports.ts';
import type { WorldPlan } from '../sim/plan.ts';
import { GroupSelectors, RaftSelectors } from './raft-selectors.ts';

const plan = { servers: 5 } as WorldPlan;
const first: Random = { below: () => 0, between: (min) => min };
const last: Random = { below: (bound) => bound - 1, between: (_, max) => max };

function see(selectors: GroupSelectors, group: number, node: number, observation: Observation): void {
  selectors.observe(observation, { at: 0, node, group, boot: 1, seq: 1 });
}

const elected = (term: number): Observation => ({ kind: 'leaderElected', term, lastIndex: 0, lastTerm: 0 });

test('the leader is that of a group drawn, though another group counts higher terms', () => {
  const selectors = new GroupSelectors([
    { id: 1, voters: [0, 1, 2] },
    { id: 2, voters: [2, 3, 4] },
  ]);
  see(selectors, 1, 1, elected(3));
  see(selectors, 2, 4, elected(9));
  expect(selectors.resolve('leader', first, plan)).toEqual([1]);
  expect(selectors.resolve('leader', last, plan)).toEqual([4]);
  expect(selectors.resolve('follower', first, plan)).toEqual([0]);
  expect(selectors.resolve('follower', last, plan)).toEqual([3]);
  // A host that leads nothing any more: the next group that has a leader is meant. A crash is the world's word, to all groups.
  see(selectors, 0, 1, { kind: 'crashed', power: false });
  expect(selectors.resolve('leader', first, plan)).toEqual([4]);
  see(selectors, 0, 4, { kind: 'crashed', power: false });
  expect(selectors.resolve('leader', first, plan)).toEqual([]);
});

test('of one group all servers are voters', () => {
  const selectors = new RaftSelectors();
  selectors.observe(elected(1), { at: 0, node: 4, group: 0, boot: 1, seq: 1 });
  expect(selectors.resolve('leader', first, plan)).toEqual([4]);
  expect(selectors.resolve('follower', last, plan)).toEqual([3]);
});
