/**
 * Scenarios as tests: `await expectHolds(scenario, { seeds: 200 })`. Runs in the test's own thread, so that breakpoints work; an event that
 * never ends is therefore not stopped here (the command line does that).
 */
import { addSeed, coverageGaps, coverageMissed, emptyTally } from '../reports/tally.ts';
import type { CampaignTally, ScenarioTally } from '../reports/tally.ts';
import { counted, hostName, instant } from '../reports/figures.ts';
import { testCommand } from '../reports/commands.ts';
import type { ScenarioTest } from '../reports/commands.ts';
import { storySentence } from '../reports/story-step.ts';
import { assumptionsOf } from './assumptions.ts';
import { buildIdentity } from './build-identity.ts';
import { testLine } from './definition-line.ts';
import type { Scenario } from './scenario.ts';
import type { SeedResult } from './run-contract.ts';
import { runSeed } from './run-seed.ts';
import { HandingOver, handOverFolder } from './vitest-hand-over.ts';

/** Which seeds `expectHolds` runs. */
export interface ExpectHoldsOptions {
  /** How many seeds to run. */
  readonly seeds: number;
  /** The first of them; default 1. */
  readonly first?: number;
}

/**
 * Runs a scenario's seeds one after the other and rejects at the first that violates a property, that leaves one undecided, or, from the
 * scenario's `minSeeds` on, where a fault class never fired or a reach was never reached. `STORMGLASS_SEED=31` in the environment runs that
 * one seed instead. The reporter `stormglass/vitest-reporter` writes reports of all such calls of a test run.
 * @throws Error with the property, the seed, what happened and what led to it, and the command that replays it
 */
export async function expectHolds(scenario: Scenario, options: ExpectHoldsOptions): Promise<void> {
  const { first, seeds } = seedsToRun(options, process.env['STORMGLASS_SEED']);
  const atWork = testAtWork();
  const test = atWork?.test ?? null;
  const folder = handOverFolder();
  const handing =
    folder === null || atWork === null ? null : new HandingOver(folder, atWork.test, atWork.fullName);
  const tally = tallyOf(scenario, first, seeds, test);
  const campaign = (): CampaignTally => campaignOf(tally, first, seeds);
  handing?.tell(campaign());
  for (let seed = first; seed < first + seeds; seed += 1) {
    const result = runSeed(scenario, seed);
    const failed = result.findings.length + result.undecided.length > 0;
    const servers = failed ? scenario.plan(seed).world.servers : 0;
    addSeed(tally, result, servers, null);
    if (failed) {
      const failure = tellFailure(result, servers, first, test);
      if (test !== null && handing !== null) {
        const page = await pageOf(scenario, seed, test);
        handing.tell(campaign(), { failure, hash: result.hash, ...page });
      }
      throw new Error(failure);
    }
    // Lets the test runner breathe: its own time limit, its reporter.
    if (seed % 16 === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      // A runner that was stopped leaves its processes to themselves: seeds that nobody waits for are not run.
      if (process.connected === false) throw new Error('the test runner has gone');
    }
  }
  const failure = coverageMissed(tally) ? tellCoverage(tally) : null;
  handing?.tell(campaign(), { failure, hash: null, page: null, pageProblem: null });
  if (failure !== null) throw new Error(failure);
}

function tallyOf(scenario: Scenario, first: number, seeds: number, test: ScenarioTest | null): ScenarioTally {
  const about = {
    name: scenario.name,
    file: test?.file ?? null,
    minSeeds: scenario.minSeeds,
    properties: scenario.properties.map((property) => property.id),
    faults: scenario.faults.map((fault) => fault.id),
    reach: scenario.reach.map((reach) => reach.name),
    reachSentences: scenario.reach.map(({ name, sentence }) => ({ name, sentence })),
    line: test === null ? null : testLine(test),
    assumptions: assumptionsOf(scenario),
    digest: null,
    ...(test !== null && { test }),
  };
  return emptyTally(about, first, seeds);
}

/** The call as a campaign of one scenario. */
function campaignOf(tally: ScenarioTally, first: number, seeds: number): CampaignTally {
  return {
    ...buildIdentity(),
    ...{ workers: 1, first, seeds, shard: { index: 1, of: 1 }, scenarios: [tally] },
    ...{ complete: tally.seeds === seeds, interrupted: false, nondeterminism: [], failures: [] },
    ...{ reproLost: null, wallMs: 0 },
  };
}

/** The page of a failing seed, or why there is none: a page that cannot be made must not hide what the test found. */
async function pageOf(
  scenario: Scenario,
  seed: number,
  test: ScenarioTest,
): Promise<{ readonly page: string | null; readonly pageProblem: string | null }> {
  try {
    // Loaded only here: a test that passes needs none of it.
    const { testPage } = await import('./vitest-page.ts');
    const page = testPage(scenario, seed, test);
    return { page, pageProblem: page === null ? 'the run held when it was run again for its page' : null };
  } catch (error) {
    return { page: null, pageProblem: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * Which seeds to run: those of the options, or the one that the environment names.
 * @throws RangeError for anything but whole numbers from 1 to 2^53 − 1
 */
export function seedsToRun(
  options: ExpectHoldsOptions,
  environment: string | undefined,
): { readonly first: number; readonly seeds: number } {
  if (environment !== undefined && environment !== '') {
    return { first: wholeSeed('STORMGLASS_SEED', Number(environment)), seeds: 1 };
  }
  const first = wholeSeed('first', options.first ?? 1);
  const seeds = wholeSeed('seeds', options.seeds);
  wholeSeed('first + seeds − 1', first + seeds - 1);
  return { first, seeds };
}

function wholeSeed(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} takes a whole number from 1 to 9,007,199,254,740,991; got ${value}`);
}

/** The message of a failing seed; `servers` tells servers from clients. */
export function tellFailure(
  result: SeedResult,
  servers: number,
  first: number,
  test: ScenarioTest | null,
): string {
  const [finding] = result.findings;
  const [open] = result.undecided;
  const property = finding?.property ?? open?.property ?? '';
  const what = finding === undefined ? 'Property undecided' : 'Property failed';
  const evidence = [
    ...(finding?.evidence ?? []).map((e) => `  ${instant(e.at)}  ${hostName(e.node, servers)}  ${e.text}`),
    ...(finding?.details ?? []).map((line) => `  ${line}`),
  ];
  const story = (result.story ?? []).map(
    (step) => `  ${String(step.number).padStart(2)}  ${instant(step.at)}  ${storySentence(step, servers)}`,
  );
  return [
    `${what} after ${counted(result.seed - first + 1, 'seed')}: ${property} in ${result.scenario}`,
    `{ seed: ${result.seed}, first: ${first}, hash: "${result.hash}" }`,
    finding?.message ?? open?.message ?? '',
    ...evidence,
    ...(story.length === 0 ? [] : ['What led to it:', ...story]),
    `Replay:  ${testCommand(test, result.seed)}`,
  ].join('\n');
}

function tellCoverage(tally: ScenarioTally): string {
  const gaps = coverageGaps(tally);
  const untried = [
    ...gaps.faults.map((name) => `${name} never fired`),
    ...gaps.reach.map((name) => `${name} was never reached`),
  ];
  return `Coverage not met after ${counted(tally.seeds, 'seed')} of ${tally.about.name}: ${untried.join(', ')}`;
}

/** File and name of the test that runs, from Vitest's own state; null under another runner. Not imported: the package does not need Vitest. */
function testAtWork(): { readonly test: ScenarioTest; readonly fullName: string } | null {
  const global = globalThis as unknown as { readonly [key: symbol]: unknown };
  const expect = global[Symbol.for('expect-global')] as
    { getState?: () => { testPath?: string; currentTestName?: string } } | undefined;
  const state = expect?.getState?.();
  if (state?.testPath === undefined || state.currentTestName === undefined) return null;
  const folder = `${process.cwd()}/`;
  const file = state.testPath.startsWith(folder) ? state.testPath.slice(folder.length) : state.testPath;
  const fullName = state.currentTestName;
  return { test: { file, name: fullName.split(' > ').at(-1) ?? fullName }, fullName };
}
