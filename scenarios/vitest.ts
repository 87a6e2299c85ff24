/**
 * Scenarios as tests: `await expectHolds(scenario, { seeds: 200 })`. Runs in the test's own thread, so that breakpoints work; an event that
 * never ends is therefore not stopped here (the command line does that).
 */
import { addSeed, coverageGaps, coverageMissed, emptyTally } from '../reports/tally.ts';
import type { ScenarioTally } from '../reports/tally.ts';
import { counted, hostName, instant } from '../reports/figures.ts';
import { shellWord } from '../reports/commands.ts';
import { assumptionsOf } from './assumptions.ts';
import type { Scenario } from './scenario.ts';
import type { SeedResult } from './run-contract.ts';
import { runSeed } from './run-seed.ts';

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
 * one seed instead.
 * @throws Error with the property, the seed, what happened, and the command that replays it
 */
export async function expectHolds(scenario: Scenario, options: ExpectHoldsOptions): Promise<void> {
  const { first, seeds } = seedsToRun(options, process.env['STORMGLASS_SEED']);
  const tally = emptyTally(
    {
      name: scenario.name,
      file: null,
      minSeeds: scenario.minSeeds,
      properties: scenario.properties.map((property) => property.id),
      faults: scenario.faults.map((fault) => fault.id),
      reach: scenario.reach.map((reach) => reach.name),
      line: null,
      assumptions: assumptionsOf(scenario),
      digest: null,
    },
    first,
    seeds,
  );
  for (let seed = first; seed < first + seeds; seed += 1) {
    const result = runSeed(scenario, seed);
    if (result.findings.length + result.undecided.length > 0) {
      const { servers } = scenario.plan(seed).world;
      throw new Error(tellFailure(result, servers, first, testAtWork()));
    }
    addSeed(tally, result, 0, null);
    // Lets the test runner breathe: its own time limit, its reporter.
    if (seed % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  if (coverageMissed(tally)) throw new Error(tellCoverage(tally));
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
  test: { file: string; name: string } | null,
): string {
  const [finding] = result.findings;
  const [open] = result.undecided;
  const property = finding?.property ?? open?.property ?? '';
  const what = finding === undefined ? 'Property undecided' : 'Property failed';
  const evidence = [
    ...(finding?.evidence ?? []).map((e) => `  ${instant(e.at)}  ${hostName(e.node, servers)}  ${e.text}`),
    ...(finding?.details ?? []).map((line) => `  ${line}`),
  ];
  return [
    `${what} after ${counted(result.seed - first + 1, 'seed')}: ${property} in ${result.scenario}`,
    `{ seed: ${result.seed}, first: ${first}, hash: "${result.hash}" }`,
    finding?.message ?? open?.message ?? '',
    ...evidence,
    `Replay:  STORMGLASS_SEED=${result.seed} npx vitest run${test === null ? '' : selection(test)}`,
  ].join('\n');
}

function selection({ file, name }: { file: string; name: string }): string {
  const pattern = name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const quoted = /["$`\\!]/.test(pattern) ? shellWord(pattern) : `"${pattern}"`;
  return ` ${shellWord(file)} -t ${quoted}`;
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
function testAtWork(): { file: string; name: string } | null {
  const global = globalThis as unknown as { readonly [key: symbol]: unknown };
  const expect = global[Symbol.for('expect-global')] as
    { getState?: () => { testPath?: string; currentTestName?: string } } | undefined;
  const state = expect?.getState?.();
  if (state?.testPath === undefined || state.currentTestName === undefined) return null;
  const folder = `${process.cwd()}/`;
  const file = state.testPath.startsWith(folder) ? state.testPath.slice(folder.length) : state.testPath;
  return { file, name: state.currentTestName.split(' > ').at(-1) ?? state.currentTestName };
}
