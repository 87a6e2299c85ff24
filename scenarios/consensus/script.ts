/**
 * The demonstration's run: a real one, of the package's own replicas and clients, whose load and faults are written down like a play. The seed decides what a script leaves
 * open: who wins an election, how long a message takes, what is lost.
 */
import { holderPause } from '../../sim/nemesis/clients.ts';
import { leaderCrash, outage } from '../../sim/nemesis/crashes.ts';
import type { Nemesis } from '../../sim/faults.ts';
import { selected } from '../../sim/targets.ts';
import { coordinationSafety } from '../catalogue/standards.ts';
import { scenario } from '../define.ts';
import { LAST_CREATION, LAST_GENERATION, LAST_TOKEN } from '../last-read.ts';
import { replica } from '../replica-system.ts';
import type { ClientPlan, PlannedOperation, Reach, Scenario } from '../scenario.ts';

/** When each chapter begins, in ms of virtual time. */
export const cues = {
  election: 0,
  replication: 1_500,
  failover: 3_000,
  snapshot: 6_500,
  lock: 15_000,
  barriers: 24_000,
  conflicts: 33_000,
  end: 38_000,
} as const;

type Cue = readonly [atMs: number, op: object];

/** Operations at their times: an open loop, in which each wait counts from the invocation before. */
function planOf(cues_: readonly Cue[]): ClientPlan {
  let beforeMs = 0;
  const operations = cues_.map(([atMs, op]): PlannedOperation => {
    const waitUs = Math.max(0, atMs - beforeMs) * 1_000;
    beforeMs = atMs;
    return { waitUs, op };
  });
  return { mode: 'open', operations };
}

const forge = { lock: 'forge', holder: 'work', token: LAST_TOKEN };
const guard = { lock: 'forge', token: LAST_TOKEN };
const acquire = (waitUs: number): object => ({
  f: 'acquire',
  lock: 'forge',
  holder: 'work',
  waitUs,
  ttlUs: 2_000_000,
});

function put(key: string, value: number | string): object {
  return { f: 'put', key, value };
}

/** The barriers, and when client `i` arrives at each. */
function atBarriers(i: number): readonly Cue[] {
  const { barriers } = cues;
  const create = [
    { f: 'createBarrier', barrier: 'full' },
    { f: 'createBarrier', barrier: 'partial', numerator: 3, denominator: 4 },
    { f: 'createBarrier', barrier: 'timed', timeoutUs: 1_000_000 },
    { f: 'createBarrier', barrier: 'above' },
    { f: 'createBarrier', barrier: 'below', parent: 'above' },
  ];
  const own = (barrier: string): object => ({ barrier, creation: LAST_CREATION, participant: `c${i}` });
  const arrive = (barrier: string): object => ({ f: 'arrive', ...own(barrier), generation: LAST_GENERATION });
  const tree = i < 2 ? 'below' : 'above';
  return [
    ...create.map((op, n): Cue => [barriers - 1_200 + 60 * n, op]),
    ...['full', 'partial', 'timed', tree].map((barrier, n): Cue => [
      barriers - 500 + 60 * n,
      { f: 'register', ...own(barrier) },
    ]),
    [barriers + 600 + 300 * i, arrive('full')],
    // The last one does not come to the partial barrier, nor to the timed one.
    ...(i < 3
      ? [
          [barriers + 2_300 + 300 * i, arrive('partial')] as Cue,
          [barriers + 4_300 + 100 * i, arrive('timed')] as Cue,
        ]
      : []),
    // Those below are there first, and wait for those above.
    [barriers + 6_300 + (i < 2 ? 0 : 600) + 200 * (i % 2), arrive(tree)],
  ];
}

function inConflict(i: number): readonly Cue[] {
  if (i < 2) return [];
  // Clocks drift by a hundredth: early enough after the cue for the fastest.
  const at = cues.conflicts + 700 + (i - 2) * 40;
  const write = (key: string, value: number | string): object => ({
    f: 'putSiblings',
    key,
    actor: `c${i}`,
    value,
  });
  return [
    [at, write('lww:', `by c${i}`)],
    [at + 600, write('max:', i * 10)],
    [at + 1_200, write('app:', `by c${i}`)],
    [at + 1_800, write('reject:', `by c${i}`)],
  ];
}

function plans(): readonly ClientPlan[] {
  const zombie: Cue[] = [
    [1_600, put('greeting', 'hello')],
    [cues.lock + 100, acquire(0)],
    [cues.lock + 500, { ...put('anvil', 'by c0'), guard }],
    // It falls asleep before that, and writes when it wakes.
    [cues.lock + 5_900, { ...put('anvil', 'by c0, who slept'), guard }],
  ];
  const renew = { f: 'renew', ...forge, roundTripUs: 0 };
  const successor: Cue[] = [
    [2_200, put('greeting', 'hello again')],
    [3_200, put('while', 'the leader is gone')],
    [cues.lock + 700, acquire(10_000_000)],
    [cues.lock + 3_000, { ...put('anvil', 'by c1'), guard }],
    [cues.lock + 3_600, renew],
    [cues.lock + 4_800, renew],
    [cues.lock + 6_200, renew],
    [cues.lock + 7_400, { f: 'release', ...forge }],
  ];
  const busy: Cue[] = Array.from({ length: 60 }, (_, n): Cue => [
    cues.snapshot + 600 + 60 * n,
    put(`k${n % 8}`, n),
  ]);
  return [zombie, successor, busy, [] as Cue[]].map((own, i) =>
    planOf([...own, ...atBarriers(i), ...inConflict(i)]),
  );
}

/** Faults at their times. */
const faults: Nemesis = {
  faults: [leaderCrash, outage, holderPause],
  drawEpisodes: () => [
    {
      fault: leaderCrash.id,
      when: { atUs: cues.failover * 1_000 },
      durationUs: 2_000_000,
      target: selected('leader'),
      args: {},
    },
    {
      fault: outage.id,
      when: { atUs: (cues.snapshot + 300) * 1_000 },
      durationUs: 6_000_000,
      target: selected('follower'),
      args: {},
    },
    {
      fault: holderPause.id,
      when: { atUs: (cues.lock + 1_000) * 1_000 },
      durationUs: 5_000_000,
      target: selected('lock-holder'),
      args: {},
    },
  ],
};

/** The play. @param listeners hear what happens as it happens */
export function demonstration(listeners: readonly Reach[]): Scenario {
  return scenario({
    name: 'demonstration',
    summary:
      'An election, a failover, a snapshot, a zombie at a lock, barriers and conflicts: the story that `consensus` tells.',
    nodes: 3,
    clients: 4,
    durationMs: cues.end,
    process: replica({
      ...{ batchEntries: 64, windowAppends: 16, snapshotEvery: 20, keptBehind: 4, pendingProposals: 128 },
      ...{
        uncompactedEntries: 10_000,
        batchBytes: 262_144,
        windowBytes: 1_048_576,
        uncommittedBytes: 16_777_216,
      },
      ...{ chunkBytes: 65_536, readsAt: 'leader' },
    }),
    workload: { draw: ({ client }) => plans()[client]! },
    faults: [faults],
    properties: coordinationSafety,
    reach: listeners,
  });
}
