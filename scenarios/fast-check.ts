/**
 * Scenarios as properties of fast-check: plans as arbitrary values, shrunk to the smallest that still fails.
 *
 * ```ts
 * fc.assert(fc.property(planArbitrary(scenario), (run) => holds(scenario, run)), { numRuns: 200 });
 * ```
 *
 * The seed of fast-check decides which seeds of the scenario are drawn, so that what it prints (`{ seed, path }`) finds the same runs again. An entry of its
 * own, `stormglass/fast-check`: the package works without fast-check.
 */
import fc from 'fast-check';
import { counted, duration, hostName, instant } from '../reports/figures.ts';
import { reduce, sizeOf } from './reduce.ts';
import { runSeed } from './run-seed.ts';
import type { Scenario, ScenarioPlan } from './scenario.ts';

/** A run that may be tried: the plan, and the seed whose streams decide what the plan leaves open. Plain data. */
export interface PlannedRun {
  readonly scenario: string;
  readonly seed: number;
  readonly plan: ScenarioPlan;
}

/** Seeds that are drawn: 1 … this. */
const seedMax = 2 ** 31 - 1;

/** A plan says in one line how large it is; all of it would fill the screen. */
class Planned implements PlannedRun {
  readonly scenario: string;
  readonly seed: number;
  readonly plan: ScenarioPlan;

  constructor(scenario: string, seed: number, plan: ScenarioPlan) {
    this.scenario = scenario;
    this.seed = seed;
    this.plan = plan;
  }

  [fc.toStringMethod](): string {
    const { servers, clients, episodes, operations, virtualUs } = sizeOf(this.plan);
    return `${this.scenario}, seed ${this.seed}: ${counted(servers, 'server')}, ${counted(clients, 'client')}, ${counted(episodes, 'fault')}, ${counted(operations, 'operation')}, ${duration(virtualUs)} of virtual time`;
  }
}

class PlanArbitrary extends fc.Arbitrary<PlannedRun> {
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    super();
    this.#scenario = scenario;
  }

  override generate(random: fc.Random): fc.Value<PlannedRun> {
    const seed = random.nextInt(1, seedMax);
    return new fc.Value(new Planned(this.#scenario.name, seed, this.#scenario.plan(seed)), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is PlannedRun {
    return value instanceof Planned && value.scenario === this.#scenario.name;
  }

  override shrink({ scenario, seed, plan }: PlannedRun): fc.Stream<fc.Value<PlannedRun>> {
    return fc.stream(
      (function* smaller(): Generator<fc.Value<PlannedRun>> {
        for (const one of reduce(plan)) yield new fc.Value(new Planned(scenario, seed, one), undefined);
      })(),
    );
  }
}

/** Plans of a scenario, each drawn from a seed, and shrunk by `reduce`: fewer faults, operations and hosts, shorter, in kinder weather. */
export function planArbitrary(scenario: Scenario): fc.Arbitrary<PlannedRun> {
  return new PlanArbitrary(scenario);
}

/**
 * Runs a plan in the test's own thread.
 * @returns true where nothing is violated; a plan that leaves a property undecided does not count as a run (`fc.pre`)
 * @throws Error with the property, what happened and the observations that speak for it
 */
export function holds(scenario: Scenario, { seed, plan }: PlannedRun): true {
  const { findings, undecided } = runSeed(scenario, seed, { plan });
  const [finding] = findings;
  if (finding !== undefined) {
    const { servers } = plan.world;
    throw new Error(
      [
        `${finding.property}: ${finding.message}`,
        ...finding.evidence.map((e) => `  ${instant(e.at)}  ${hostName(e.node, servers)}  ${e.text}`),
        ...(finding.details ?? []).map((line) => `  ${line}`),
      ].join('\n'),
    );
  }
  // Neither held nor violated: a search ran out of budget, or nothing was left that could show progress.
  fc.pre(undecided.length === 0);
  return true;
}

export { reduce, sizeOf } from './reduce.ts';

export { counterexample, triedMerges } from './merge-laws.ts';
export type { MergeRegistration } from './merge-laws.ts';
