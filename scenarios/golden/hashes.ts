/**
 * What seeds mean, as hashes that are committed: the plan of a seed (a difference there means that old seeds name other runs than before), and
 * the run of a seed (a difference there means that the system, or the world, does something else than before). Both must come out the same on
 * every supported version of Node, on any machine.
 */
import { createHash } from 'node:crypto';
import { catalogue } from '../catalogue/index.ts';
import { seedEpoch } from '../draw-plan.ts';
import { runSeed } from '../run-seed.ts';

/** Seeds whose plans are hashed: the first, and the last there is. */
const planSeeds = [1, 2, 3, Number.MAX_SAFE_INTEGER] as const;
/** Seeds whose runs are hashed: few, since each is run. */
const runSeeds = [1, 2, 3, 4] as const;

/** One line a scenario of the catalogue, with a hash of each seed's plan; the epoch first. */
export function planHashes(): string {
  const lines = catalogue.map(({ name, scenario }) => {
    const hashes = planSeeds.map((seed) => {
      const plan = JSON.stringify(scenario.plan(seed));
      return createHash('sha256').update(plan).digest('hex').slice(0, 12);
    });
    return `${name} ${hashes.join(' ')}`;
  });
  return `${[`seedEpoch ${seedEpoch}`, ...lines].join('\n')}\n`;
}

/** One line a scenario of the catalogue, with the trace hash of each seed's run. */
export function runHashes(): string {
  const lines = catalogue.map(
    ({ name, scenario }) => `${name} ${runSeeds.map((seed) => runSeed(scenario, seed).hash).join(' ')}`,
  );
  return `${lines.join('\n')}\n`;
}

/** The lines in which two files of hashes differ, as `- committed` and `+ now`. */
export function differences(committed: string, now: string): readonly string[] {
  const before = committed.split('\n');
  const after = now.split('\n');
  const lines: string[] = [];
  for (let i = 0; i < Math.max(before.length, after.length); i += 1) {
    if (before[i] === after[i]) continue;
    if (before[i] !== undefined && before[i] !== '') lines.push(`- ${before[i]!}`);
    if (after[i] !== undefined && after[i] !== '') lines.push(`+ ${after[i]!}`);
  }
  return lines;
}
