/** The campaign that the design's picture shows, as a tally: twelve scenarios of a thousand seeds, three properties violated, one undecided. */
import { campaign, outcome } from '../campaign.test-support.ts';
import { binCount, binOf, edgesUs } from '../histogram.ts';
import type { Histogram } from '../histogram.ts';
import { emptyMeasures } from '../measures.ts';
import { addSeed, emptyTally } from '../tally.ts';
import type { CampaignTally, FindingData, ScenarioTally } from '../tally.ts';

const raft = [
  'election-safety',
  'vote-once',
  'leader-append-only',
  'log-matching',
  'leader-completeness',
  'state-machine-safety',
  'committed-durable',
  'monotonic',
  'configuration-order',
  'exactly-once',
];
const locks = [
  'lock-exclusion',
  'fencing-monotonic',
  'no-stale-write',
  'fifo-grants',
  'lease-not-early',
  'lease-not-late',
];
const barriers = ['barrier-not-early', 'barrier-one-outcome', 'cascade-order'];
const values = ['causality', 'merge-laws'];
const run = ['process-alive', 'progress'];
const [register, lock, barrier] = ['linearizable-register', 'linearizable-lock', 'linearizable-barrier'];

const faults = [
  ['message-lost', 1_904_211],
  ['message-delayed-tail', 611_840],
  ['partition-two-way', 41_877],
  ['partition-one-way', 19_340],
  ['crash-and-restart', 17_206],
  ['pause', 9_118],
  ['unsynced-write-lost', 6_604],
  ['clock-drift-over-rho', 4_012],
  ['fsync-failed', 911],
] as const;
const reaches = [
  ['snapshot-in-change', 'A snapshot arrived during a change of voters.', 0],
  ['deposed-uncommitted', 'A leader was deposed with uncommitted entries.', 8_411],
  ['lease-expired-paused', 'A lease expired while its holder was paused.', 2_204],
  ['granted-by-expiry', 'A queued acquire was granted by an expiry.', 1_977],
  ['stale-token-shown', 'A stale token was shown to the group.', 1_204],
  ['barrier-broke-waiting', 'A barrier broke with a child waiting.', 318],
  ['snapshot-installed', 'A snapshot was installed.', 206],
  ['merge-of-three', 'A merge ran on three siblings.', 97],
  ['vote-lost-fsync', 'A vote was lost to an fsync failure.', 12],
] as const;

interface Drawn {
  readonly name: string;
  readonly properties: readonly string[];
  readonly violated?: readonly (readonly [property: string, runs: number, from: number, message: string])[];
  readonly undecided?: readonly (readonly [property: string, searches: number])[];
  readonly off?: readonly (readonly [property: string, runs: number])[];
  readonly slow?: readonly (readonly [seed: number, events: number, ms: number])[];
}

const stale =
  'A write under a passed-on token was applied after its holder had been paused through its lease.';
const drawn: readonly Drawn[] = [
  { name: 'calm', properties: [...raft, ...locks, ...barriers, ...values, register, lock, barrier, ...run] },
  { name: 'split-votes', properties: [...raft, ...run] },
  { name: 'isolated-leader', properties: [...raft, ...values, register, ...run] },
  {
    name: 'ring-of-majorities',
    properties: [...raft, ...values, register, ...run],
    slow: [[48_211, 1_710_000, 1_220]],
  },
  {
    name: 'torn-disk',
    properties: [...raft, ...values, register, ...run],
    off: [['committed-durable', 41]],
    slow: [[3, 1_520_000, 970]],
  },
  {
    name: 'zombie-holder',
    properties: [...raft, ...locks, ...values, register, lock, ...run],
    violated: [['no-stale-write', 14, 184_467, stale]],
    slow: [[190_034, 1_660_000, 1_080]],
  },
  {
    name: 'lease-storm',
    properties: [...raft, ...locks, lock, ...run],
    violated: [['no-stale-write', 3, 190_000, stale]],
    slow: [[60_007, 1_440_000, 910]],
  },
  {
    name: 'drifting-clocks',
    properties: [...raft, ...locks, lock, ...run],
    off: [
      ['lease-not-early', 388],
      ['lease-not-late', 388],
    ],
  },
  {
    name: 'lock-convoy',
    properties: [...raft, ...locks, lock, ...run],
    undecided: [[lock, 4]],
    slow: [
      [771_203, 2_410_000, 1_920],
      [5_210, 1_470_000, 950],
    ],
  },
  {
    name: 'cascade-reset',
    properties: [...raft, ...barriers, barrier, ...run],
    violated: [
      [
        'barrier-one-outcome',
        2,
        20_915,
        'Generation 7 tripped for p2 and broke for p4, after a reset in the entry of the last arrival.',
      ],
    ],
  },
  {
    name: 'stale-reads',
    properties: [...raft, ...values, register, ...run],
    violated: [
      [
        register,
        1,
        90_211,
        'A get on a deposed leader returned a value that had been overwritten 212 ms before it began.',
      ],
    ],
    slow: [[8_812, 1_400_000, 880]],
  },
  {
    name: 'siblings',
    properties: [...raft, ...values, register, ...run],
    slow: [[12, 1_880_000, 1_400]],
  },
];

/** Counts in the shape of a bell on a log scale around each of these lengths, in microseconds. */
function bells(
  count: number,
  maxUs: number,
  ...around: readonly (readonly [us: number, wide: number, part: number])[]
): Histogram {
  const bins: { [bin: string]: number } = {};
  let total = 0;
  for (let bin = 1; bin < binCount - 1 && edgesUs[bin - 1]! <= maxUs; bin += 1) {
    const height = around.reduce(
      (sum, [us, wide, part]) => sum + part * Math.exp(-(((bin - binOf(us)) / wide) ** 2)),
      0,
    );
    const n = Math.round(height * count * 0.02);
    if (n > 0) bins[bin] = n;
    total += n;
  }
  const top = binOf(maxUs);
  bins[top] = (bins[top] ?? 0) + 1;
  return { count: total + 1, maxUs, bins };
}

/** The picture's campaign. */
export function pictureCampaign(): CampaignTally {
  const scenarios = drawn.map(toTally);
  Object.assign(scenarios[0]!, {
    faults: Object.fromEntries(faults),
    reach: Object.fromEntries(reaches.map(([name, , hits]) => [name, hits])),
    measures: {
      leader: bells(31_204, 2_910_000, [214_000, 14, 1], [600_000, 10, 0.12]),
      unavailable: bells(18_770, 4_660_000, [388_000, 11, 1], [1_400_000, 12, 0.3]),
      operation: bells(4_118_092, 4_980_000, [11_200, 9, 1], [64_000, 30, 0.07]),
      lease: bells(96_540, 60_000_000, [3_200_000, 16, 1], [10_000_000, 2, 1.4]),
      barrier: bells(22_016, 30_100_000, [742_000, 24, 1], [30_000_000, 1, 0.4]),
    },
  });
  return {
    ...campaign([]),
    version: '0.4.0',
    commit: 'b7e41c2',
    seeds: 1_000,
    scenarios,
    wallMs: 192_000,
  };
}

function toTally({
  name,
  properties,
  violated = [],
  undecided = [],
  off = [],
  slow = [],
}: Drawn): ScenarioTally {
  const about = {
    ...campaign([]).scenarios[0]!.about,
    ...{ name, properties, faults: [], reach: [], progressBoundUs: 5_000_000 },
    assumptions: off.map(([property]) => ({ property, assumes: ['drift<=rho'] })),
    reachSentences: reaches.map(([reach, sentence]) => ({ name: reach, sentence })),
  };
  const tally = emptyTally(about, 1, 1_000);
  const findings = violated.flatMap(([property, runs, from, message]) =>
    Array.from({ length: runs }, (_, i) => ({ seed: from + i * 7, finding: { property, message } })),
  );
  for (const { seed, finding } of findings) {
    const told: FindingData = { at: 4_182_000, seq: 3_911, nodes: [0], evidence: [], ...finding };
    addSeed(
      tally,
      { ...outcome(seed, [told]), elapsedMs: 40, faults: {}, reach: {}, measures: emptyMeasures() },
      3,
      null,
    );
  }
  tally.undecided = undecided.flatMap(([property, searches]) =>
    Array.from({ length: searches }, (_, i) => ({
      ...{ seed: 900 + i, property },
      message: `The search passed 2,000,000 states. Raise --max-states.`,
    })),
  );
  tally.switchedOff = off.map(([property, seeds]) => ({ property, seeds }));
  tally.seeds = 1_000;
  tally.events = 34_333_333;
  tally.virtualUs = 20_010_000_000;
  tally.slowest = slow.map(([seed, events, elapsedMs]) => ({ seed, events, elapsedMs }));
  return tally;
}
