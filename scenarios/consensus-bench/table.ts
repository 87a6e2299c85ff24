/** The figures as people read them: within 80 columns, medians first, with how they spread. */
import { columns, exact, wrap } from '../../reports/figures.ts';
import type { Style } from '../../reports/style.ts';
import { compact } from '../bench/measure.ts';
import { units } from './section.ts';
import type { Distribution, Figure, SectionResult, Unit } from './section.ts';
import type { Bin, LongSpread, Spread } from './spread.ts';

const labelWidth = 36;
/** Of what has more columns. */
const shortLabelWidth = 29;
const figureWidths = [8, 17, 17] as const;
const timeWidth = 7;
/** From few to many. */
const blocks = '▁▂▃▄▅▆▇█';

const times: readonly (readonly [heading: string, of: keyof LongSpread])[] = [
  ['min', 'min'],
  ['25 %', 'p25'],
  ['median', 'median'],
  ['75 %', 'p75'],
  ['90 %', 'p90'],
  ['99 %', 'p99'],
  ['max', 'max'],
];

/** A section with its tables. */
export function tellSection(name: string, result: SectionResult, paint: Style): string[] {
  const { about, figures, distributions, violations } = result;
  return [
    paint.strong(name),
    ...wrap(about, columns - 2).map((line) => `  ${line}`),
    ...(distributions.length > 0 ? tellDistributions(distributions, paint) : []),
    ...tellFigures(figures, paint),
    ...violations.flatMap((one) =>
      wrap(`void, violated: ${one}`, columns - 4).map(
        (line, i) => `${i === 0 ? paint.bad('✗') : ' '} ${line}`,
      ),
    ),
    '',
  ];
}

function tellFigures(figures: readonly Figure[], paint: Style): string[] {
  const present = [...new Set(figures.map(({ unit }) => unit))];
  return present.flatMap((unit) => [
    paint.faint(figureRow(units[unit], 'median', 'middle half', 'least–most')),
    ...figures.filter((one) => one.unit === unit).map(({ label, spread }) => rowOf(label, unit, spread)),
  ]);
}

function figureRow(label: string, ...cells: readonly [string, string, string]): string {
  return `  ${label.padEnd(labelWidth)}${cells.map((cell, i) => cell.padStart(figureWidths[i]!)).join('')}`;
}

function rowOf(label: string, unit: Unit, { min, p25, median, p75, max }: Spread): string {
  const written = unit === 'percentOfRun' ? (value: number) => value.toFixed(1) : compact;
  const between = (low: number, high: number): string => `${written(low)}–${written(high)}`;
  return figureRow(label, written(median), between(p25, p75), between(min, max));
}

function tellDistributions(distributions: readonly Distribution[], paint: Style): string[] {
  const headings = times.map(([heading]) => heading);
  return [
    paint.faint(timeRow('virtual ms', headings)),
    ...distributions.map(({ label, virtualMs }) =>
      timeRow(
        label,
        times.map(([, of]) => exact(virtualMs[of])),
      ),
    ),
    paint.faint(
      `  ${'worlds, by virtual ms'.padEnd(shortLabelWidth)}${axisOf(distributions[0]!.histogramMs)}`,
    ),
    ...distributions.map(
      ({ label, histogramMs }) => `  ${label.padEnd(shortLabelWidth)}${barsOf(histogramMs)}`,
    ),
    ...distributions
      .filter(({ missed }) => missed > 0)
      .map(({ label, missed, virtualMs: { samples } }) =>
        paint.warn(`  ${label}: did not happen in ${missed} of ${missed + samples} worlds.`),
      ),
  ];
}

function timeRow(label: string, cells: readonly string[]): string {
  return `  ${label.padEnd(shortLabelWidth)}${cells.map((cell) => cell.padStart(timeWidth)).join('')}`;
}

/** `0 …    250 … 1,000+`, above the bars. */
function axisOf(histogram: readonly Bin[]): string {
  const last = `${exact(histogram.at(-1)!.from)}+`;
  return `0${last.padStart(histogram.length - 1)}`;
}

/** One sign a bin, of a height that says how many there are beside the fullest; a space where there are none. */
export function barsOf(histogram: readonly Bin[]): string {
  const most = Math.max(1, ...histogram.map(({ count }) => count));
  return histogram
    .map(({ count }) => (count === 0 ? ' ' : blocks[Math.ceil((count / most) * blocks.length) - 1]))
    .join('')
    .trimEnd();
}
