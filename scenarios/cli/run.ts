/** `stormglass run`: a campaign, from options to verdict. Without a command, the main job: one over the whole catalogue. */
import { availableParallelism } from 'node:os';
import { tellCampaign, tellHeader, tellScenario } from '../../reports/terminal.ts';
import type { CampaignTally, ScenarioTally } from '../../reports/tally.ts';
import { defaultSilenceMs, emptyCampaign, runCampaign, shardSeeds } from '../campaign.ts';
import type { CampaignOptions } from '../campaign.ts';
import { loadConfig } from '../config.ts';
import { hireThread } from '../hand.ts';
import type { PagedViolation } from '../page/page-names.ts';
import { writeRunPages } from '../page/run-pages.ts';
import type { RunPages } from '../page/run-pages.ts';
import { writeRepro } from '../repro-file.ts';
import { checkWritable } from '../whole-file.ts';
import { maxWorkers, seedRange, shardOf, verifyEvery, wallTime, workerCount } from './arguments.ts';
import type { Outlet } from './outlet.ts';
import { Progress } from './progress.ts';
import { asksForFiles, report, reportersOf, wordsOutlet } from './reporters.ts';
import type { ReportPlan } from './reporters.ts';
import { selectScenarios } from './select.ts';
import { standardOut } from './standard-out.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** Seeds a scenario where nobody says otherwise: enough for every scenario's coverage to be judged, and under a minute on two cores. */
export const standardSeeds = 50;
/** … and in the main job, which is to take less than a minute. */
export const mainJobSeeds = 10;

export interface RunArguments {
  readonly names: readonly string[];
  readonly seeds: string | undefined;
  readonly seed: string | undefined;
  readonly first: string | undefined;
  readonly workers: string | undefined;
  readonly shard: string | undefined;
  readonly timeLimit: string | undefined;
  readonly verify: string | undefined;
  readonly eventLimit: string | undefined;
  readonly out: string | undefined;
  readonly reporter: string | undefined;
  /** Pages of violations tell what would have been otherwise. */
  readonly whatIf: boolean;
  readonly scenario: string | undefined;
  readonly json: boolean;
  readonly failFast: boolean;
  readonly color: boolean | undefined;
  /** Show where errors outside the simulated world were thrown. */
  readonly debug: boolean;
}

/** Runs a campaign and prints it; returns the exit code. `introduction` comes before the header. */
export async function run(args: RunArguments, introduction: readonly string[] = []): Promise<number> {
  const { options, plan } = await prepare(args);
  const outlet = wordsOutlet(plan);
  outlet.say([...introduction, tellHeader(emptyCampaign(options)), '']);
  const stop = stopOnSignal();
  const tally = await perform(options, plan.out, outlet, stop);
  outlet.say(['', ...tellCampaign(tally, outlet.style, args.debug)]);
  return report(tally, plan, () => makePages(tally, options, plan, args.whatIf, stop));
}

/** The pages of the violations; none where the campaign was interrupted, which is not to go on with something else. */
async function makePages(
  tally: CampaignTally,
  { scenarios, workers, silenceMs }: CampaignOptions,
  plan: ReportPlan,
  whatIf: boolean,
  stop: AbortSignal,
): Promise<RunPages> {
  if (tally.interrupted) return { links: [], missing: [], interrupted: false };
  const outlet = wordsOutlet(plan);
  const refs = new Map(scenarios.map(({ name, ref }) => [name, ref]));
  const onPage = ({ scenario, seed }: PagedViolation, number: number, of: number): void =>
    outlet.redraw(`  ▸ page ${number} of ${of}: ${scenario}, seed ${seed}`);
  const { out } = plan;
  try {
    return await writeRunPages(tally, { refs, out, workers, silenceMs, whatIf, onPage }, hireThread, stop);
  } finally {
    outlet.redraw('');
  }
}

/** Everything that can be wrong with the input is found here, before anything runs. */
async function prepare(args: RunArguments): Promise<{ options: CampaignOptions; plan: ReportPlan }> {
  const reporters = reportersOf(args.reporter);
  const { first, seeds } = seedRange(args, standardSeeds, Math.random);
  const asked = {
    first,
    seeds,
    shard: args.shard === undefined ? { index: 1, of: 1 } : shardOf(args.shard, seeds),
    verifyEvery: args.verify === undefined ? 0 : verifyEvery(args.verify),
    timeLimitMs:
      args.timeLimit === undefined ? Infinity : wallTime(args.timeLimit, '--time-limit', 'BAD_TIME_LIMIT'),
    failFast: args.failFast,
  };
  const givenWorkers = args.workers === undefined ? undefined : workerCount(args.workers);
  const givenLimit =
    args.eventLimit === undefined ? undefined : wallTime(args.eventLimit, '--event-limit', 'BAD_EVENT_LIMIT');
  const config = await loadConfig(process.cwd());
  const silenceMs = givenLimit ?? config.config.eventLimitMs ?? defaultSilenceMs;
  const out = args.out ?? config.config.out ?? standardOut;
  checkWritable(out);
  const scenarios = await selectScenarios(args.names, args.scenario, config, hireThread, silenceMs);
  const workers = givenWorkers ?? config.config.workers ?? Math.min(maxWorkers, availableParallelism());
  const { index, of } = asked.shard;
  const resultName = of === 1 ? 'result.json' : `result-${index}of${of}.json`;
  const files = asksForFiles(reporters, args.out);
  const { json, color } = args;
  const plan = { reporters, out, files, json, color, resultName };
  return { options: { ...asked, workers, silenceMs, scenarios }, plan };
}

async function perform(
  options: CampaignOptions,
  out: string,
  outlet: Outlet,
  stop: AbortSignal,
): Promise<CampaignTally> {
  const names = options.scenarios.map((scenario) => scenario.name);
  const progress = new Progress(outlet, names, shardSeeds(options.first, options.seeds, options.shard).count);
  const told = new Set<ScenarioTally>();
  const tell = (tally: ScenarioTally): void => {
    told.add(tally);
    outlet.say(tellScenario(tally, outlet.style));
  };
  try {
    const tally = await runCampaign(
      options,
      hireThread,
      {
        onSeed: (scenario, virtualUs, violated) => progress.seedDone(scenario, virtualUs, violated),
        onScenario: tell,
        keep: (repro) => writeRepro(out, repro),
      },
      stop,
    );
    // Those that were cut short had no line yet, and under a time limit those that were never begun.
    const timed = Number.isFinite(options.timeLimitMs);
    for (const cut of tally.scenarios) if (!told.has(cut) && (timed || cut.seeds > 0)) tell(cut);
    return tally;
  } finally {
    progress.end();
  }
}

/** What a newcomer reads first. */
export const mainJobIntroduction = [
  'Runs a real Raft cluster, with its log on disk and its clients, in a simulated',
  `world. Every scenario below is another kind of weather, tried with ${mainJobSeeds} seeds, and`,
  'every run is judged: ✓ held, ✗ violated (the seed replays it), ? not decided.',
  '',
];
