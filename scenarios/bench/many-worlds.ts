/** Many short worlds one after the other, as a campaign runs them: what a world costs to set up, and whether anything of it stays. */
import { standardChaosLasting } from '../catalogue/standard-chaos.ts';
import { runSeed } from '../run-seed.ts';

const WORLDS = 1_000;
const WORLD_MS = 10_000;
const SET_UPS = 200;

/** From its seed through plan, world, properties and the boot of each host, to a millisecond of virtual time. @returns wall ms a world */
export function runSetUp(): number {
  const scenario = standardChaosLasting(1);
  const startedAt = performance.now();
  for (let seed = 1; seed <= SET_UPS; seed += 1) runSeed(scenario, seed);
  return (performance.now() - startedAt) / SET_UPS;
}

/** What a thousand worlds in one process came to. */
export interface ManyWorlds {
  readonly msEach: number;
  /** Live heap in MB after a tenth of them, and after all; `null` without `--expose-gc`. */
  readonly heapMb: { readonly early: number; readonly late: number } | null;
}

/** Runs 1,000 worlds of 10 virtual seconds. */
export function runManyWorlds(): ManyWorlds {
  const scenario = standardChaosLasting(WORLD_MS);
  let early = 0;
  let wallMs = 0;
  for (let seed = 1; seed <= WORLDS; seed += 1) {
    const startedAt = performance.now();
    runSeed(scenario, seed);
    wallMs += performance.now() - startedAt;
    if (seed === WORLDS / 10) early = liveHeapMb();
  }
  return {
    msEach: wallMs / WORLDS,
    heapMb: globalThis.gc === undefined ? null : { early, late: liveHeapMb() },
  };
}

function liveHeapMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1048576;
}
