/** `stormglass bugs`: after how many seeds each planted bug is caught, in three ranges that share none, and whether the same seeds hold without it. */
import { bugs as planted } from '../bugs/index.ts';
import type { PlantedBug } from '../bugs/bug.ts';
import { catchBug, withoutBug } from '../bugs/catch.ts';
import type { Catch } from '../bugs/catch.ts';
import { InputError } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import { exitCodes } from '../../reports/verdict.ts';
import type { Outlet } from './outlet.ts';

const firstSeeds = [1, 10_001, 20_001] as const;
const seedsMax = 2_000;

/** One hunt: a bug in one range of seeds. */
interface Hunt {
  readonly bug: string;
  readonly first: number;
  readonly seedsMax: number;
  /** `null`: it escaped. */
  readonly caught: Catch | null;
  /** What the same seeds reported without the bug: nothing, unless the replica itself is wrong. */
  readonly withoutIt: readonly string[];
}

const columns = [27, 22, 26, 8, 6, 8] as const;
function row(...cells: readonly string[]): string {
  return cells
    .map((cell, i) => (i < 3 ? cell.padEnd(columns[i] ?? 0) : cell.padStart(columns[i] ?? 0)))
    .join(' ');
}

/**
 * Hunts the bugs named, or all.
 * @returns 0 where each was caught in each range, 1 where one escaped, or was reported without a bug
 * @throws InputError `UNKNOWN_BUG`
 */
export function bugs(ids: readonly string[], json: boolean, outlet: Outlet): number {
  for (const id of ids) {
    if (planted.some((bug) => bug.id === id)) continue;
    const known = planted.map((bug) => bug.id);
    throw new InputError('UNKNOWN_BUG', `there is no planted bug "${id}".`, [
      `nearest: ${nearest(id, known, 3).join(', ')}`,
    ]);
  }
  const wanted = ids.length === 0 ? planted : planted.filter((bug) => ids.includes(bug.id));
  const hunts: Hunt[] = [];
  outlet.say([row('bug', 'reported by', 'in', 'seed', 'seeds', 'seconds', '  without it')]);
  for (const bug of wanted) {
    for (const first of firstSeeds) {
      const hunt = huntOf(bug, first);
      hunts.push(hunt);
      outlet.say([told(bug, hunt)]);
    }
  }
  const escaped = hunts.filter((hunt) => hunt.caught === null).length;
  const alarms = hunts.flatMap((hunt) => hunt.withoutIt).length;
  const all = escaped + alarms === 0;
  outlet.say([
    all
      ? 'Every bug is caught in every range, and the same seeds hold without it.'
      : `${escaped} escaped, ${alarms} reported without a bug.`,
  ]);
  if (json) outlet.document({ hunts });
  return all ? exitCodes.held : exitCodes.violated;
}

function huntOf(bug: PlantedBug, first: number): Hunt {
  const caught = catchBug(bug, { first, seedsMax });
  const withoutIt = caught === null ? [] : withoutBug(bug, { first, seedsMax: caught.seeds });
  return { bug: bug.id, first, seedsMax, caught, withoutIt };
}

function told(bug: PlantedBug, { first, caught, withoutIt }: Hunt): string {
  if (caught === null) {
    return row(bug.id, 'NOT CAUGHT', bug.scenarios.join(','), `${first}…`, `${seedsMax}`);
  }
  const { property, scenario, seed, seeds, seconds } = caught;
  const without = withoutIt.length === 0 ? 'holds' : withoutIt.join('; ');
  return row(bug.id, property, scenario, `${seed}`, `${seeds}`, seconds.toFixed(1), `  ${without}`);
}
