import { expect, test } from 'vitest';
import { barrierSteps } from './barrier-steps.ts';

const generation = { generation: 0, fromUs: 0, toUs: 90, outcome: null, reason: null } as const;
const needed = [
  { atUs: 0, participants: [], needed: 1 },
  { atUs: 5, participants: ['p0', 'p1'], needed: 2 },
  { atUs: 10, participants: ['p0', 'p1', 'p2'], needed: 3 },
  { atUs: 30, participants: ['p0', 'p1'], needed: 2 },
  { atUs: 99, participants: ['p0'], needed: 1 },
];

test('each arrival is counted against what the barrier took at that instant, not at its beginning', () => {
  const arrived = [
    { atUs: 8, untilUs: -1, participant: 'p0' },
    { atUs: 30, untilUs: -1, participant: 'p1' },
  ];
  expect(barrierSteps({ needed }, { ...generation, arrived })).toEqual([
    { atUs: 8, arrived: 1, needed: 2 },
    { atUs: 10, arrived: 1, needed: 3 },
    { atUs: 30, arrived: 2, needed: 2 },
  ]);
});

test('it goes down again with one that leaves', () => {
  const arrived = [
    { atUs: 12, untilUs: 30, participant: 'p2' },
    { atUs: 20, untilUs: -1, participant: 'p1' },
  ];
  expect(barrierSteps({ needed }, { ...generation, arrived })).toEqual([
    { atUs: 12, arrived: 1, needed: 3 },
    { atUs: 20, arrived: 2, needed: 3 },
    { atUs: 30, arrived: 1, needed: 2 },
  ]);
});

test('without an arrival there is no step', () => {
  expect(barrierSteps({ needed }, { ...generation, arrived: [] })).toEqual([]);
});
