/** The matrix of a campaign as data: scenario by property, families grouped, and folded where there are too many columns. */
import { counted, exact } from '../figures.ts';
import { cellsOf } from '../matrix.ts';
import type { Cell } from '../matrix.ts';
import type { CampaignTally, ScenarioTally } from '../tally.ts';
import { oneLine } from '../visible-text.ts';
import type { CampaignKinds } from './campaign-kinds.ts';
import type { CampaignMatrix, MatrixCell, MatrixColumn, MatrixFamily, MatrixRow } from './campaign-page.ts';
import { inFamilies } from './property-families.ts';

/** Columns from which on families are folded. */
export const maxColumns = 30;
/** Characters of a name, and of a sentence, in a tip. */
const nameMax = 60;
const messageMax = 200;

const rank: { readonly [S in MatrixCell['state']]: number } = {
  violated: 5,
  undecided: 4,
  'switched-off': 3,
  'not-run': 2,
  held: 1,
  'not-checked': 0,
};

/** The matrix; `kinds` are the page's, to which cells lead. */
export function matrixOf({ scenarios }: CampaignTally, kinds: CampaignKinds): CampaignMatrix {
  const rows = scenarios.map((tally) => ({ tally, cells: shownCells(tally, kinds) }));
  const properties = [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))];
  const worst = new Map(
    properties.map((one) => [
      one,
      Math.max(...rows.map(({ cells }) => rank[cells.get(one)?.state ?? 'not-checked'])),
    ]),
  );
  const families = folded(properties, worst);
  const columns = families.flatMap((family) => family.columns);
  const violating = columns.map((column) =>
    scenarios.reduce((sum, tally) => sum + violatingSeeds(tally, column.properties), 0),
  );
  return {
    families,
    rows: rows.map(({ tally, cells }): MatrixRow => ({
      scenario: tally.about.name,
      cells: columns.map((column) => columnCell(column, cells)),
      runs: tally.seeds,
      violatingRuns: violatingSeeds(tally, null),
    })),
    violating,
    runs: scenarios.reduce((sum, tally) => sum + tally.seeds, 0),
    violatingRuns: scenarios.reduce((sum, tally) => sum + violatingSeeds(tally, null), 0),
  };
}

/** Seeds that violated one of the properties, or any. */
export function violatingSeeds(tally: ScenarioTally, properties: readonly string[] | null): number {
  const seeds = tally.violations.filter((one) => properties === null || properties.includes(one.property));
  return new Set(seeds.map(({ seed }) => seed)).size;
}

/** As many families fold as must: those in which nothing stands out first, the biggest first. */
function folded(properties: readonly string[], worst: ReadonlyMap<string, number>): MatrixFamily[] {
  const violated = (all: readonly string[]): boolean => all.some((one) => worst.get(one) === rank.violated);
  const families = inFamilies(properties);
  const worstOf = (all: readonly string[]): number => Math.max(...all.map((one) => worst.get(one) ?? 0));
  const order = [...families].sort(
    (a, b) => worstOf(a.properties) - worstOf(b.properties) || b.properties.length - a.properties.length,
  );
  const fold = new Set<string>();
  let columns = properties.length;
  for (const { name, properties: own } of order) {
    if (columns <= maxColumns || own.length === 1) continue;
    fold.add(name);
    columns -= own.length - 1;
  }
  return families.map(({ name, properties: own }) => ({
    name,
    columns: fold.has(name)
      ? [
          {
            name: `${name}, ${counted(own.length, 'property', 'properties')}`,
            properties: own,
            violated: violated(own),
          },
        ]
      : own.map((one): MatrixColumn => ({ name: one, properties: [one], violated: violated([one]) })),
  }));
}

function shownCells(tally: ScenarioTally, kinds: CampaignKinds): Map<string, MatrixCell> {
  return new Map(cellsOf(tally).map((cell) => [cell.property, shownCell(cell, tally, kinds)]));
}

function shownCell(cell: Cell, tally: ScenarioTally, kinds: CampaignKinds): MatrixCell {
  const scenario = tally.about.name;
  const where = `${oneLine(cell.property, nameMax)} in ${oneLine(scenario, nameMax)}`;
  const runs = counted(tally.seeds, 'run');
  switch (cell.state) {
    case 'violated': {
      const { seeds, told } = cell.kind;
      const said = oneLine(told.finding.message, messageMax);
      const tip = `${where}: violated in ${exact(seeds.length)} of ${runs}, first by seed ${exact(told.seed)}. ${said}`;
      return {
        state: 'violated',
        count: seeds.length,
        tip,
        kind: kinds.placeOf('violated', scenario, cell.property),
      };
    }
    case 'undecided': {
      if (cell.searches.length === 0)
        return { state: 'not-run', count: 0, tip: `${where}: nothing was run`, kind: -1 };
      const said = oneLine(cell.searches[0]!.message, messageMax);
      const tip = `${where}: ${counted(cell.searches.length, 'search', 'searches')} in ${runs} undecided. ${said}`;
      return {
        state: 'undecided',
        count: cell.searches.length,
        tip,
        kind: kinds.placeOf('undecided', scenario, cell.property),
      };
    }
    case 'switched-off':
      return {
        state: 'switched-off',
        count: tally.seeds,
        tip: offTip(where, runs, runs, cell.assumes),
        kind: -1,
      };
    case 'held':
      return cell.offIn > 0
        ? {
            state: 'switched-off',
            count: cell.offIn,
            tip: `${offTip(where, exact(cell.offIn), runs, cell.assumes)}; held in the others`,
            kind: -1,
          }
        : { state: 'held', count: tally.seeds, tip: `${where}: held in ${runs}`, kind: -1 };
  }
}

function offTip(where: string, off: string, runs: string, assumes: readonly string[]): string {
  const why = assumes.length === 0 ? 'an assumption' : oneLine(assumes.join(', '), nameMax);
  return off === runs
    ? `${where}: switched off in all ${runs}, whose plans break ${why}`
    : `${where}: switched off in ${off} of ${runs}, whose plans break ${why}`;
}

const blank: MatrixCell = { state: 'not-checked', count: 0, tip: '', kind: -1 };

/** The cell of a column; of a folded one the worst. */
function columnCell({ properties }: MatrixColumn, cells: ReadonlyMap<string, MatrixCell>): MatrixCell {
  return properties
    .map((one) => cells.get(one) ?? blank)
    .reduce((worst, cell) => (rank[cell.state] > rank[worst.state] ? cell : worst), blank);
}
