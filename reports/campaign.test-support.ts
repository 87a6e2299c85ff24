/** Campaigns for tests of reports, with the figures of one that might have been. */
import { HistogramRecorder } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import { emptyMeasures } from './measures.ts';
import { addSeed, emptyTally } from './tally.ts';
import type { CampaignTally, FindingData, SeedOutcome } from './tally.ts';

export const lostEntry: FindingData = {
  property: 'committed-durable',
  message:
    "An acknowledged entry is lost. Entry 118 (term 3, put k7 = 41) was committed on the word of n0 and n2, but n2's disk did not hold it.",
  at: 4_182_000,
  seq: 3_911,
  nodes: [0, 2],
  evidence: [
    { at: 4_020_000, node: 0, text: 'committed 118, quorum {n0, n2}' },
    { at: 4_182_000, node: 2, text: 'recovered up to 117' },
  ],
};

/** The histogram of these lengths of time, in microseconds. */
export function lengths(us: readonly number[]): Histogram {
  const recorder = new HistogramRecorder();
  for (const one of us) recorder.add(one);
  return recorder.taken();
}

/** A seed that held, or that violated what is given. */
export function outcome(seed: number, findings: readonly FindingData[] = []): SeedOutcome {
  return {
    seed,
    hash: '8c1f0a52e9d4',
    events: 3_911,
    virtualUs: 30_000_000,
    elapsedMs: 12,
    findings,
    undecided: [],
    switchedOff: [],
    faults: { 'power-cut': 2 },
    reach: { 're-elected': 3 },
    counts: {
      observations: 500_000,
      operationsOk: 1_500,
      operationsFail: 2,
      operationsInfo: 1,
      messagesSent: 20_000,
      messagesLost: 300,
      crashes: 3,
      crashesInFsync: 1,
      partitions: 2,
    },
    measures: {
      ...emptyMeasures(),
      leader: lengths([214_000, 611_000 + seed]),
      operation: lengths([11_200, 1_900, 64_000]),
    },
    inForce:
      findings.length === 0 ? [] : [{ fault: 'power-cut', hosts: [2], fromUs: 4_031_000, toUs: 4_180_000 }],
    lastEvents:
      findings.length === 0
        ? []
        : [
            {
              seq: 3_701,
              at: 4_012_000,
              host: 2,
              kind: 'deliver',
              text: 'append 118 from n0, write started',
            },
            { seq: 3_890, at: 4_031_000, host: 2, kind: 'fault', text: 'power cut' },
          ],
  };
}

/** A campaign over one scenario with these outcomes. */
export function campaign(outcomes: readonly SeedOutcome[], minSeeds = 50): CampaignTally {
  const about = {
    name: 'crash-during-fsync',
    file: null,
    minSeeds,
    properties: ['committed-durable', 'linearizable-register'],
    faults: ['power-cut'],
    reach: ['re-elected'],
    line: null,
    assumptions: [],
    digest: 'd1',
  };
  const tally = emptyTally(about, 1, outcomes.length);
  for (const one of outcomes) {
    addSeed(
      tally,
      one,
      3,
      one.findings.length === 0 ? null : `stormglass-out/crash-during-fsync-${one.seed}.json`,
    );
  }
  return {
    version: '0.1.0',
    commit: '1a2b3c4',
    node: '20.20.2',
    workers: 2,
    first: 1,
    seeds: outcomes.length,
    shard: { index: 1, of: 1 },
    scenarios: [tally],
    complete: true,
    interrupted: false,
    nondeterminism: [],
    failures: [],
    reproLost: null,
    wallMs: 41_000,
  };
}
