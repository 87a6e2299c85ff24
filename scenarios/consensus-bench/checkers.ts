/**
 * What the checkers cost, measured in two ways, because each can do one thing only.
 *
 * - *All of them:* the same seeds of coordination-chaos without checkers (but the one that says that no process threw) and with all. They only watch, so the runs are
 *   the same event for event, which their hashes must show.
 * - *Each group:* what one adds is less than what two runs differ by for other reasons, and groups share books of the log and of the history. So the run with all is
 *   sampled, and a sample counts for the checker on its stack. What their garbage and what they push out of the caches costs shows elsewhere: the groups add up to less
 *   than all.
 */
import { processAlive } from '../../properties/index.ts';
import { sharesOf } from '../bench/profile.ts';
import { coordinationChaosLasting } from '../catalogue/coordination-chaos.ts';
import type { SeedResult } from '../run-contract.ts';
import { runSeed } from '../run-seed.ts';
import type { Scenario } from '../scenario.ts';
import { garbageGroup, groupOf, propertyGroups, sharedGroup } from './property-groups.ts';
import { breathe, figuresResult, sized } from './section.ts';
import type { Figure, Measuring, SectionResult, Unit } from './section.ts';
import { spreadOf } from './spread.ts';

const SEEDS = 4;
const LASTING_MS = 30_000;

/** Worlds with all checkers, and with none. */
interface Worlds {
  readonly all: Scenario;
  readonly none: Scenario;
}

/** What the seeds took in one round, in ms on processors. */
interface Took {
  all: number;
  none: number;
}

function worldsOf(world: Scenario): Worlds {
  // Reaches are no checks: nobody counts them here.
  const all = { ...world, reach: [] };
  return { all, none: { ...all, properties: all.properties.filter((one) => one === processAlive) } };
}

/** Time that this process has had on processors, in ms: neighbours who push it off them do not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

function timed(world: Scenario, seed: number): SeedResult & { readonly tookMs: number } {
  const beganMs = cpuMs();
  const result = runSeed(world, seed);
  return { ...result, tookMs: cpuMs() - beganMs };
}

/** @throws Interrupted @throws Error where the checkers changed what a world did */
export async function checkers(measuring: Measuring): Promise<SectionResult> {
  const worlds = worldsOf(coordinationChaosLasting(sized(measuring, LASTING_MS)));
  const violations = new Set<string>();
  const rounds = await offAndOn(worlds, measuring, violations);
  // Afterwards: the engine runs everything slower once it has been sampled.
  const shares = await sampled(worlds, measuring);
  return figuresResult(
    'coordination-chaos, the same seeds without checkers and with all, the judgement after a run counted. Groups by sampling the run with all: what their garbage and ' +
      'colder caches cost is in none of them, so they add up to less than all.',
    figuresFrom(rounds, shares),
    [...violations],
  );
}

/** World by world in turn, so that a machine that slows down for a while slows both. */
async function offAndOn(
  worlds: Worlds,
  { repeats, stop, onProgress }: Measuring,
  violations: Set<string>,
): Promise<readonly Took[]> {
  const rounds: Took[] = [];
  for (let i = 0; i <= repeats; i += 1) {
    const took: Took = { all: 0, none: 0 };
    onProgress(`off and on, ${i === 0 ? 'warming up' : `${i} of ${repeats}`}`);
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      await breathe(stop);
      const none = timed(worlds.none, seed);
      const all = timed(worlds.all, seed);
      took.none += none.tookMs;
      took.all += all.tookMs;
      for (const { property, message } of [...none.findings, ...all.findings])
        violations.add(`coordination-chaos, seed ${seed}: ${property}: ${message}`);
      if (none.hash !== all.hash && violations.size === 0)
        throw new Error(`seed ${seed} hashed to ${none.hash} and ${all.hash}: a checker changed its world.`);
    }
    if (i > 0) rounds.push(took);
  }
  return rounds;
}

async function sampled(
  { all }: Worlds,
  { repeats, stop, onProgress }: Measuring,
): Promise<readonly ReadonlyMap<string, number>[]> {
  const shares: ReadonlyMap<string, number>[] = [];
  for (let i = 0; i <= repeats; i += 1) {
    onProgress(`sampling, ${i === 0 ? 'warming up' : `${i} of ${repeats}`}`);
    await breathe(stop);
    const round = sharesOf(() => {
      for (let seed = 1; seed <= SEEDS; seed += 1) runSeed(all, seed);
    }, groupOf);
    if (i > 0) shares.push(round);
  }
  return shares;
}

function figuresFrom(
  rounds: readonly Took[],
  shares: readonly ReadonlyMap<string, number>[],
): readonly Figure[] {
  const figure = (id: string, label: string, unit: Unit, values: readonly number[]): Figure => ({
    ...{ id, label, unit },
    spread: spreadOf(values),
  });
  return [
    figure(
      'run-without',
      'the run without checkers',
      'cpuMs',
      rounds.map(({ none }) => none),
    ),
    figure(
      'run-with-all',
      'the run with all',
      'cpuMs',
      rounds.map(({ all }) => all),
    ),
    figure(
      'all',
      'all checkers, off and on',
      'percentOfRun',
      rounds.map(({ none, all }) => (100 * (all - none)) / all),
    ),
    ...[...propertyGroups, sharedGroup, garbageGroup].map(({ id, label }) =>
      figure(
        id,
        label,
        'percentOfRun',
        shares.map((share) => 100 * (share.get(id) ?? 0)),
      ),
    ),
  ];
}
