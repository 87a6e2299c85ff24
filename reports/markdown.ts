/**
 * A campaign in Markdown, for the summary of a job and for a merge request: verdict, matrix, then each kind of violation with its text and
 * its sequence diagram. At most 60 kB: a comment of GitHub takes 65,536 characters.
 */
import { boundedKind } from './bounded-violation.ts';
import { counted, exact } from './figures.ts';
import { codeName, fenced } from './markdown-text.ts';
import { cellsOf, coverageOf } from './matrix.ts';
import type { Cell } from './matrix.ts';
import { sequenceDiagram } from './sequence-diagram.ts';
import { style } from './style.ts';
import { campaignHash } from './tally.ts';
import type { CampaignTally, ScenarioTally, ViolationKind } from './tally.ts';
import { tellFigures, tellHeader, tellTroubles, verdictSentence } from './terminal.ts';
import { verdictOf } from './verdict.ts';
import type { Verdict } from './verdict.ts';
import { cut } from './visible-text.ts';
import { tellKind } from './why.ts';

const plain = style(false);
/** Bytes of the whole text, in UTF-8. */
export const maxBytes = 60_000;
/** Bytes kept for the sentence that names what is left out. */
const tailBytes = 6_000;
/** Rows and columns of the matrix. */
const maxRows = 50;
const maxColumns = 10;
/** Characters of a block of text, and of a line in it. */
const maxBlock = 6_000;
const maxLine = 400;
/** Violations left out that are named one by one. */
const maxNamed = 10;

const titles: { readonly [V in Verdict]: string } = {
  held: '✓ All held',
  'coverage-not-met': '? Coverage not met',
  undecided: '? Undecided',
  violated: '✗ Violated',
  'internal-error': '✗ Internal error',
  nondeterministic: '✗ Not deterministic',
  interrupted: '? Interrupted',
};

interface Told {
  readonly kind: ViolationKind;
  readonly runs: number;
}

/** The file `summary.md`. Texts of any length and characters; what does not fit is left out, and said so. */
export function tellMarkdown(campaign: CampaignTally): string {
  const { commit, scenarios } = campaign;
  const troubles = tellTroubles(campaign, plain);
  const parts = [
    `## ${titles[verdictOf(campaign)]}`,
    verdictSentence(campaign),
    `${codeSpan(tellHeader(campaign))} · commit ${codeName(commit)} · hash ${codeName(campaignHash(campaign))}`,
    ...matrix(scenarios),
    block(tellFigures(campaign)),
    ...(troubles.length === 0 ? [] : [block(troubles)]),
  ];
  const kinds: Told[] = scenarios
    .flatMap((tally) => tally.kinds.map((kind) => ({ kind, runs: tally.seeds })))
    .sort((a, b) => a.kind.told.seed - b.kind.told.seed);
  return withinBounds(parts, kinds);
}

/** The header holds nothing of unknown origin but the versions of Node. */
const codeSpan = (text: string): string => `\`${text.replaceAll('`', "'")}\``;

function block(lines: readonly string[]): string {
  return fenced('text', [cut(lines.map((line) => cut(line, maxLine)).join('\n'), maxBlock)]);
}

/** As many violations as fit, lowest seed first, and the names of those that do not. */
function withinBounds(parts: readonly string[], kinds: readonly Told[]): string {
  const size = (text: string): number => new TextEncoder().encode(text).length;
  let text = parts.join('\n\n');
  const left: Told[] = [];
  for (const one of kinds) {
    const told = `\n\n${tellViolation(one)}`;
    if (left.length === 0 && size(text) + size(told) <= maxBytes - tailBytes) text += told;
    else left.push(one);
  }
  return `${text}${leftOut(left)}\n`;
}

function leftOut(left: readonly Told[]): string {
  if (left.length === 0) return '';
  const names = left
    .slice(0, maxNamed)
    .map(({ kind }) => `${codeName(kind.property)} in ${codeName(kind.told.scenario)}`);
  const more = left.length > maxNamed ? `, and ${exact(left.length - maxNamed)} more` : '';
  return `\n\n${counted(left.length, 'further kind')} of violation did not fit into ${exact(maxBytes / 1000)} kB and ${left.length === 1 ? 'is' : 'are'} not shown: ${names.join(', ')}${more}. They are in \`junit.xml\` and \`result.json\`.`;
}

function tellViolation({ kind, runs }: Told): string {
  const { told } = kind;
  const bounded = boundedKind(kind);
  return [
    `### ✗ ${codeName(kind.property)} in ${codeName(told.scenario)}, seed ${exact(told.seed)}`,
    block(tellKind(bounded, runs, plain).slice(2)),
    fenced('mermaid', [sequenceDiagram(bounded.told)]),
  ].join('\n\n');
}

const rank: { readonly [S in Cell['state']]: number } = {
  violated: 0,
  undecided: 1,
  'switched-off': 2,
  held: 3,
};
const isPlain = (cell: Cell): boolean => cell.state === 'held' && cell.offIn === 0;

/**
 * Scenario × property. A column for each property that did not simply hold everywhere, worst first; the others share one. A row for each
 * scenario; where there are too many, those that held go first.
 */
function matrix(scenarios: readonly ScenarioTally[]): string[] {
  const rows = scenarios.map((tally) => ({ tally, cells: cellsOf(tally) }));
  const worst = new Map<string, number>();
  for (const { cells } of rows) {
    for (const cell of cells) {
      if (!isPlain(cell)) worst.set(cell.property, Math.min(worst.get(cell.property) ?? 3, rank[cell.state]));
    }
  }
  const named = [...worst]
    .sort(([, a], [, b]) => a - b)
    .slice(0, maxColumns)
    .map(([property]) => property);
  const shown = new Set(
    rows.length <= maxRows
      ? rows
      : [...rows].sort((a, b) => worstOf(a.cells) - worstOf(b.cells)).slice(0, maxRows),
  );
  const left = rows.length - shown.size;
  const head = [
    'scenario',
    'seeds',
    ...named.map(codeName),
    named.length === 0 ? 'properties' : 'others',
    'coverage',
  ];
  const table = [
    tableRow(head),
    tableRow(head.map(() => '---')),
    ...rows.filter((row) => shown.has(row)).map(({ tally, cells }) => matrixRow(tally, cells, named)),
  ];
  return [
    table.join('\n'),
    '✓ held · ✗ violated (seeds) · ? undecided (searches) · – switched off (seeds) · · not judged yet · blank: not checked',
    ...(left === 0
      ? []
      : [
          `${counted(left, 'further scenario')} that came to nothing worse ${left === 1 ? 'is' : 'are'} not shown.`,
        ]),
  ];
}

const tableRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const worstOf = (cells: readonly Cell[]): number => Math.min(3, ...cells.map((cell) => rank[cell.state]));

function matrixRow(tally: ScenarioTally, cells: readonly Cell[], named: readonly string[]): string {
  const seeds =
    tally.seeds === tally.planned ? exact(tally.seeds) : `${exact(tally.seeds)} of ${exact(tally.planned)}`;
  const own = named.map((property) => {
    const cell = cells.find((one) => one.property === property);
    return cell === undefined ? '' : tellCell(cell);
  });
  const others = cells.filter((cell) => !named.includes(cell.property));
  return tableRow([codeName(tally.about.name), seeds, ...own, tellOthers(others), tellCoverage(tally)]);
}

function tellCell(cell: Cell): string {
  switch (cell.state) {
    case 'violated':
      return `✗ ${exact(cell.kind.seeds.length)}`;
    case 'undecided':
      return cell.searches.length === 0 ? '?' : `? ${exact(cell.searches.length)}`;
    case 'switched-off':
      return '–';
    case 'held':
      return cell.offIn === 0 ? '✓' : `✓ (– ${exact(cell.offIn)})`;
  }
}

function tellOthers(cells: readonly Cell[]): string {
  const marks: { readonly [S in Cell['state']]: string } = {
    violated: '✗',
    undecided: '?',
    'switched-off': '–',
    held: '✓',
  };
  return (Object.keys(marks) as Cell['state'][])
    .map((state) => ({ state, count: cells.filter((cell) => cell.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${marks[state]} ${exact(count)}`)
    .join(', ');
}

function tellCoverage(tally: ScenarioTally): string {
  const coverage = coverageOf(tally);
  if (coverage === null) return '';
  if (coverage.state === 'met') return '✓';
  return coverage.state === 'not-judged' ? '·' : `? ${exact(coverage.untried.length)} untried`;
}
