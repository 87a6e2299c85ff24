/** Runs that violate, by planted bugs, for tests of what is asked about them. */
import type { RunRecord } from '../reports/run-record.ts';
import { plant } from './bugs/bug.ts';
import { catalogued } from './bugs/catch.ts';
import { bugs } from './bugs/index.ts';
import { recorderOf, runSeed } from './run-seed.ts';
import type { Scenario } from './scenario.ts';
import type { WhatIfFacts } from './what-if.ts';

/** A run that violated a property, with all that is asked of it. */
export interface Violating {
  readonly scenario: Scenario;
  readonly facts: WhatIfFacts;
  readonly record: RunRecord;
}

/** Runs a seed of a scenario of the catalogue with a bug in it, judged by one property alone, or by all. */
export function violating(property: string | null, bugId: string, name: string, seed: number): Violating {
  const whole = catalogued(name);
  const properties = whole.properties.filter(({ id }) => property === null || id === property);
  const scenario = plant(
    { ...whole, properties },
    bugs.find(({ id }) => id === bugId)!,
  );
  const plan = scenario.plan(seed);
  const recorder = recorderOf(scenario, plan);
  const result = runSeed(scenario, seed, { plan, recorder });
  const { progressBoundUs } = scenario;
  const record = recorder.record(name, seed, plan.world.servers);
  return {
    scenario,
    record,
    facts: { plan, result, story: result.story!, steps: record.steps, progressBoundUs },
  };
}
