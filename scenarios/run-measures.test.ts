/** What is measured of a run, from its observations. */
import { describe, expect, test } from 'vitest';
import type { Observation } from '../core/observe.ts';
import type { GroupFacts, Handlers } from '../properties/property.ts';
import { quantileUs } from '../reports/histogram.ts';
import type { Histogram } from '../reports/histogram.ts';
import type { Measures } from '../reports/measures.ts';
import lossyAndSlow from './catalogue/lossy-and-slow.ts';
import lockStorm from './catalogue/lock-storm.ts';
import barrierResets from './catalogue/barrier-resets.ts';
import { RunMeasures } from './run-measures.ts';
import { runSeed } from './run-seed.ts';

type Told = readonly [at: number, node: number, observation: Observation, group?: number];

/** The measures of these observations, `at` in milliseconds. */
function measure(told: readonly Told[], groups?: readonly GroupFacts[]): Measures {
  const measures = new RunMeasures();
  const on: Handlers = measures.on(groups);
  told.forEach(([at, node, observation, group = 0], seq) => {
    on[observation.kind]?.(observation as never, { at: at * 1000, node, group, boot: 1, seq });
  });
  return measures.taken();
}

const elected = (term: number): Observation => ({ kind: 'leaderElected', term, lastIndex: 0, lastTerm: 0 });
const campaigned = (term: number): Observation => ({
  kind: 'campaigned',
  term,
  pre: false,
  byTransfer: false,
});
const committed: Observation = { kind: 'committed', index: 1, term: 1, leading: true };
const learnt: Observation = { ...committed, leading: false };
const crashed: Observation = { kind: 'crashed', power: false };
const down: Observation = { kind: 'steppedDown', term: 2, reason: 'higher-term', uncommitted: 0 };

/** How many, and the longest in milliseconds: both are exact. */
const shown = ({ count, maxUs }: Histogram): readonly number[] => [count, maxUs / 1000];

describe('leaders', () => {
  test('the first is waited for from the start on, and commands from its first commit', () => {
    const { leader, unavailable } = measure([
      [200, 1, campaigned(1)],
      [214, 1, elected(1)],
      [230, 0, learnt],
      [240, 1, committed],
      [250, 1, committed],
    ]);
    expect([shown(leader), shown(unavailable)]).toEqual([
      [1, 214],
      [1, 240],
    ]);
  });

  const first: readonly Told[] = [
    [0, 0, elected(1)],
    [0, 0, committed],
  ];

  test.each([
    ['crashed', crashed],
    ['stepped down', down],
    ['stood still', { kind: 'paused' }],
    ['stopped', { kind: 'stopped', code: 'DISK_FAILED', message: '' }],
  ] as const)('one that %s is missed from then on', (_, lost) => {
    const { leader, unavailable } = measure([
      ...first,
      [1000, 0, lost],
      [1300, 1, campaigned(2)],
      [1400, 1, elected(2)],
      [1450, 1, committed],
    ]);
    expect([shown(leader), shown(unavailable)]).toEqual([
      [2, 400],
      [2, 450],
    ]);
  });

  test('one that was cut off is missed from the first candidacy after its last commit', () => {
    const { leader, unavailable } = measure([
      ...first,
      [100, 2, campaigned(2)],
      [500, 0, committed],
      [900, 1, campaigned(3)],
      [1000, 2, campaigned(4)],
      [1100, 2, elected(4)],
      [1150, 2, committed],
      [1500, 0, down],
    ]);
    expect([shown(leader), shown(unavailable)]).toEqual([
      [2, 200],
      [2, 250],
    ]);
  });

  test('one that stands still and goes on was unavailable, and nobody was elected', () => {
    const { leader, unavailable } = measure([
      ...first,
      [1000, 0, { kind: 'paused' }],
      [1080, 0, { kind: 'resumed' }],
      [1090, 0, committed],
    ]);
    expect([shown(leader), shown(unavailable)]).toEqual([
      [1, 0],
      [2, 80],
    ]);
  });

  test('one that falls before it commits ends its search, and the spell goes on', () => {
    const { leader, unavailable } = measure([
      ...first,
      [1000, 0, crashed],
      [1200, 1, elected(2)],
      [1300, 1, crashed],
      [1800, 2, elected(3)],
      [1900, 2, committed],
    ]);
    expect([shown(leader), shown(unavailable)]).toEqual([
      [3, 500],
      [2, 900],
    ]);
  });

  test('another host that crashes, and one that hears of an older election, change nothing', () => {
    const { leader, unavailable } = measure([
      [0, 0, elected(5)],
      [0, 0, committed],
      [100, 1, crashed],
      [200, 2, elected(4)],
      [300, 0, committed],
    ]);
    expect([shown(leader), shown(unavailable)]).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  test('of several groups each has its own; a crash takes them all', () => {
    const groups = [
      { id: 0, voters: [0, 1] },
      { id: 1, voters: [0, 1] },
    ];
    const { leader } = measure(
      [
        [10, 0, elected(1), 0],
        [30, 0, elected(1), 1],
        [100, 0, crashed],
        [140, 1, elected(2), 0],
        [190, 1, elected(2), 1],
      ],
      groups,
    );
    expect(shown(leader)).toEqual([4, 90]);
  });

  test('what the end of the run cuts short is not counted', () => {
    const { leader, unavailable } = measure([...first, [1000, 0, crashed]]);
    expect([shown(leader), shown(unavailable)]).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });
});

describe('operations, leases, barriers', () => {
  const invoked = (process: number): Observation => ({ kind: 'invoked', process, id: process, op: null });
  const done = (process: number, outcome: 'ok' | 'fail' | 'info'): Observation => ({
    ...{ kind: 'completed', process, id: process, outcome, value: null, place: 0, session: 0, number: 0 },
  });

  test('operations count where they ended ok', () => {
    const { operation } = measure([
      [0, 3, invoked(0)],
      [0, 3, invoked(1)],
      [0, 4, invoked(2)],
      [5, 3, done(0, 'ok')],
      [9, 3, done(1, 'fail')],
      [99, 4, done(2, 'info')],
    ]);
    expect(shown(operation)).toEqual([1, 5]);
  });

  test('a lock is held from the first replica that grants it to the first that frees it, whatever it is called', () => {
    const granted = (index: number, lock: string): Observation => ({
      ...{ kind: 'lockGranted', index, lock, session: 1, holder: 'c', number: 1 },
      ...{ token: 1, ttlUs: 1, queuedAt: 0 },
    });
    const freed = (index: number, lock: string): Observation => ({
      ...{ kind: 'lockFreed', index, lock, session: 1, token: 1, version: 1, reason: 'expired' },
    });
    const { lease } = measure([
      [0, 0, granted(1, '__proto__')],
      [10, 1, granted(1, '__proto__')],
      [20, 0, granted(2, 'constructor')],
      [300, 1, freed(3, '__proto__')],
      [310, 0, freed(3, '__proto__')],
      [320, 0, freed(4, 'constructor')],
    ]);
    expect(shown(lease)).toEqual([2, 300]);
  });

  test('who arrives waits until answered', () => {
    const of = { barrier: 'b', creation: 1, generation: 1, session: 7 };
    const { barrier } = measure([
      [0, 0, { kind: 'barrierArrived', index: 1, ...of, participant: 'p', number: 1 }],
      [40, 0, { kind: 'barrierArrived', index: 2, ...of, participant: 'q', number: 2 }],
      [40, 0, { kind: 'barrierAnswered', index: 2, ...of, number: 1, outcome: 'tripped' }],
      [40, 0, { kind: 'barrierAnswered', index: 2, ...of, number: 2, outcome: 'tripped' }],
      [55, 1, { kind: 'barrierArrived', index: 2, ...of, participant: 'q', number: 2 }],
      [55, 1, { kind: 'barrierAnswered', index: 2, ...of, number: 1, outcome: 'tripped' }],
    ]);
    expect(shown(barrier)).toEqual([2, 40]);
  });
});

test('real runs: elections take about an election timeout, every ok operation and holding is there, and replays measure the same', () => {
  const run = runSeed(lossyAndSlow, 1);
  const { leader, unavailable, operation } = run.measures;
  expect(quantileUs(leader, 0.5)).toBeGreaterThan(100_000);
  expect(quantileUs(leader, 0.5)).toBeLessThan(5_000_000);
  expect(unavailable.count).toBeGreaterThan(0);
  expect(unavailable.count).toBeLessThanOrEqual(leader.count);
  expect(operation.count).toBe(run.counts.operationsOk);
  expect(runSeed(lossyAndSlow, 1).measures).toEqual(run.measures);
  expect(runSeed(lockStorm, 1).measures.lease.count).toBeGreaterThan(10);
  expect(runSeed(barrierResets, 1).measures.barrier.count).toBeGreaterThan(10);
});
