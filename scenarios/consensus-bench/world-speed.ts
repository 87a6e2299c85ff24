/** How fast worlds run: virtual seconds a wall second on one core, set-up counted, all online checks on; the judgement after a run apart. */
import { coordinationChaosLasting } from '../catalogue/coordination-chaos.ts';
import { standardChaosLasting } from '../catalogue/standard-chaos.ts';
import { idleLasting } from '../bench/idle.ts';
import { runSeed } from '../run-seed.ts';
import type { Scenario } from '../scenario.ts';
import { figuresOf, figuresResult, sized } from './section.ts';
import type { Measure, Measuring, SectionResult } from './section.ts';

/** Seeds of a measure: worlds differ in weather. */
const SEEDS = 4;

/** @throws Interrupted */
export async function worldSpeed(measuring: Measuring): Promise<SectionResult> {
  const violations = new Set<string>();
  const measure = (id: string, label: string, world: Scenario): Measure => ({
    ...{ id, label, unit: 'virtualSecondsPerWallSecond' },
    run: () => speedOf(world, violations),
  });
  const figures = await figuresOf(measuring, [
    measure('standard-chaos', 'standard-chaos', standardChaosLasting(sized(measuring, 60_000))),
    measure('coordination-chaos', 'coordination-chaos', coordinationChaosLasting(sized(measuring, 30_000))),
    measure('idle', 'five idle replicas', idleLasting(sized(measuring, 300_000))),
  ]);
  return figuresResult(
    `How fast worlds run on one core: seeds 1–${SEEDS}, set-up counted, all online checks on.`,
    figures,
    [...violations],
  );
}

function speedOf(world: Scenario, violations: Set<string>): number {
  let virtualUs = 0;
  let judgeMs = 0;
  const startedAt = performance.now();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const result = runSeed(world, seed);
    virtualUs += result.virtualUs;
    judgeMs += result.judgeMs;
    for (const { property, message } of result.findings)
      violations.add(`${world.name}, seed ${seed}: ${property}: ${message}`);
  }
  return virtualUs / 1e3 / (performance.now() - startedAt - judgeMs);
}
