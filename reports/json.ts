/** A campaign as the document of `run --json` and `run --out`, and back. */
import { resultSchemaVersion } from './result.ts';
import type { RunDocument } from './result.ts';
import { isConsistent } from './histogram.ts';
import type { Histogram } from './histogram.ts';
import { measures } from './measures.ts';
import type { Measures } from './measures.ts';
import { campaignHash } from './tally.ts';
import type { Story } from './story-step.ts';
import type { CampaignTally, ScenarioTally, Trouble, ViolationKind } from './tally.ts';
import { verdictOf } from './verdict.ts';

type ScenarioDocument = RunDocument['scenarios'][number];
type ToldDocument = ScenarioDocument['told'][number];
type TroubleDocument = RunDocument['failures'][number];

const bySeed = (a: { readonly seed: number }, b: { readonly seed: number }): number => a.seed - b.seed;
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The document of a campaign; violations by seed, scenarios in the order in which they were asked for. */
export function toRunDocument(campaign: CampaignTally): RunDocument {
  return {
    schema: resultSchemaVersion,
    version: campaign.version,
    commit: campaign.commit,
    node: campaign.node,
    workers: campaign.workers,
    verdict: verdictOf(campaign),
    complete: campaign.complete,
    interrupted: campaign.interrupted,
    hash: campaignHash(campaign),
    first: campaign.first,
    seeds: campaign.seeds,
    shard: { ...campaign.shard },
    wallMs: Math.round(campaign.wallMs),
    scenarios: campaign.scenarios.map(toScenario),
    nondeterminism: toTroubles(campaign, campaign.nondeterminism),
    failures: toTroubles(campaign, campaign.failures),
    reproLost: campaign.reproLost,
  };
}

/** In the order of scenarios and seeds: that in which they were found depends on how a campaign was cut into shards. */
function toTroubles({ scenarios }: CampaignTally, troubles: readonly Trouble[]): TroubleDocument[] {
  const place = new Map(scenarios.map((tally, i) => [tally.about.name, i]));
  return troubles
    .map(({ scenario, seed, message, trace }) => ({ scenario, seed, message, trace }))
    .sort((a, b) => (place.get(a.scenario) ?? 0) - (place.get(b.scenario) ?? 0) || bySeed(a, b));
}

function toScenario(tally: ScenarioTally): ScenarioDocument {
  const { name, file, line, digest, minSeeds, properties, assumptions, reachSentences } = tally.about;
  return {
    name,
    file,
    line,
    digest,
    firstSeed: tally.firstSeed,
    planned: tally.planned,
    seeds: tally.seeds,
    verified: tally.verified,
    troubled: tally.troubled,
    minSeeds,
    properties: [...properties],
    assumptions: assumptions.map(({ property, assumes }) => ({ property, assumes: [...assumes] })),
    progressBoundUs: tally.about.progressBoundUs ?? null,
    reachSentences: (reachSentences ?? []).map((one) => ({ ...one })),
    ...(tally.about.test !== undefined && { test: { ...tally.about.test } }),
    violations: [...tally.violations].sort(bySeed),
    told: tally.kinds
      .map(toTold)
      .sort((a, b) => bySeed(a, b) || byText(a.finding.property, b.finding.property)),
    undecided: [...tally.undecided].sort(bySeed),
    events: tally.events,
    virtualMs: tally.virtualUs / 1000,
    elapsedMs: Math.round(tally.elapsedMs),
    hash: tally.hash,
    counts: { ...tally.counts },
    measures: toMeasures(tally.measures),
    slowest: tally.slowest.map((one) => ({ ...one })),
    faults: { ...tally.faults },
    reach: { ...tally.reach },
    switchedOff: tally.switchedOff.map((off) => ({ ...off })).sort((a, b) => byText(a.property, b.property)),
  };
}

function toMeasures(all: Measures): ScenarioDocument['measures'] {
  const copy = ({ count, maxUs, bins }: Histogram): Histogram => ({ count, maxUs, bins: { ...bins } });
  return {
    leader: copy(all.leader),
    unavailable: copy(all.unavailable),
    operation: copy(all.operation),
    lease: copy(all.lease),
    barrier: copy(all.barrier),
  };
}

function toTold({ told }: ViolationKind): ToldDocument {
  const { seed, servers, finding, inForce, lastEvents, story, repro } = told;
  const { property, message, at, seq, nodes, evidence, details } = finding;
  return {
    seed,
    servers,
    finding: {
      ...{ property, message, at, seq, nodes: [...nodes] },
      evidence: evidence.map(({ at, node, text }) => ({ at, node, text })),
      ...(details !== undefined && { details: [...details] }),
    },
    inForce: inForce.map(({ fault, hosts, fromUs, toUs }) => ({
      ...{ fault, hosts: [...hosts], fromUs },
      // JSON has no infinity.
      toUs: Number.isFinite(toUs) ? toUs : null,
    })),
    // Events may carry more than is told.
    lastEvents: lastEvents.map(({ seq, at, host, kind, text }) => ({ seq, at, host, kind, text })),
    ...(story !== undefined && { story: story.map((step) => ({ ...step })) }),
    repro,
  };
}

/**
 * The campaign of a document, as it was: what is told of it reads the same.
 * @throws Error where a violation is told of which no seed is listed, or the other way round, and where a measure contradicts itself.
 */
export function fromRunDocument(document: RunDocument): CampaignTally {
  const fileOf = (name: string): string | null =>
    document.scenarios.find((s) => s.name === name)?.file ?? null;
  const trouble = (one: TroubleDocument): Trouble => ({ ...one, file: fileOf(one.scenario) });
  const { version, commit, node, workers, first, seeds, shard, complete, interrupted } = document;
  return {
    ...{ version, commit, node, workers, first, seeds, shard, complete, interrupted },
    scenarios: document.scenarios.map(fromScenario),
    nondeterminism: document.nondeterminism.map(trouble),
    failures: document.failures.map(trouble),
    reproLost: document.reproLost,
    wallMs: document.wallMs,
  };
}

function fromScenario(document: ScenarioDocument): ScenarioTally {
  const { name, file, line, digest, minSeeds, properties, assumptions, faults, reach } = document;
  const { reachSentences, progressBoundUs } = document;
  const about = {
    name,
    file,
    line,
    digest,
    minSeeds,
    properties,
    assumptions,
    reachSentences,
    progressBoundUs,
    ...(document.test !== undefined && { test: document.test }),
  };
  const kinds = document.told.map((told) => fromTold(told, document));
  const listed = new Set(document.violations.map((violation) => violation.property));
  if (listed.size !== kinds.length || kinds.some((kind) => !listed.has(kind.property))) {
    throw new Error(`the violations of ${name} that are told are not those that are listed`);
  }
  const odd = measures.find((measure) => !isConsistent(document.measures[measure]));
  if (odd !== undefined) throw new Error(`the counts of the measure "${odd}" of ${name} do not add up`);
  const { firstSeed, planned, seeds, verified, troubled, events, elapsedMs, hash } = document;
  return {
    about: { ...about, faults: Object.keys(faults), reach: Object.keys(reach) },
    ...{ firstSeed, planned, seeds, verified, troubled, events, elapsedMs, hash, faults, reach },
    virtualUs: Math.round(document.virtualMs * 1000),
    switchedOff: document.switchedOff,
    counts: document.counts,
    measures: document.measures,
    slowest: document.slowest,
    kinds,
    violations: document.violations,
    undecided: document.undecided,
  };
}

function fromTold(told: ToldDocument, { name, file, violations, test }: ScenarioDocument): ViolationKind {
  const { details, ...finding } = told.finding;
  const { story, ...rest } = told;
  return {
    property: finding.property,
    seeds: violations.filter(({ property }) => property === finding.property).map(({ seed }) => seed),
    told: {
      ...rest,
      ...(story !== undefined && { story: toldStory(story) }),
      scenario: name,
      file,
      ...(test !== undefined && { test }),
      finding: { ...finding, ...(details !== undefined && { details }) },
      inForce: told.inForce.map((fault) => ({ ...fault, toUs: fault.toUs ?? Infinity })),
    },
  };
}

/** A step without a message has no such field, rather than an undefined one. */
function toldStory(story: NonNullable<ToldDocument['story']>): Story {
  return story.map(({ message, ...step }) => ({ ...step, ...(message !== undefined && { message }) }));
}
