/**
 * Runs a planted bug until it is caught: seed by seed, through the scenarios whose weather it needs, all their properties watching. It is
 * caught when a property that it breaks is the one that reports; a run that another property ends first does not count.
 */
import { catalogue } from '../catalogue/index.ts';
import type { Scenario } from '../scenario.ts';
import { runSeed } from '../run-seed.ts';
import { plant } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The seeds to try. */
export interface Hunt {
  /** The first seed. */
  readonly first: number;
  /** How many seeds at most, each in every scenario of the bug. */
  readonly seedsMax: number;
}

/** Where a bug was caught, and what it took. */
export interface Catch {
  readonly seed: number;
  readonly scenario: string;
  /** The property that reported it, and what it said. */
  readonly property: string;
  readonly message: string;
  /** Seeds tried, the last one included. */
  readonly seeds: number;
  /** Of wall time. */
  readonly seconds: number;
  /** Runs that ended with a property that the bug is not said to break. */
  readonly otherFindings: number;
}

/** A scenario of the catalogue. @throws Error where there is none of that name. */
export function catalogued(name: string): Scenario {
  const entry = catalogue.find((one) => one.name === name);
  if (entry === undefined) throw new Error(`the catalogue has no scenario "${name}"`);
  return entry.scenario;
}

/** Tries seeds until the bug is caught; `null` where none of them does it. */
export function catchBug(bug: PlantedBug, { first, seedsMax }: Hunt): Catch | null {
  const startedAt = performance.now();
  const planted = bug.scenarios.map((name) => plant(catalogued(name), bug));
  let otherFindings = 0;
  for (let seed = first; seed < first + seedsMax; seed += 1) {
    for (const scenario of planted) {
      const finding = runSeed(scenario, seed).findings[0];
      if (finding === undefined) continue;
      const { property, message } = finding;
      if (!bug.breaks.includes(property)) {
        otherFindings += 1;
        continue;
      }
      const seconds = (performance.now() - startedAt) / 1_000;
      return {
        seed,
        scenario: scenario.name,
        property,
        message,
        seeds: seed - first + 1,
        seconds,
        otherFindings,
      };
    }
  }
  return null;
}

/** The same runs without the bug, up to the one that caught it: what was reported there, which should be nothing. */
export function withoutBug(bug: PlantedBug, { first, seedsMax }: Hunt): readonly string[] {
  const reported: string[] = [];
  for (let seed = first; seed < first + seedsMax; seed += 1) {
    for (const name of bug.scenarios) {
      for (const { property } of runSeed(catalogued(name), seed).findings) {
        reported.push(`${name} seed ${seed}: ${property}`);
      }
    }
  }
  return reported;
}
