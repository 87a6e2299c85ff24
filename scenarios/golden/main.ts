/**
 * `npm run golden`: compares the committed hashes of plans and runs with those of this build, on the version of Node that runs it. Exit code 0: the same; 3: they
 * differ. `npm run golden -- --renew` writes them anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { differences, planHashes, runHashes } from './hashes.ts';

/** Below the package's own folder, which `npm run` makes the current one. */
const files = [
  {
    path: 'scenarios/golden/plans.txt',
    hashes: planHashes,
    means:
      'Seeds name other plans than before: raise seedEpoch (scenarios/draw-plan.ts) and say why in CHANGELOG.md.',
  },
  {
    path: 'scenarios/golden/runs.txt',
    hashes: runHashes,
    means: 'The same plans run otherwise than before: is that what the change is for?',
  },
] as const;

let differ = false;
for (const { path, hashes, means } of files) {
  const now = hashes();
  if (process.argv.includes('--renew')) {
    writeFileSync(path, now);
    continue;
  }
  const lines = differences(readFileSync(path, 'utf8'), now);
  if (lines.length === 0) continue;
  differ = true;
  console.log(`${path} differs on Node ${process.versions.node}. ${means} Then: npm run golden -- --renew`);
  for (const line of lines) console.log(`  ${line}`);
}
if (!differ) console.log(`Plans and runs are as committed, on Node ${process.versions.node}.`);
process.exitCode = differ ? 3 : 0;
