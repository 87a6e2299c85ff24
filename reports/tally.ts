/**
 * What a campaign adds up, scenario by scenario, as plain data. Seeds are added one by one; sums do not depend on their order, and
 * of each kind of violation (a property in a scenario) the lowest seed is the one that is told.
 */
import { addHashes, emptyHash } from './campaign-hash.ts';
import type { ScenarioTest } from './commands.ts';
import { addMeasures, emptyMeasures } from './measures.ts';
import type { Measures } from './measures.ts';
import type { Story } from './story-step.ts';

/** One observation that speaks for a violation. `at` in virtual microseconds. */
export interface EvidenceData {
  readonly at: number;
  readonly node: number;
  readonly text: string;
}

/** What broke. */
export interface FindingData {
  readonly property: string;
  readonly message: string;
  readonly at: number;
  readonly seq: number;
  readonly nodes: readonly number[];
  readonly evidence: readonly EvidenceData[];
  readonly details?: readonly string[];
}

/** A fault in force around a violation; `toUs` is Infinity while it lasts. */
export interface FaultData {
  readonly fault: string;
  readonly hosts: readonly number[];
  readonly fromUs: number;
  readonly toUs: number;
}

/** An event of a trace. */
export interface EventData {
  readonly seq: number;
  readonly at: number;
  readonly host: number;
  readonly kind: string;
  readonly text: string;
}

/** What a run counted. */
export interface CountData {
  readonly observations: number;
  readonly operationsOk: number;
  readonly operationsFail: number;
  readonly operationsInfo: number;
  readonly messagesSent: number;
  readonly messagesLost: number;
  readonly crashes: number;
  readonly crashesInFsync: number;
  readonly partitions: number;
}

/** The outcome of one seed. */
export interface SeedOutcome {
  readonly seed: number;
  /** Null where the run has none: an event never ended. */
  readonly hash: string | null;
  readonly events: number;
  readonly virtualUs: number;
  readonly elapsedMs: number;
  readonly findings: readonly FindingData[];
  readonly undecided: readonly { readonly property: string; readonly message: string }[];
  readonly switchedOff: readonly string[];
  readonly faults: { readonly [fault: string]: number };
  readonly reach: { readonly [name: string]: number };
  readonly counts: CountData;
  readonly measures: Measures;
  readonly inForce: readonly FaultData[];
  readonly lastEvents: readonly EventData[];
  /** Of the first finding, where its run could be recorded. */
  readonly story?: Story;
}

/** A violation as it is told: of its kind, the one of the lowest seed. */
export interface ToldViolation {
  readonly scenario: string;
  readonly seed: number;
  readonly servers: number;
  readonly finding: FindingData;
  readonly inForce: readonly FaultData[];
  readonly lastEvents: readonly EventData[];
  /** What led to it; of a run with several findings the first has one. */
  readonly story?: Story;
  /** Path of the repro file; null where there is none. */
  readonly repro: string | null;
  /** The user's file that holds the scenario, as people type it; null for the catalogue's. */
  readonly file: string | null;
  /** The test that ran it, where one did. */
  readonly test?: ScenarioTest;
}

/** A property that was violated in a scenario, with every seed that shows it. */
export interface ViolationKind {
  readonly property: string;
  seeds: number[];
  told: ToldViolation;
}

/** What a scenario is called and must reach. */
export interface ScenarioAbout {
  readonly name: string;
  /** The user's file that holds it, as people type it; null for the catalogue's. */
  readonly file: string | null;
  readonly minSeeds: number;
  readonly properties: readonly string[];
  readonly faults: readonly string[];
  readonly reach: readonly string[];
  /** What it means to have been there, in a sentence, of those reaches that say so. */
  readonly reachSentences?: readonly { readonly name: string; readonly sentence: string }[];
  /** Bound of `progress`, in microseconds of virtual time, where the scenario watches that. */
  readonly progressBoundUs?: number | null;
  /** Line of the file on which it is defined, from 1; null where that is not known, or `file` is null. */
  readonly line: number | null;
  /** What properties assume of a plan, of those that assume anything: `drift<=rho`. */
  readonly assumptions: readonly { readonly property: string; readonly assumes: readonly string[] }[];
  /** Digest of the code that runs it, hex: shards of another one are not added up. Null where nobody will ask. */
  readonly digest: string | null;
  /** The test that ran it, where one did: `file` and `line` are then the test's. */
  readonly test?: ScenarioTest;
}

/** A seed that took long, in wall time of its worker. */
export interface SlowSeed {
  readonly seed: number;
  readonly events: number;
  /** In tenths. */
  readonly elapsedMs: number;
}

/** How many of the slowest seeds are kept, of a scenario and of a campaign. */
export const maxSlowest = 8;

/** The sums of one scenario. */
export interface ScenarioTally {
  readonly about: ScenarioAbout;
  readonly firstSeed: number;
  /** Seeds that were asked for, and seeds done. */
  readonly planned: number;
  seeds: number;
  /** Seeds that were run twice more, in lockstep. */
  verified: number;
  /** Seeds of which the result is not to be trusted: they differed when run again, or could not be run. */
  troubled: number;
  events: number;
  virtualUs: number;
  elapsedMs: number;
  hash: string;
  faults: { [fault: string]: number };
  reach: { [name: string]: number };
  /** Properties that were not watched in some seeds, whose plans break what they assume. */
  switchedOff: { readonly property: string; seeds: number }[];
  counts: { -readonly [K in keyof CountData]: CountData[K] };
  measures: Measures;
  /** Slowest first, `maxSlowest` at most. */
  slowest: readonly SlowSeed[];
  kinds: ViolationKind[];
  violations: { seed: number; property: string; message: string; repro: string | null }[];
  undecided: { seed: number; property: string; message: string }[];
}

/** A seed whose run could not be judged: it differed when it was run twice, or the testbed itself failed. */
export interface Trouble {
  readonly scenario: string;
  readonly seed: number;
  readonly message: string;
  /** The user's file that holds the scenario, as people type it; null for the catalogue's. */
  readonly file: string | null;
  /** Where it broke, for `--debug`; null where nothing threw. */
  readonly trace: string | null;
}

/** A campaign, over or cut. */
export interface CampaignTally {
  readonly version: string;
  readonly commit: string;
  readonly node: string;
  readonly workers: number;
  readonly first: number;
  /** Seeds asked for, over all shards. */
  readonly seeds: number;
  readonly shard: { readonly index: number; readonly of: number };
  readonly scenarios: ScenarioTally[];
  /** False where a time limit, an interruption or the first violation ended it early. */
  complete: boolean;
  interrupted: boolean;
  nondeterminism: Trouble[];
  failures: Trouble[];
  /** Why a repro could not be written, of the first that could not; null where none failed. */
  reproLost: string | null;
  /** Wall time. */
  wallMs: number;
}

/** The tally of a scenario of which nothing was run yet; faults and reaches stand there with 0. */
export function emptyTally(about: ScenarioAbout, firstSeed: number, planned: number): ScenarioTally {
  return {
    about,
    firstSeed,
    planned,
    seeds: 0,
    verified: 0,
    troubled: 0,
    events: 0,
    virtualUs: 0,
    elapsedMs: 0,
    hash: emptyHash,
    faults: Object.fromEntries(about.faults.map((name) => [name, 0])),
    reach: Object.fromEntries(about.reach.map((name) => [name, 0])),
    switchedOff: [],
    counts: {
      observations: 0,
      operationsOk: 0,
      operationsFail: 0,
      operationsInfo: 0,
      messagesSent: 0,
      messagesLost: 0,
      crashes: 0,
      crashesInFsync: 0,
      partitions: 0,
    },
    measures: emptyMeasures(),
    slowest: [],
    kinds: [],
    violations: [],
    undecided: [],
  };
}

/** Adds the outcome of one seed. `servers` tells servers from clients in what is told; `repro` is the path of its file. */
export function addSeed(
  tally: ScenarioTally,
  outcome: SeedOutcome,
  servers: number,
  repro: string | null,
): void {
  tally.seeds += 1;
  tally.events += outcome.events;
  tally.virtualUs += outcome.virtualUs;
  tally.elapsedMs += outcome.elapsedMs;
  if (outcome.hash !== null) tally.hash = addHashes(tally.hash, outcome.hash);
  addCounts(tally.faults, outcome.faults);
  addCounts(tally.reach, outcome.reach);
  for (const name of Object.keys(tally.counts) as (keyof CountData)[]) {
    tally.counts[name] += outcome.counts[name];
  }
  tally.measures = addMeasures(tally.measures, outcome.measures);
  const { seed, events } = outcome;
  // Rounded before they are compared: a document holds tenths, and shards are to come to what one run comes to.
  tally.slowest = slowestOf(tally.slowest, [
    { seed, events, elapsedMs: Math.round(outcome.elapsedMs * 10) / 10 },
  ]);
  for (const property of outcome.switchedOff) {
    const known = tally.switchedOff.find((off) => off.property === property);
    if (known === undefined) tally.switchedOff.push({ property, seeds: 1 });
    else known.seeds += 1;
  }
  for (const open of outcome.undecided) tally.undecided.push({ seed: outcome.seed, ...open });
  for (const finding of outcome.findings) addFinding(tally, outcome, finding, servers, repro);
}

/** The slowest of two lots, slowest first; of equals the lower seed. */
export function slowestOf<S extends SlowSeed>(a: readonly S[], b: readonly S[]): readonly S[] {
  return [...a, ...b].sort((x, y) => y.elapsedMs - x.elapsedMs || x.seed - y.seed).slice(0, maxSlowest);
}

function addCounts(into: { [name: string]: number }, from: { readonly [name: string]: number }): void {
  for (const [name, value] of Object.entries(from)) into[name] = (into[name] ?? 0) + value;
}

function addFinding(
  tally: ScenarioTally,
  outcome: SeedOutcome,
  finding: FindingData,
  servers: number,
  repro: string | null,
): void {
  const { seed, inForce, lastEvents } = outcome;
  const story = finding === outcome.findings[0] ? outcome.story : undefined;
  tally.violations.push({ seed, property: finding.property, message: finding.message, repro });
  const { name: scenario, file, test } = tally.about;
  const told: ToldViolation = {
    ...{ scenario, seed, servers, finding, inForce, lastEvents, repro, file },
    ...(story !== undefined && { story }),
    ...(test !== undefined && { test }),
  };
  const kind = tally.kinds.find((k) => k.property === finding.property);
  if (kind === undefined) {
    tally.kinds.push({ property: finding.property, seeds: [seed], told });
    return;
  }
  kind.seeds.push(seed);
  if (seed < kind.told.seed) kind.told = told;
}

/** The hash of the whole campaign. */
export function campaignHash(tally: CampaignTally): string {
  return tally.scenarios.reduce((sum, scenario) => addHashes(sum, scenario.hash), emptyHash);
}

/** What a scenario was to do and did not: fault classes that never fired, reaches never reached. */
export function coverageGaps(tally: ScenarioTally): {
  readonly faults: readonly string[];
  readonly reach: readonly string[];
} {
  const never = (counts: { readonly [name: string]: number }): string[] =>
    Object.keys(counts).filter((name) => counts[name] === 0);
  return { faults: never(tally.faults), reach: never(tally.reach) };
}

/** Whether a scenario's coverage is judged at all: from its `minSeeds` on. */
export function coverageJudged(tally: ScenarioTally): boolean {
  return tally.seeds >= tally.about.minSeeds;
}

/** Whether a scenario ran enough seeds and still left something untested. */
export function coverageMissed(tally: ScenarioTally): boolean {
  const gaps = coverageGaps(tally);
  return coverageJudged(tally) && gaps.faults.length + gaps.reach.length > 0;
}
