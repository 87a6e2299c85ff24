/** What the page of a campaign draws, out of its tally. */
import { seedCommand, shellWord } from '../commands.ts';
import { counted, duration, exact, short } from '../figures.ts';
import { campaignHash, coverageJudged, slowestOf } from '../tally.ts';
import type { CampaignTally, ScenarioTally, Trouble } from '../tally.ts';
import { oneLine } from '../visible-text.ts';
import { distributionsOf } from './campaign-distributions.ts';
import { kindsOf } from './campaign-kinds.ts';
import type { RunPages } from './campaign-kinds.ts';
import { matrixOf } from './campaign-matrix.ts';
import type {
  CampaignCount,
  CampaignPage,
  FaultTotal,
  ReachTotal,
  ShownTrouble,
  SlowRun,
} from './campaign-page.ts';
import { campaignVerdict } from './campaign-verdict.ts';

/** Seeds that could not be judged that are told one by one. */
const maxTroubles = 6;
/** Characters of what is told of one. */
const messageMax = 600;

/** What the page needs besides the tally. */
export interface CampaignPageOptions {
  /** Pages of runs, by `runKey`. */
  readonly pages?: RunPages;
  /** The command that was typed; else one is made that names every scenario. */
  readonly command?: string;
  /** What must be known besides, in sentences: of pages that could not be made. */
  readonly notes?: readonly string[];
}

/** The data of the page. */
export function campaignPageOf(
  tally: CampaignTally,
  { pages = new Map(), command, notes = [] }: CampaignPageOptions = {},
): CampaignPage {
  const { commit, version, node, scenarios } = tally;
  const kinds = kindsOf(tally, pages);
  const matrix = matrixOf(tally, kinds);
  const verdict = campaignVerdict(tally, matrix);
  const [faults, reaches] = [faultsOf(scenarios), reachesOf(scenarios)];
  const troubles = [
    ...tally.nondeterminism.map((one) => shownTrouble(one, 'is not deterministic', '--verify 1/1')),
    ...tally.failures.map((one) => shownTrouble(one, 'could not be run', '--debug')),
  ];
  return {
    about: { hash: campaignHash(tally), commit, version, node },
    verdict: { ...verdict, notes: [...verdict.notes, ...notes] },
    command: command ?? commandOf(tally),
    counts: countsOf(tally, matrix.violatingRuns, faults, reaches),
    troubles: troubles.slice(0, maxTroubles),
    troublesLeft: Math.max(0, troubles.length - maxTroubles),
    matrix,
    violations: kinds.violations,
    undecided: kinds.undecided,
    kindsLeft: kinds.left,
    distributions: distributionsOf(tally),
    faults,
    reaches,
    slowest: slowestRuns(scenarios),
  };
}

function shownTrouble(trouble: Trouble, what: string, option: string): ShownTrouble {
  const { scenario, seed, file, message } = trouble;
  return {
    ...{ scenario, seed, what, message: oneLine(message, messageMax) },
    command: `${seedCommand('run', scenario, file)} --seed ${seed} ${option}`,
  };
}

/** Runs the same seeds of the same scenarios. A file is named where they all come from it: a command takes one. */
function commandOf({ scenarios, first, seeds, shard }: CampaignTally): string {
  if (scenarios.length === 0) return 'npx stormglass run --seeds 100';
  const tests = scenarios.flatMap(({ about }) => about.test?.file ?? []);
  if (tests.length > 0) return ['npx vitest run', ...[...new Set(tests)].map(shellWord)].join(' ');
  const files = [...new Set(scenarios.map(({ about }) => about.file))];
  const names = scenarios.map(({ about }) => shellWord(about.name));
  return [
    'npx stormglass run',
    ...names,
    ...(files.length === 1 && files[0] != null ? [`--scenario ${shellWord(files[0])}`] : []),
    `--seeds ${seeds}`,
    ...(first === 1 ? [] : [`--first ${first}`]),
    ...(shard.of === 1 ? [] : [`--shard ${shard.index}/${shard.of}`]),
  ].join(' ');
}

const sum = (scenarios: readonly ScenarioTally[], of: (tally: ScenarioTally) => number): number =>
  scenarios.reduce((total, tally) => total + of(tally), 0);

function countsOf(
  tally: CampaignTally,
  violating: number,
  faults: readonly FaultTotal[],
  reaches: readonly ReachTotal[],
): readonly CampaignCount[] {
  const { scenarios, complete, wallMs } = tally;
  const runs = sum(scenarios, (one) => one.seeds);
  const planned = sum(scenarios, (one) => one.planned);
  const searches = sum(scenarios, (one) => one.undecided.length);
  const troubled = tally.nondeterminism.length + tally.failures.length;
  const off = sum(scenarios, (one) => one.switchedOff.reduce((total, { seeds }) => total + seeds, 0));
  const unmet = reaches.filter(({ missedIn }) => missedIn.length > 0).length;
  const silent = faults.filter(({ missed }) => missed).length;
  const noun = (count: number, one: string): string => (count === 1 ? one : `${one}s`);
  const counts: (CampaignCount | false)[] = [
    { value: exact(scenarios.length), words: noun(scenarios.length, 'scenario'), tone: 'plain' },
    {
      value: exact(runs),
      words: complete ? `${noun(runs, 'run')}, complete` : `of ${exact(planned)} runs`,
      tone: complete ? 'plain' : 'undecided',
    },
    troubled > 0 && { value: exact(troubled), words: 'not to be trusted', tone: 'violation' },
    violating > 0 && { value: exact(violating), words: 'violating', tone: 'violation' },
    searches > 0 && { value: exact(searches), words: 'undecided', tone: 'undecided' },
    unmet > 0 && {
      value: exact(unmet),
      words: `of ${counted(reaches.length, 'reach', 'reaches')} unmet`,
      tone: 'undecided',
    },
    silent > 0 && {
      value: exact(silent),
      words: `of ${counted(faults.length, 'fault class', 'fault classes')} never fired`,
      tone: 'undecided',
    },
    off > 0 && {
      value: exact(off),
      words: `${noun(off, 'check')} switched off by an assumption`,
      tone: 'plain',
    },
    {
      value: duration(sum(scenarios, (one) => one.virtualUs)),
      words: `virtual in ${duration(wallMs * 1000)}`,
      tone: 'plain',
    },
    { value: short(sum(scenarios, (one) => one.events)), words: 'events', tone: 'plain' },
  ];
  return counts.filter((one) => one !== false);
}

/** The classes that fired most first; those that never did before them. */
function faultsOf(scenarios: readonly ScenarioTally[]): readonly FaultTotal[] {
  const totals = new Map<string, { fired: number; missed: boolean }>();
  for (const tally of scenarios) {
    for (const [name, fired] of Object.entries(tally.faults)) {
      const total = totals.get(name) ?? { fired: 0, missed: false };
      totals.set(name, {
        fired: total.fired + fired,
        missed: total.missed || (fired === 0 && coverageJudged(tally)),
      });
    }
  }
  const most = Math.max(1, ...[...totals.values()].map(({ fired }) => fired));
  return [...totals]
    .map(([name, total]) => ({ name, ...total, length: Math.log1p(total.fired) / Math.log1p(most) }))
    .sort((a, b) => Number(b.missed) - Number(a.missed) || b.fired - a.fired);
}

/** Unmet ones first, then those that came most often. */
function reachesOf(scenarios: readonly ScenarioTally[]): readonly ReachTotal[] {
  const sentences = new Map(
    scenarios.flatMap(({ about }) =>
      (about.reachSentences ?? []).map((one) => [one.name, one.sentence] as const),
    ),
  );
  const totals = new Map<string, { hits: number; missedIn: string[] }>();
  for (const tally of scenarios) {
    for (const [name, hits] of Object.entries(tally.reach)) {
      const total = totals.get(name) ?? { hits: 0, missedIn: [] };
      if (hits === 0 && coverageJudged(tally)) total.missedIn.push(tally.about.name);
      totals.set(name, { ...total, hits: total.hits + hits });
    }
  }
  return [...totals]
    .map(([name, total]) => ({ name, sentence: sentences.get(name) ?? null, ...total }))
    .sort((a, b) => Number(b.missedIn.length > 0) - Number(a.missedIn.length > 0) || b.hits - a.hits);
}

function slowestRuns(scenarios: readonly ScenarioTally[]): readonly SlowRun[] {
  return scenarios.reduce<readonly SlowRun[]>(
    (slowest, { about, slowest: own }) =>
      slowestOf(
        slowest,
        own.map((one) => ({ scenario: about.name, ...one })),
      ),
    [],
  );
}
