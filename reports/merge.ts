/**
 * The shards of a campaign added up: the same hash and counts as of one run. What does not belong together is refused by the names of its
 * files, since a sum over half of the seeds, or over two versions of the code, would be a verdict on nothing.
 */
import { addHashes } from './campaign-hash.ts';
import { exact } from './figures.ts';
import { fromRunDocument } from './json.ts';
import type { RunDocument } from './result.ts';
import { addMeasures } from './measures.ts';
import { campaignHash, emptyTally, slowestOf } from './tally.ts';
import type { CampaignTally, CountData, ScenarioTally } from './tally.ts';
import { verdictOf } from './verdict.ts';

/** A result document, and what it is called in what is said of it: the path of its file. */
export interface NamedResult {
  readonly name: string;
  readonly document: RunDocument;
}

/** Why results are not added up. */
export type ShardErrorCode =
  'BAD_RESULT' | 'SHARD_OTHER_COMMIT' | 'SHARD_OTHER_CONFIGURATION' | 'SHARD_OVERLAP' | 'SHARD_MISSING';

/** Thrown for results that cannot be added up; `next` is what to do about it. */
export class ShardError extends Error {
  readonly code: ShardErrorCode;
  readonly next: string;
  constructor(code: ShardErrorCode, message: string, next: string) {
    super(message);
    this.name = 'ShardError';
    this.code = code;
    this.next = next;
  }
}

interface Part {
  readonly name: string;
  readonly document: RunDocument;
  readonly campaign: CampaignTally;
}

/**
 * Adds up all shards of a campaign; of one that was not sharded, the single result. Order does not matter. Virtual time, events, seeds,
 * violations and hash are those of one run; wall time is that of the longest shard, workers are summed.
 * @throws ShardError BAD_RESULT: none, or a document that contradicts itself; SHARD_OTHER_COMMIT, SHARD_OTHER_CONFIGURATION: not from one
 * campaign; SHARD_OVERLAP: a shard is there twice; SHARD_MISSING: one is not there.
 */
export function mergeShards(results: readonly NamedResult[]): CampaignTally {
  const [first] = results;
  if (first === undefined) throw new ShardError('BAD_RESULT', 'there is no result to add up.', tryShards(2));
  const parts = results.map(open);
  for (const other of results) assertSameCampaign(first, other);
  assertEachOnce(parts);
  parts.sort((a, b) => a.document.shard.index - b.document.shard.index);
  return add(parts.map((part) => part.campaign));
}

const tryShards = (of: number): string =>
  `npx stormglass run … --shard 1/${of} --out DIR, and so on; then npx stormglass report DIR…`;

/** The campaign of a document, once its parts were found to add up to what it says of itself. */
function open({ name, document }: NamedResult): Part {
  const again = 'run that shard again; a result is not to be edited';
  const bad = (what: string): ShardError =>
    new ShardError('BAD_RESULT', `${name} contradicts itself: ${what}.`, again);
  let campaign: CampaignTally;
  try {
    campaign = fromRunDocument(document);
  } catch (error) {
    throw bad((error as Error).message);
  }
  const { shard, first, seeds } = document;
  if (shard.index > shard.of) throw bad(`it is shard ${shard.index} of ${shard.of}`);
  const planned = Math.ceil((seeds - (shard.index - 1)) / shard.of);
  for (const tally of campaign.scenarios) {
    // A test says for itself which seeds it runs.
    if (tally.about.test !== undefined) continue;
    if (tally.planned !== planned || tally.firstSeed !== first + shard.index - 1 || tally.seeds > planned) {
      throw bad(`the seeds of ${tally.about.name} are not those of its shard`);
    }
  }
  const hash = campaignHash(campaign);
  if (hash !== document.hash) throw bad(`its hash is ${document.hash}, its scenarios add up to ${hash}`);
  const verdict = verdictOf(campaign);
  if (verdict !== document.verdict)
    throw bad(`its verdict is ${document.verdict}, its scenarios say ${verdict}`);
  return { name, document, campaign };
}

function assertSameCampaign(one: NamedResult, other: NamedResult): void {
  const [a, b] = [one.document, other.document];
  const from = (document: RunDocument): string => `commit ${document.commit} of version ${document.version}`;
  if (a.commit !== b.commit || a.version !== b.version) {
    throw new ShardError(
      'SHARD_OTHER_COMMIT',
      `${one.name} was run at ${from(a)}, ${other.name} at ${from(b)}.`,
      'run all shards at one commit, and give each run a folder of its own',
    );
  }
  const difference = configurationDifference(a, b);
  if (difference === null) return;
  throw new ShardError(
    'SHARD_OTHER_CONFIGURATION',
    `${one.name} and ${other.name} are not of one campaign: ${difference}.`,
    'run all shards with the same scenarios, --seeds, --first and files; only the i of --shard i/n differs',
  );
}

/** What two documents of one campaign have in common, in words where they do not. */
function configurationDifference(a: RunDocument, b: RunDocument): string | null {
  const range = ({ first, seeds, shard }: RunDocument): string =>
    `seeds ${exact(first)}–${exact(first + seeds - 1)} in ${exact(shard.of)} ${shard.of === 1 ? 'part' : 'parts'}`;
  if (range(a) !== range(b)) return `${range(a)}, and ${range(b)}`;
  const names = ({ scenarios }: RunDocument): string[] => scenarios.map((scenario) => scenario.name);
  const [ours, theirs] = [names(a), names(b)];
  const lone = ours.find((name) => !theirs.includes(name)) ?? theirs.find((name) => !ours.includes(name));
  if (lone !== undefined) return `only one of them ran ${lone}`;
  if (JSON.stringify(ours) !== JSON.stringify(theirs)) return 'their scenarios stand in another order';
  for (const [i, mine] of a.scenarios.entries()) {
    const other = b.scenarios[i]!;
    if (mine.digest !== other.digest)
      return `the code of ${mine.name} differs (${mine.digest}, ${other.digest})`;
    if (demands(mine) !== demands(other)) return `${mine.name} was to watch or to reach something else`;
  }
  return null;
}

function demands(scenario: RunDocument['scenarios'][number]): string {
  const { minSeeds, properties, assumptions, faults, reach } = scenario;
  return JSON.stringify([minSeeds, properties, assumptions, Object.keys(faults), Object.keys(reach)]);
}

/** Missing shards that are named. */
const namedMax = 8;

function assertEachOnce(parts: readonly Part[]): void {
  const of = parts[0]!.document.shard.of;
  const byIndex = new Map<number, string>();
  for (const { name, document } of parts) {
    const { index } = document.shard;
    const before = byIndex.get(index);
    if (before !== undefined) {
      throw new ShardError(
        'SHARD_OVERLAP',
        of === 1
          ? `${before} and ${name} are results of the same seeds.`
          : `${before} and ${name} are both shard ${index}/${of}.`,
        'give each result once',
      );
    }
    byIndex.set(index, name);
  }
  const missing = of - byIndex.size;
  if (missing === 0) return;
  // No list of all of them: how many there are is anybody's word.
  const first: number[] = [];
  for (let index = 1; index <= of && first.length < Math.min(missing, namedMax); index += 1)
    if (!byIndex.has(index)) first.push(index);
  const named = first.map((index) => `${index}/${of}`).join(', ');
  throw new ShardError(
    'SHARD_MISSING',
    `${missing === 1 ? 'shard' : 'shards'} ${named}${missing > namedMax ? ', …' : ''} ${missing === 1 ? 'is' : 'are'} missing; found ${[...byIndex.values()].join(', ')}.`,
    tryShards(of),
  );
}

function add(campaigns: readonly CampaignTally[]): CampaignTally {
  const first = campaigns[0]!;
  const sum = (of: (campaign: CampaignTally) => number): number =>
    campaigns.reduce((total, campaign) => total + of(campaign), 0);
  return {
    ...first,
    node: [...new Set(campaigns.map((campaign) => campaign.node))].join(', '),
    workers: sum((campaign) => campaign.workers),
    shard: { index: 1, of: 1 },
    scenarios: first.scenarios.map(({ about }, i) =>
      addScenario(
        emptyTally(about, first.first, first.seeds),
        campaigns.map((campaign) => campaign.scenarios[i]!),
      ),
    ),
    complete: campaigns.every((campaign) => campaign.complete),
    interrupted: campaigns.some((campaign) => campaign.interrupted),
    nondeterminism: campaigns.flatMap((campaign) => campaign.nondeterminism),
    failures: campaigns.flatMap((campaign) => campaign.failures),
    reproLost: campaigns.find((campaign) => campaign.reproLost !== null)?.reproLost ?? null,
    wallMs: Math.max(...campaigns.map((campaign) => campaign.wallMs)),
  };
}

function addScenario(into: ScenarioTally, tallies: readonly ScenarioTally[]): ScenarioTally {
  for (const tally of tallies) {
    into.seeds += tally.seeds;
    into.verified += tally.verified;
    into.troubled += tally.troubled;
    into.events += tally.events;
    into.virtualUs += tally.virtualUs;
    into.elapsedMs += tally.elapsedMs;
    into.hash = addHashes(into.hash, tally.hash);
    for (const name of Object.keys(into.faults)) into.faults[name]! += tally.faults[name] ?? 0;
    for (const name of Object.keys(into.reach)) into.reach[name]! += tally.reach[name] ?? 0;
    for (const name of Object.keys(into.counts) as (keyof CountData)[])
      into.counts[name] += tally.counts[name];
    into.measures = addMeasures(into.measures, tally.measures);
    into.slowest = slowestOf(into.slowest, tally.slowest);
    into.violations.push(...tally.violations);
    into.undecided.push(...tally.undecided);
    for (const off of tally.switchedOff) addSwitchedOff(into, off.property, off.seeds);
    for (const kind of tally.kinds) addKind(into, kind);
  }
  into.violations.sort((a, b) => a.seed - b.seed);
  into.undecided.sort((a, b) => a.seed - b.seed);
  return into;
}

function addSwitchedOff(into: ScenarioTally, property: string, seeds: number): void {
  const known = into.switchedOff.find((off) => off.property === property);
  if (known === undefined) into.switchedOff.push({ property, seeds });
  else known.seeds += seeds;
}

function addKind(into: ScenarioTally, kind: ScenarioTally['kinds'][number]): void {
  const known = into.kinds.find(({ property }) => property === kind.property);
  if (known === undefined) {
    into.kinds.push({ ...kind, seeds: [...kind.seeds] });
    return;
  }
  known.seeds.push(...kind.seeds);
  known.seeds.sort((a, b) => a - b);
  if (kind.told.seed < known.told.seed) known.told = kind.told;
}
