/**
 * What people read in a terminal: first the verdict, then the evidence, then what to type next. Pure functions from plain data to lines;
 * times are virtual unless they say "wall".
 */
import { counted, duration, exact, hanging, short, columns, wrap } from './figures.ts';
import { seedCommand } from './commands.ts';
import type { Style } from './style.ts';
import { campaignHash, coverageGaps, coverageJudged, coverageMissed } from './tally.ts';
import type { CampaignTally, ScenarioTally, Trouble } from './tally.ts';
import { verdictOf } from './verdict.ts';
import type { Verdict } from './verdict.ts';
import { tellKind } from './why.ts';

/** Reaches that the summary names one by one. */
const maxReachesNamed = 8;
/** Seeds that differed, or could not be run, that are told one by one. */
const maxTroublesTold = 3;
/** Fault classes that never fired that the summary names. */
const maxSilentNamed = 6;
/** Undecided searches that are named a scenario. */
const maxOpenNamed = 3;

const label = (text: string): string => `  ${text.padEnd(13)}`;

/** `stormglass 0.1.0 · node 20.20.2 · 2 workers · 16 scenarios × seeds 1–40` */
export function tellHeader(campaign: CampaignTally): string {
  const { version, node, workers, scenarios, first, seeds, shard } = campaign;
  const range = seeds === 1 ? `seed ${exact(first)}` : `seeds ${exact(first)}–${exact(first + seeds - 1)}`;
  const part = shard.of === 1 ? '' : `, shard ${shard.index}/${shard.of}`;
  return `stormglass ${version} · node ${node} · ${counted(workers, 'worker')} · ${counted(scenarios.length, 'scenario')} × ${range}${part}`;
}

/** One line a scenario, once it is done: what was run and whether it held. */
export function tellScenario(tally: ScenarioTally, style: Style): string[] {
  const ops = tally.counts.operationsOk + tally.counts.operationsFail + tally.counts.operationsInfo;
  const seeds = `${exact(tally.seeds)} ${tally.seeds === 1 ? 'seed ' : 'seeds'}`;
  const head = `  ${mark(tally, style)} ${tally.about.name.padEnd(25)}${seeds.padStart(12)}${duration(tally.virtualUs).padStart(13)}    ops${exact(ops).padStart(12)}`;
  const notes = [
    ...tally.kinds.map((kind) => `${kind.property} violated in ${counted(kind.seeds.length, 'seed')}`),
    ...(tally.undecided.length > 0
      ? [`${counted(tally.undecided.length, 'search', 'searches')} undecided`]
      : []),
    ...(tally.troubled > 0 ? [`${counted(tally.troubled, 'seed')} not to be trusted`] : []),
  ];
  return [head, ...notes.map((note) => `      ${note}`)];
}

function mark(tally: ScenarioTally, style: Style): string {
  if (tally.kinds.length + tally.troubled > 0) return style.bad('✗');
  if (tally.undecided.length > 0 || coverageMissed(tally)) return style.warn('?');
  return tally.seeds < tally.planned ? style.faint('·') : style.good('✓');
}

/** A progress bar with the rate, for a terminal's last line; `done` of `planned` seeds of the scenario at work. */
export function tellProgress(at: {
  readonly scenario: string;
  readonly done: number;
  readonly planned: number;
  readonly seedsPerSecond: number;
  readonly timesRealTime: number;
  readonly violations: number;
}): string {
  const width = 12;
  const full = Math.floor((at.done / Math.max(1, at.planned)) * width);
  const bar = '▇'.repeat(full) + '▁'.repeat(width - full);
  const speed = `${exact(at.timesRealTime)}× real time · ${exact(at.seedsPerSecond)} seeds/s`;
  return clip(
    `  ▸ ${at.scenario.padEnd(20)} ${exact(at.done)}/${exact(at.planned)}  ${bar}  ${violationsSoFar(at.violations)}${speed}`,
  );
}

/** The same as a plain line, where nothing can be redrawn. */
export function tellProgressPlainly(at: {
  readonly scenario: string;
  readonly runs: number;
  readonly planned: number;
  readonly seedsPerSecond: number;
  readonly violations: number;
}): string {
  const found = at.violations === 0 ? 'no violation' : counted(at.violations, 'violation');
  return `  … ${exact(at.runs)}/${exact(at.planned)} runs, now ${at.scenario} · ${counted(at.seedsPerSecond, 'seed')}/s · ${found}`;
}

function violationsSoFar(violations: number): string {
  return violations === 0 ? '' : `✗ ${exact(violations)} · `;
}

function clip(line: string): string {
  return line.length <= columns - 1 ? line : `${line.slice(0, columns - 2)}…`;
}

/**
 * The end of a campaign: each kind of violation once, lowest seed first, then the summary.
 * @param traces whether to show where errors outside the simulated world were thrown
 */
export function tellCampaign(campaign: CampaignTally, style: Style, traces = false): string[] {
  const kinds = campaign.scenarios.flatMap((tally) =>
    tally.kinds.map((kind) => ({ kind, runs: tally.seeds })),
  );
  kinds.sort((a, b) => a.kind.told.seed - b.kind.told.seed);
  const violations = kinds.flatMap(({ kind, runs }) => [...tellKind(kind, runs, style), '']);
  const rest = [...tellTroubles(campaign, style, traces), ...tellLostRepros(campaign)];
  return [...violations, ...rest, ...tellSummary(campaign, style)];
}

/** The first seeds that differed when they were run again, and the first that could not be run. */
export function tellTroubles(campaign: CampaignTally, style: Style, traces = false): string[] {
  return [
    ...campaign.nondeterminism
      .slice(0, maxTroublesTold)
      .flatMap((t) => tellTrouble(t, 'is not deterministic', style, [])),
    ...campaign.failures
      .slice(0, maxTroublesTold)
      .flatMap((t) => tellTrouble(t, 'could not be run', style, whereItBroke(t, traces))),
  ];
}

function tellTrouble(trouble: Trouble, what: string, style: Style, more: readonly string[]): string[] {
  return [
    `${style.bad('✗')} ${style.strong(trouble.scenario)}, seed ${exact(trouble.seed)}, ${what}`,
    '',
    ...wrap(trouble.message, columns - 2).map((line) => `  ${line}`),
    '',
    ...more,
  ];
}

/** An error in what a scenario's author wrote outside its processes (a property, a workload), or of the testbed: the trace tells which. */
function whereItBroke({ scenario, file, seed, trace }: Trouble, traces: boolean): string[] {
  if (traces && trace !== null) return [...trace.split('\n').map((line) => `  ${line}`), ''];
  return [`  See where:  ${seedCommand('run', scenario, file)} --seed ${seed} --debug`, ''];
}

function tellLostRepros({ reproLost }: CampaignTally): string[] {
  if (reproLost === null) return [];
  return [...wrap(`Repro files are missing: ${reproLost} Replay these seeds by number.`, columns), ''];
}

/** The summary: verdict, then what was watched, what the weather did, what was reached, the hash, what to type next. */
export function tellSummary(campaign: CampaignTally, style: Style): string[] {
  return [
    ...wrap(verdictSentence(campaign), columns).map((line, i) =>
      i === 0 ? paint(line, verdictOf(campaign), style) : line,
    ),
    ...tellFigures(campaign),
    '',
    ...nextSteps(campaign),
  ];
}

/** What was watched, what the weather did, what was reached, the hash. */
export function tellFigures(campaign: CampaignTally): string[] {
  return [
    ...hanging(label('properties'), propertiesSentence(campaign)),
    ...hanging(label('weather'), weatherSentence(campaign)),
    ...reachedLines(campaign),
    ...openSentences(campaign),
    ...verifiedLines(campaign),
    `${label('hash')}${campaignHash(campaign)}`,
  ];
}

function paint(line: string, verdict: Verdict, style: Style): string {
  const colon = line.indexOf(':') + 1;
  const brush = verdict === 'held' ? style.good : verdict === 'violated' ? style.bad : style.warn;
  return brush(line.slice(0, colon)) + line.slice(colon);
}

const sum = (campaign: CampaignTally, of: (tally: ScenarioTally) => number): number =>
  campaign.scenarios.reduce((total, tally) => total + of(tally), 0);

/** What came of a campaign, in a sentence, with its runs and times. */
export function verdictSentence(campaign: CampaignTally): string {
  const runs = sum(campaign, (s) => s.seeds);
  const did = `${counted(runs, 'run')}, ${duration(sum(campaign, (s) => s.virtualUs))} of virtual time in ${duration(campaign.wallMs * 1000)} wall.`;
  const cut = campaign.complete
    ? ''
    : ` Cut short: ${exact(runs)} of ${exact(sum(campaign, (s) => s.planned))} runs done.`;
  const violations = sum(campaign, (s) => s.kinds.length);
  const searches = sum(campaign, (s) => s.undecided.length);
  const idle = sum(campaign, (s) => (s.seeds === 0 ? 1 : 0));
  switch (verdictOf(campaign)) {
    case 'held':
      return `All held: ${did}${cut}`;
    case 'violated':
      return `Violated: ${counted(violations, 'kind')} of violation in ${exact(failingSeeds(campaign))} of ${did}${cut}`;
    case 'interrupted':
      return `Interrupted: ${violations === 0 ? 'what was run held' : `${counted(violations, 'kind')} of violation`}; ${did}${cut}`;
    case 'coverage-not-met':
      return `Coverage not met: nothing was violated, but something was never tried; ${did}${cut}`;
    case 'undecided':
      if (runs === 0) return `Undecided: nothing was run.${cut}`;
      return searches === 0
        ? `Undecided: nothing was violated, but ${counted(idle, 'scenario')} had no seed run; ${did}${cut}`
        : `Undecided: nothing was violated, but ${counted(searches, 'search', 'searches')} ran out of budget; ${did}${cut}`;
    case 'nondeterministic':
      return `Not deterministic: the same seed ran in two ways, so that no result here can be trusted; ${did}${cut}`;
    case 'internal-error':
      return `Internal error: ${counted(campaign.failures.length, 'run')} ended in an error outside the simulated world; ${did}${cut}`;
  }
}

function failingSeeds(campaign: CampaignTally): number {
  return sum(campaign, (s) => new Set(s.violations.map((v) => v.seed)).size);
}

function propertiesSentence(campaign: CampaignTally): string {
  const watched = new Set(campaign.scenarios.flatMap((s) => s.about.properties));
  const switchedOff = new Set(campaign.scenarios.flatMap((s) => s.switchedOff.map((off) => off.property)));
  const linearizable = [...watched].some((id) => id.startsWith('linearizable'));
  const broken = campaign.scenarios.some((s) => s.kinds.length + s.undecided.length > 0);
  const operations = sum(
    campaign,
    (s) => s.counts.operationsOk + s.counts.operationsFail + s.counts.operationsInfo,
  );
  const judged = linearizable && !broken ? 'operations linearizable' : 'operations';
  const off =
    switchedOff.size === 0
      ? ''
      : `; switched off where a plan breaks its assumption: ${[...switchedOff].join(', ')}`;
  return `${exact(watched.size)} watched, ${short(sum(campaign, (s) => s.counts.observations))} observations; ${exact(operations)} ${judged}${off}`;
}

function weatherSentence(campaign: CampaignTally): string {
  const classes = totals(campaign, (s) => s.faults);
  const silent = [...classes].filter(([, fired]) => fired === 0).map(([name]) => name);
  const fired =
    classes.size === 0
      ? 'no faults enabled'
      : silent.length === 0
        ? classes.size === 1
          ? 'the one fault class fired'
          : `all ${exact(classes.size)} fault classes fired`
        : `${exact(classes.size - silent.length)} of ${counted(classes.size, 'fault class', 'fault classes')} fired, never ${silent.slice(0, maxSilentNamed).join(', ')}${silent.length > maxSilentNamed ? ', …' : ''}`;
  const crashes = sum(campaign, (s) => s.counts.crashes);
  const inFsync = sum(campaign, (s) => s.counts.crashesInFsync);
  const partitions = sum(campaign, (s) => s.counts.partitions);
  const lost = sum(campaign, (s) => s.counts.messagesLost);
  const aimed = inFsync === 0 ? '' : ` (${exact(inFsync)} in mid-fsync)`;
  return `${counted(crashes, 'crash', 'crashes')}${aimed}, ${counted(partitions, 'partition')}, ${short(lost)} messages lost; ${fired}`;
}

function reachedLines(campaign: CampaignTally): string[] {
  const all = [...totals(campaign, (s) => s.reach)];
  if (all.length === 0) return [];
  const reached = all.filter(([, hits]) => hits > 0);
  const named = reached
    .slice(0, maxReachesNamed)
    .map(([name, hits]) => `${name} ×${exact(hits)}`)
    .join(', ');
  const rest = reached.length > maxReachesNamed ? ', …' : '';
  const sentence = `${exact(reached.length)} of ${exact(all.length)}${named === '' ? '' : `   ${named}${rest}`}`;
  return hanging(label('reached'), sentence);
}

function verifiedLines(campaign: CampaignTally): string[] {
  const verified = sum(campaign, (s) => s.verified);
  return verified === 0
    ? []
    : hanging(label('verified'), `${counted(verified, 'run')}, each twice more in lockstep`);
}

function totals(
  campaign: CampaignTally,
  of: (tally: ScenarioTally) => { readonly [name: string]: number },
): Map<string, number> {
  const all = new Map<string, number>();
  for (const tally of campaign.scenarios) {
    for (const [name, hits] of Object.entries(of(tally))) all.set(name, (all.get(name) ?? 0) + hits);
  }
  return all;
}

/** What stayed untried, named where it is judged and counted where a scenario ran too few seeds; and the searches without an answer. */
function openSentences(campaign: CampaignTally): string[] {
  const missed = campaign.scenarios.filter(coverageMissed);
  const unjudged = campaign.scenarios.filter((tally) => !coverageJudged(tally) && untried(tally).length > 0);
  const few = unjudged.reduce((total, tally) => total + untried(tally).length, 0);
  return [
    ...missed.flatMap((tally) =>
      hanging(label('untried'), `${tally.about.name}: ${untried(tally).join(', ')}`),
    ),
    ...(few === 0 ? [] : hanging(label('not judged'), fewSeedsSentence(few, unjudged))),
    ...campaign.scenarios.flatMap((tally) =>
      tally.undecided
        .slice(0, maxOpenNamed)
        .flatMap((open) =>
          hanging(
            label('undecided'),
            `${tally.about.name}, seed ${exact(open.seed)}: ${open.property}: ${open.message}`,
          ),
        ),
    ),
  ];
}

function untried(tally: ScenarioTally): string[] {
  const gaps = coverageGaps(tally);
  return [
    ...gaps.faults.map((name) => `${name} never fired`),
    ...gaps.reach.map((name) => `${name} never reached`),
  ];
}

function fewSeedsSentence(few: number, scenarios: readonly ScenarioTally[]): string {
  const from = Math.max(...scenarios.map((tally) => tally.about.minSeeds));
  return `${counted(few, 'fault class or reach', 'fault classes or reaches')} untried so far in ${counted(scenarios.length, 'scenario')}; coverage is judged from ${counted(from, 'seed')} on`;
}

function nextSteps(campaign: CampaignTally): string[] {
  if (campaign.nondeterminism.length > 0) {
    return hanging(
      '  Look for:  ',
      'Math.random, Date, promises, state kept outside the process, and the order of what comes from outside. A process takes numbers from ports.random, time from ports.clock.',
    );
  }
  const [kind] = campaign.scenarios.flatMap((s) => s.kinds).sort((a, b) => a.told.seed - b.told.seed);
  if (kind !== undefined) {
    const { scenario, file, seed } = kind.told;
    return [`  Run that one again:  ${seedCommand('run', scenario, file)} --seed ${seed}`];
  }
  const busiest = [...campaign.scenarios].sort((a, b) => b.counts.crashes - a.counts.crashes)[0];
  if (busiest === undefined || busiest.seeds === 0) return [];
  const { name, file } = busiest.about;
  return [`  Look inside one:  ${seedCommand('replay', name, file)} --seed ${busiest.firstSeed} --trace`];
}

/** One clear line and the next step: `error BAD_SEEDS  --seeds takes …` */
export function tellBadInput(
  error: { readonly code: string; readonly message: string; readonly next: readonly string[] },
  style: Style,
): string[] {
  return [
    `${style.bad('error')} ${style.strong(error.code)}  ${error.message}`,
    ...error.next.map((line) => `  ${line}`),
  ];
}
