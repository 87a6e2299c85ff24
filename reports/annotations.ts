/**
 * A campaign as workflow commands of GitHub: lines that its runner turns into annotations, at the line where a scenario is defined where that is
 * known (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
 */
import { counted, exact } from './figures.ts';
import { replayCommand } from './commands.ts';
import { cellsOf, coverageOf } from './matrix.ts';
import type { CampaignTally, ScenarioTally, Trouble } from './tally.ts';
import { cut, oneLine, visible } from './visible-text.ts';

/** GitHub shows so many errors, and so many warnings, of a step. */
export const maxAnnotations = 10;
/** Characters of a message, of a title. */
const maxMessage = 1_000;
const maxTitle = 120;
/** Things untried that are named. */
const maxUntried = 5;

interface Annotation {
  readonly level: 'error' | 'warning';
  readonly tally: ScenarioTally | undefined;
  readonly title: string;
  readonly message: string;
}

/**
 * One line a command: an error for each kind of violation and each seed that cannot be trusted, a warning for what is undecided, was never
 * tried, or was not run. At most ten of each: the last one says how many more there are. Empty where all held.
 * @param inRepository a scenario's file, as paths of the repository are written: with `/`, from its root
 */
export function tellAnnotations(campaign: CampaignTally, inRepository: (file: string) => string): string[] {
  const all = [
    ...campaign.nondeterminism.map((trouble) => ofTrouble(campaign, trouble, 'is not deterministic')),
    ...campaign.failures.map((trouble) => ofTrouble(campaign, trouble, 'could not be run')),
    ...campaign.scenarios.flatMap(ofScenario),
  ];
  return (['error', 'warning'] as const).flatMap((level) =>
    bounded(
      level,
      all.filter((one) => one.level === level),
    ).map((one) => command(one, inRepository)),
  );
}

function bounded(level: Annotation['level'], all: readonly Annotation[]): readonly Annotation[] {
  if (all.length <= maxAnnotations) return all;
  const more = all.length - (maxAnnotations - 1);
  const title = `Stormglass: ${exact(more)} more`;
  const message = `${counted(more, `further ${level}`)} of this campaign: see the report.`;
  return [...all.slice(0, maxAnnotations - 1), { level, tally: undefined, title, message }];
}

function ofTrouble(campaign: CampaignTally, { scenario, seed, message }: Trouble, what: string): Annotation {
  const tally = campaign.scenarios.find(({ about }) => about.name === scenario);
  return { level: 'error', tally, title: `${name(scenario)}, seed ${exact(seed)}, ${what}`, message };
}

function ofScenario(tally: ScenarioTally): Annotation[] {
  const own = name(tally.about.name);
  const annotations: Annotation[] = [];
  const add = (level: Annotation['level'], title: string, message: string): void => {
    annotations.push({ level, tally, title, message });
  };
  for (const cell of cellsOf(tally)) {
    if (cell.state === 'violated') {
      const { told, seeds } = cell.kind;
      const seen = `Seen in ${exact(seeds.length)} of ${counted(tally.seeds, 'seed')}.`;
      add(
        'error',
        `${name(cell.property)} violated in ${own}, seed ${exact(told.seed)}`,
        `${cut(told.finding.message, maxMessage)}\n${seen}\nReplay: ${replayCommand(told)}`,
      );
    } else if (cell.state === 'undecided' && cell.searches.length > 0) {
      const { seed, message } = cell.searches[0]!;
      add('warning', `${name(cell.property)} undecided in ${own}, seed ${exact(seed)}`, message);
    }
  }
  if (tally.seeds === 0) add('warning', `${own} was not run`, 'No seed was run.');
  const coverage = coverageOf(tally);
  if (coverage?.state === 'missed') {
    const { untried } = coverage;
    const rest = untried.length > maxUntried ? ', …' : '';
    const named = untried.slice(0, maxUntried).map(name).join(', ');
    add('warning', `Coverage of ${own} not met`, `In ${counted(tally.seeds, 'seed')}: ${named}${rest}.`);
  }
  return annotations;
}

const name = (text: string): string => oneLine(text, maxTitle / 2);

function command(
  { level, tally, title, message }: Annotation,
  inRepository: (file: string) => string,
): string {
  const { file = null, line = null } = tally?.about ?? {};
  const place =
    file === null ? [] : [['file', inRepository(file)], ...(line === null ? [] : [['line', String(line)]])];
  const properties = [...place, ['title', oneLine(title, maxTitle * 2)]]
    .map(([key, value]) => `${key}=${escapeProperty(cut(value!, maxMessage))}`)
    .join(',');
  return `::${level} ${properties}::${escapeData(cut(message, 2 * maxMessage))}`;
}

/** As `@actions/core` escapes what stands behind `::`. A line feed would end the command, and begin another. */
function escapeData(text: string): string {
  return visible(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** … and what stands before it. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
