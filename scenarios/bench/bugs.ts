/**
 * Seeds and seconds until each planted bug is caught, in three ranges of seeds that share none, and whether the same seeds hold without it.
 * `npm run bugs [-- id …]`; exit code 1 where a bug escapes or the replica itself is reported.
 */
import { bugs } from '../bugs/index.ts';
import { catchBug, withoutBug } from '../bugs/catch.ts';

const firstSeeds = [1, 10_001, 20_001] as const;
const seedsMax = 2_000;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => !bugs.some((bug) => bug.id === id));
if (unknown.length > 0) {
  process.stderr.write(
    `no such bug: ${unknown.join(', ')}; there are ${bugs.map(({ id }) => id).join(', ')}\n`,
  );
  process.exit(2);
}

const columns = [27, 22, 26, 8, 6, 8] as const;
function line(...cells: readonly string[]): string {
  return `${cells.map((cell, i) => (i < 3 ? cell.padEnd(columns[i] ?? 0) : cell.padStart(columns[i] ?? 0))).join(' ')}\n`;
}

process.stdout.write(line('bug', 'reported by', 'in', 'seed', 'seeds', 'seconds', '  without it'));
let escaped = 0;
let alarms = 0;
for (const bug of bugs) {
  if (wanted.length > 0 && !wanted.includes(bug.id)) continue;
  for (const first of firstSeeds) {
    const caught = catchBug(bug, { first, seedsMax });
    if (caught === null) {
      escaped += 1;
      process.stdout.write(line(bug.id, 'NOT CAUGHT', bug.scenarios.join(','), `${first}…`, `${seedsMax}`));
      continue;
    }
    const { property, scenario, seed, seeds, seconds } = caught;
    const reported = withoutBug(bug, { first, seedsMax: seeds });
    alarms += reported.length;
    process.stdout.write(
      line(
        bug.id,
        property,
        scenario,
        `${seed}`,
        `${seeds}`,
        seconds.toFixed(1),
        `  ${reported.length === 0 ? 'holds' : reported.join('; ')}`,
      ),
    );
  }
}
process.stdout.write(
  escaped + alarms === 0
    ? 'Every bug is caught in every range, and the same seeds hold without it.\n'
    : `${escaped} escaped, ${alarms} reported without a bug.\n`,
);
process.exitCode = escaped + alarms === 0 ? 0 : 1;
